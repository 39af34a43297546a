@_spi(Run) internal import CutlineCore
internal import CutlineData
internal import CutlineSimulate
internal import Foundation

struct SimulateCommand: Command {
  static let name = "simulate"
  static let group = CommandGroup.run
  static let summary = "Writes a seeded portfolio of applications with known truth, and a configuration for it."
  static let options: [Option] = [
    .value("output", short: "o", "PATH", "The applications: .sas7bdat, .xpt or .csv, also with .gz (required)."),
    .value("rows", short: "n", "N", "Applications (default 100000)."),
    .value("seed", "S", "Seed (default 42); the same seed gives the same file."),
    .value("truth", "PATH", "Also write what really happens to each application, rejected ones included."),
    .value("config", short: "c", "PATH", "Also write a configuration that runs on the file."),
    .value("workers", short: "w", "N", "Threads (default: all cores). The file does not depend on it."),
  ]
  static let details = """
    The model behind it is described in docs/methods/simulate.md.

    Example:
      cutline simulate --rows 50000 -o demo/applications.sas7bdat --truth demo/truth.csv --config demo/config.toml
      cutline run --config demo/config.toml --output demo/output
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    guard let output = arguments["output"] else {
      throw Faults.usage("--output", "is missing", "Name the file to write, such as demo/applications.sas7bdat.")
    }
    let targets = [output, arguments["truth"], arguments["config"]].compactMap { $0 }.map {
      URL(fileURLWithPath: $0).standardizedFileURL.path
    }
    guard Set(targets).count == targets.count else {
      throw Faults.usage("--output", "two of --output, --truth and --config name one file", "Give each its own.")
    }
    let rows = try arguments.integer("rows", in: 0...Int(Int32.max)) ?? 100_000
    let seed = try arguments.integer("seed", in: 0...Int.max) ?? 42
    let workers = try arguments.integer("workers", in: 1...1024) ?? ProcessInfo.processInfo.activeProcessorCount
    let portfolio = try PortfolioModel().generate(rows: rows, seed: UInt64(seed), workers: workers)
    try write(portfolio.applications, to: output)
    if let truth = arguments["truth"] { try write(portfolio.truth, to: truth) }
    if let config = arguments["config"] {
      try makeFolder(of: config)
      let text = PortfolioModel.exampleConfiguration(dataPath: relative(output, to: config))
      try WholeFile.write(text, to: config)
      Console.error("\(config): run it with cutline run --config \(config)")
    }
    return .ok
  }

  private static func write(_ table: Table, to path: String) throws {
    try makeFolder(of: path)
    for note in try TableWriter.write(table, to: path) { Console.error("  \(note)") }
    Console.error("\(path): \(table.rowCount) rows, \(table.columns.count) columns")
  }

  private static func makeFolder(of path: String) throws {
    let url = URL(fileURLWithPath: path)
    guard !path.hasSuffix("/"), !url.hasDirectoryPath else {
      throw Faults.usage(path, "is a folder", "Name the file to write, such as demo/applications.sas7bdat.")
    }
    let folder = url.deletingLastPathComponent().path
    try FileSystem.makeFolders(folder)
  }

  /// The path as the configuration should name it: the bare name when both lie in one folder.
  private static func relative(_ path: String, to config: String) -> String {
    let folders = [path, config].map { URL(fileURLWithPath: $0).standardizedFileURL.deletingLastPathComponent().path }
    let url = URL(fileURLWithPath: path).standardizedFileURL
    return folders[0] == folders[1] ? url.lastPathComponent : url.path
  }
}
