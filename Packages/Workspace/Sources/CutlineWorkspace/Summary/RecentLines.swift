@_spi(Run) internal import CutlineCore
internal import CutlineRun
internal import Foundation

/// The recent period's lines of a run, from its files `risk_production_summary_mr_{scenario}.csv`; none where it has no such
/// file. The run has just written them: what cannot be read is not shown here.
struct RecentLines {
  struct Line {
    /// Percent; of a year in units of currency; percent of the recent period's Actual. Nil where undefined.
    let risk, production, share: Double?
    let maturity: String
  }

  private let folder: String
  private let written: Set<String>

  init(_ folder: String, _ manifest: Manifest) {
    self.folder = folder
    written = Set(manifest.files.map(\.path))
  }

  /// - Parameter metric: first field of the line.
  func line(_ scenario: String, _ metric: String) -> Line? {
    let path = "data/risk_production_summary_mr_\(scenario).csv"
    // What cannot be read is not repeated here.
    guard written.contains(path), let data = try? FileSystem.read("\(folder)/\(path)") else {
      return nil
    }
    // None of its fields is quoted.
    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    guard let head = lines.first, let own = lines.first(where: { $0.first == metric[...] }), own.count == head.count
    else { return nil }
    func field(_ isWanted: (Substring) -> Bool) -> Substring { head.firstIndex(where: isWanted).map { own[$0] } ?? "" }
    let maturity = field { $0 == "maturity" }
    return Line(
      risk: Double(field { $0 == "Risk (%)" }),
      production: Double(field { $0.hasPrefix("Production (") && $0 != "Production (%)" }),
      share: Double(field { $0 == "Production (%)" }), maturity: maturity.isEmpty ? "undefined" : String(maturity))
  }
}
