@_spi(Run) internal import CutlineCore
internal import CutlineCredit
internal import CutlineReport
internal import CutlineRun
internal import CutlineWorkspace
internal import Foundation

/// The page of a batch: its consolidated table for people, with a way to the report of each segment.
enum PortfolioReport {
  /// Writes the page beside the table.
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
    let reports = segments.filter { PathKind.isFile("\(output)/\($0)/report.html") }.map { name in
      (name, (name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? name) + "/report.html")
    }
    let page = try await PortfolioPage(
      csv: Array(csv), currency: currency(of: segments, in: output),
      reports: Dictionary(reports, uniquingKeysWith: { first, _ in first }))
    try ReplacedFile.write(Data(page.bytes), to: "\(output)/\(PortfolioPage.fileName)")
  }

  /// As the runs were told; one batch has one configuration.
  private static func currency(of segments: [String], in output: String) -> String {
    for segment in segments {
      // A segment without a run, or with one that cannot be read, is a line of the table that says so.
      let settings = (try? Manifest.load(from: "\(output)/\(segment)"))?.stages.flatMap(\.settings) ?? []
      if let said = settings.first(where: { $0.key == "currency" }) { return said.value.replacing("\"", with: "") }
    }
    return Currency.euro.code
  }
}
