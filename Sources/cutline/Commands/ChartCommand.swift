@_spi(Run) internal import CutlineCore
internal import CutlineData
internal import CutlineReport
internal import CutlineRun
internal import CutlineWorkspace
internal import Foundation

/// One picture of a run, or of several side by side.
struct ChartCommand: Command {
  static let name = "chart"
  static let group = CommandGroup.run
  static let summary =
    "Draws one picture of a finished run, or of several on the same scales: PNG, SVG, PDF, HTML or JSON; prints its report."
  static let operands = ["[NAME]", "[RUN…]"]
  static let options: [Option] = [
    .value("output", short: "o", "FILE", "The file to write: .png, .svg, .pdf, .html or .json (a Vega-Lite document)."),
    .value("list", "RUN", "Names the pictures that a run has the tables for, each with what it shows."),
    .flag("dark", "Light on dark (an HTML page follows the reader's setting)."),
    .flag("force", "Replace a file that is there."),
  ]
  static let details = """
    RUN is the folder of a finished run, of cutline batch or of cutline score-metrics; a page of docs/methods has its study.
    Pictures are made of its tables alone;
    docs/charts.md says of which. PNG, SVG and PDF need the library that scripts/setup brings; JSON and HTML do without.
    The name report stands for the page of a run or of a batch, which Chromium prints as PDF where it is installed.

    Examples:
      cutline chart --list output/all
      cutline chart risk_production_visualizer_base output/all -o frontier.html
      cutline chart price_of_change_base output/2023 output/2024 -o price.png
      cutline chart report output/all -o report.pdf
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    if let folder = arguments["list"] {
      guard arguments.operands.isEmpty, arguments["output"] == nil else {
        throw Faults.usage("--list", "stands beside a picture to draw", "Give one of the two.")
      }
      return try list(folder)
    }
    guard let name = arguments.operands.first, arguments.operands.count > 1 else {
      throw Faults.usage(
        arguments.operands.first ?? "cutline chart", "names no picture of a run",
        "Give NAME and RUN; cutline chart --list RUN names the pictures.")
    }
    guard let output = arguments["output"] else {
      throw Faults.usage(
        "cutline chart", "says not where to write", "Give --output \(name).png, .svg, .pdf, .html or .json.")
    }
    let ending = (output as NSString).pathExtension.lowercased()
    guard let form = ChartFile.Form(rawValue: ending) else {
      throw Faults.usage(
        "--output \(output)", "ends as no picture does", "It may end in .png, .svg, .pdf, .html or .json.")
    }
    let folders = arguments.operands.dropFirst()
    if name == PrintedReport.name {
      let data = try await PrintedReport.pdf(of: Array(folders), as: ending)
      try write(data, to: output, arguments, besides: Array(folders))
      Console.error("\(output): the report of \(folders.joined())")
      return .ok
    }
    let runs = try folders.map { try ChartSource.charts(of: $0, besides: Array(folders)) }
    let file = try await ChartFile(name, of: runs).bytes(as: form, dark: arguments.has("dark"))
    if let remark = file.remark { Console.error("  \(remark)") }
    try write(Data(file.bytes), to: output, arguments, besides: Array(folders))
    Console.error("\(output): \(name) of \(folders.joined(separator: ", "))")
    return .ok
  }

  private static func write(
    _ data: Data, to output: String, _ arguments: Arguments, besides folders: [String]
  ) throws {
    guard arguments.has("force") else { return try NewFile.write(data, to: output) }
    try refuse(output, inside: folders)
    try NewFile.replace(data, to: output)
  }

  /// What a run has written stays as it is, and a link is not written through.
  private static func refuse(_ output: String, inside folders: [String]) throws {
    func resolved(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
    let parent = resolved(output.parentFolder.isEmpty ? "." : output.parentFolder) + "/"
    if let folder = folders.first(where: { parent.hasPrefix(resolved($0) + "/") }) {
      throw Faults.usage("--output \(output)", "lies in \(folder), which is read", "Name a file elsewhere.")
    }
    if (try? FileManager.default.destinationOfSymbolicLink(atPath: output)) != nil {
      throw Faults.usage("--output \(output)", "is a link", "Name the file that it leads to, or another.")
    }
  }

  private static func list(_ folder: String) throws -> ExitCode {
    let charts = try ChartSource.charts(of: folder, besides: [folder]).list()
    guard !charts.isEmpty else {
      throw Faults.data(
        folder, "has no table that a picture is made of",
        "docs/charts.md says which tables there are and what leaves them.")
    }
    var table = TextTable(["picture", "what it shows"], textColumns: 2)
    for chart in charts { table.add([chart.name, chart.finding]) }
    Console.out(table.text)
    return .ok
  }
}

/// A folder of results whose charts can be drawn.
enum ChartSource {
  /// - Throws: `Faults` (integrity) for a run whose files are not what it wrote; `Faults` (usage) for what is no folder of results.
  static func charts(of folder: String, besides all: [String]) throws -> RunCharts {
    let label = label(of: folder, besides: all)
    if FileManager.default.fileExists(atPath: "\(folder)/\(Manifest.fileName)") {
      let (manifest, problems) = try RunVerification.problems(in: folder)
      guard problems.isEmpty else {
        throw Faults.integrity(
          folder, "\(problems.count) of its files are not what the run wrote: \(problems[0])",
          "Restore them or run again; cutline verify lists all.")
      }
      if let failure = manifest.failures?.first {
        throw Faults.usage(
          folder, "is what a failed run had finished (stage \(failure.stage))", "Name the folder of a finished run.")
      }
      return RunCharts(label: label, files: [files(manifest.files, in: folder)])
    }
    if folder.hasSuffix(".md"), PathKind.isFile(folder) {
      let (sha256, bytes) = try Digest.ofFile(folder)
      let page = URL(fileURLWithPath: folder)
      let record = FileRecord(path: page.lastPathComponent, sha256: sha256, bytes: bytes, columns: [])
      return RunCharts(label: label, files: [files([record], in: page.deletingLastPathComponent().path)])
    }
    guard PathKind.isFolder(folder) else {
      throw Faults.io(folder, "is no folder", "Name the folder of a finished run.")
    }
    let marks = ["consolidated_risk_production.csv", "score_discriminance.csv"]
    guard marks.contains(where: { PathKind.isFile("\(folder)/\($0)") }) else {
      throw Faults.usage(
        folder, "is the folder of no run, batch or score-metrics", "Name the folder that one of them has written.")
    }
    return RunCharts(label: label, files: [try plainFiles(of: folder)])
  }

  /// The tables of a folder without a manifest: those at its top and one folder below, but no run's.
  private static func plainFiles(of folder: String) throws -> StageFiles {
    var records: [FileRecord] = []
    for name in try FileSystem.names(in: folder) where !name.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      let names =
        PathKind.isFolder(path) && !PathKind.isFile("\(path)/\(Manifest.fileName)")
        ? try FileSystem.names(in: path).map { "\(name)/\($0)" } : [name]
      for name in names where name.hasSuffix(".csv") && PathKind.isFile("\(folder)/\(name)") {
        let (sha256, bytes) = try Digest.ofFile("\(folder)/\(name)")
        records.append(FileRecord(path: name, sha256: sha256, bytes: bytes, columns: []))
      }
    }
    return files(records, in: folder)
  }

  private static func files(_ records: [FileRecord], in folder: String) -> StageFiles {
    StageFiles(records) { record in Array(try FileSystem.read("\(folder)/\(record.path)")) }
  }

  /// The folder's name, and its whole path where several have the same.
  private static func label(of folder: String, besides all: [String]) -> String {
    func name(_ path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }
    return all.count { name($0) == name(folder) } > 1 ? folder : name(folder)
  }
}
