internal import CutlineCore
public import CutlineCredit

/// A frontier as CSV: production, numerator, denominator, risk in percent, and the cutoffs. Of risk limits there is one
/// row each, with the limit, how far it is proven, and the bound at the end.
public struct FrontierCsv {
  public let bytes: [UInt8]
  /// One per limit.
  public let answers: [Frontier.Answer]

  /// - Parameter thresholds: percent; empty for the whole frontier.
  /// - Complexity: O(points × combinations); a row at a time.
  public init(_ frontier: Frontier, thresholds: [DecimalNumber], cells: CellTable, labels: CutoffLabels) throws {
    let names = labels.combinations.map { "cut_\($0)" }
    var header = ["production", "numerator", "denominator", "risk_pct"] + names
    // Per accepted count, so that a cutoff costs no more than its bytes.
    let cutoffs = labels.cutoffsByCount.map { Array(",\($0)".utf8) }
    var bytes: [UInt8] = []
    func add(_ point: Frontier.Point) {
      let sums = [point.production, point.numerator, point.denominator].map(cells.scale.shortText)
      let risk = cells.measure.strategyPercent(point.sums).map { "\($0)" } ?? ""
      bytes.append(contentsOf: (sums + [risk]).joined(separator: ",").utf8)
      for count in point.strategy.accepted { bytes.append(contentsOf: cutoffs[count]) }
    }
    let answers = try thresholds.map { try frontier.answer(to: $0, measure: cells.measure) }
    if !thresholds.isEmpty { header += ["threshold_pct", "status", "bound"] }
    bytes = CsvText(header).bytes
    if thresholds.isEmpty {
      for point in frontier.points {
        add(point)
        bytes.append(UInt8(ascii: "\n"))
      }
    } else {
      for answer in answers {
        if let place = answer.point {
          add(frontier.points[place])
        } else {
          bytes.append(contentsOf: repeatElement(UInt8(ascii: ","), count: names.count + 3))
        }
        let rest = [answer.limit.description, answer.status.rawValue, answer.bound.map(cells.scale.shortText) ?? ""]
        bytes.append(contentsOf: ("," + rest.joined(separator: ",") + "\n").utf8)
      }
    }
    self.bytes = bytes
    self.answers = answers
  }
}
