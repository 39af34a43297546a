@_spi(Run) internal import CutlineCore
internal import CutlineCredit
internal import CutlineReport
internal import CutlineRun
internal import CutlineWorkspace
internal import Foundation

/// The page of a batch: its consolidated table for people, the gates of its segments, and a way to the report of each.
enum PortfolioReport {
  /// Writes the page and the table of the gates beside the consolidated table.
  ///
  /// - Parameters:
  ///   - segments: names of the segments; a run lies in a folder of its name.
  /// - Throws: `Faults` (io), (integrity) where the table is none of a batch.
  static func write(in output: String, segments: [String]) async throws {
    let table = "\(output)/\(Consolidation.fileName)"
    let csv: Data
    do { csv = try FileSystem.read(table) } catch {
      throw Faults.io(table, "cannot be read", "Run cutline batch without --no-consolidation.")
    }
    // A segment without a run, or with one that cannot be read, is a line of the table that says so.
    let runs = segments.compactMap { name in
      (try? Manifest.load(from: "\(output)/\(name)")).map { (name: name, manifest: $0) }
    }
    let reports = segments.filter { PathKind.isFile("\(output)/\($0)/report.html") }.map { name in
      (name, (name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? name) + "/report.html")
    }
    let gates = try self.gates(of: segments, runs, in: output)
    let page = try await PortfolioPage(
      csv: Array(csv), gates: gates, currency: currency(of: runs.map(\.manifest)),
      remarks: BatchState.load(from: output)?.coverage?.sentences(showingWords: false) ?? [],
      reports: Dictionary(reports, uniquingKeysWith: { first, _ in first }))
    try ReplacedFile.write(Data(gates), to: "\(output)/\(PortfolioPage.gatesName)")
    try ReplacedFile.write(Data(page.bytes), to: "\(output)/\(PortfolioPage.fileName)")
  }

  /// The gates of a finished run; nil where it made none.
  /// - Throws: `Faults` (integrity) where the file is not what the run wrote.
  static func gates(_ manifest: Manifest, in folder: String) throws -> GateTable? {
    guard
      let record = manifest.files.first(where: { $0.path.split(separator: "/").last == Substring(GateTable.fileName) })
    else {
      return nil
    }
    let path = "\(folder)/\(record.path)"
    guard let data = FileManager.default.contents(atPath: path), Digest.of(Array(data)) == record.sha256 else {
      throw Faults.integrity(path, "is not what the run wrote", "Restore it or run the segment again.")
    }
    return try GateTable(csv: Array(data), at: path)
  }

  /// A segment without a finished run has passed nothing.
  private static func gates(
    of segments: [String], _ runs: [(name: String, manifest: Manifest)], in output: String
  ) throws -> [UInt8] {
    var text = CsvText(["segment", "gate", "state", "detail"], guardsFormulas: true)
    for segment in segments {
      let own = runs.first { $0.name == segment && ($0.manifest.failures ?? []).isEmpty }
      text.add(
        [segment, GateTable.run] + (own == nil ? ["FAIL", "has no finished run"] : ["PASS", "has a finished run"]))
      guard let run = own else { continue }
      for line in try gates(run.manifest, in: "\(output)/\(run.name)")?.lines ?? [] {
        text.add([run.name, line.gate, line.state, line.detail])
      }
    }
    return text.bytes
  }

  /// As the runs were told; one batch has one configuration.
  private static func currency(of runs: [Manifest]) -> String {
    let said = runs.lazy.flatMap(\.stages).flatMap(\.settings).first { $0.key == "currency" }
    return said?.value.replacing("\"", with: "") ?? Currency.euro.code
  }
}
