internal import CutlineCore
internal import Foundation

/// A frontier as CSV: production, numerator, denominator, risk in percent, and the cutoffs.
struct FrontierCsv {
  let text: String

  init(_ frontier: Frontier, labels: CutoffLabels, multiplier: Double) throws {
    let measure = RiskMeasure(multiplier: multiplier)
    let header = ["production", "numerator", "denominator", "risk_pct"] + labels.combinations.map { "cut_\($0)" }
    var lines = [header.joined(separator: ",")]
    for point in frontier.points {
      let sums = [point.production, point.numerator, point.denominator].map(ExactAmount.shortest)
      let risk = measure.strategyPercent(point.sums).map { "\($0)" } ?? ""
      lines.append((sums + [risk] + labels.cutoffs(point.strategy)).joined(separator: ","))
    }
    text = lines.joined(separator: "\n") + "\n"
  }

  /// Writes the whole file or nothing.
  func write(to path: String) throws {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw FileError(path, "cannot be written: \(error.localizedDescription)", "Check the path and permissions.")
    }
  }
}
