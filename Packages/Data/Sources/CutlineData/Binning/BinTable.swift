internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// The table of one way to cut a score.
struct BinTable {
  let rows: [BinReport.Row]
  let informationValue, deviance: Double?
  let trend: String?

  /// - Parameters:
  ///   - axis: with the edges.
  ///   - clamps: whether values beyond the outer edges belong to the outermost bins.
  /// - Complexity: O(values · log bins).
  init(_ evidence: BinEvidence, _ axis: GridAxis, clamps: Bool = false, measure: RiskMeasure) {
    var bins = [BinEvidence.Sums](repeating: .init(), count: axis.binCount)
    var beyond = BinEvidence.Sums()
    for (value, sums) in zip(evidence.values, evidence.sums) {
      let ends = (axis.edges.first ?? value, axis.edges.last ?? value)
      if let bin = axis.bin(of: clamps ? min(max(value, ends.0), ends.1) : value) {
        bins[bin] = bins[bin] + sums
      } else {
        beyond = beyond + sums
      }
    }
    var labelled = (0..<axis.binCount).map { (bin: $0 as Int?, label: axis.interval(ofBin: $0), sums: bins[$0]) }
    if axis.numbering == .descending { labelled.reverse() }
    if beyond.rows > 0 { labelled.append((nil, "outside the edges", beyond)) }
    labelled += evidence.apart.map { (nil, $0.name, $0.sums) }
    let all = labelled.map(\.sums)
    let total = evidence.total
    let woe = WoeTable(good: all.map(\.good), bad: all.map(\.bad))
    let outcomes = total.good + total.bad
    rows = labelled.enumerated().map { index, own in
      let edge = own.bin.map { axis.numbering == .ascending ? $0 : axis.binCount - 1 - $0 }
      let known = own.sums.good + own.sums.bad
      func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
      return BinReport.Row(
        bin: own.bin.map { $0 + 1 }, label: own.label, low: finite(edge.map { axis.edges[$0] }),
        high: finite(edge.map { axis.edges[$0 + 1] }), applications: own.sums.rows, good: own.sums.good,
        bad: own.sums.bad, share: outcomes > 0 ? Double(known) / Double(outcomes) : nil,
        badRate: known > 0 ? Double(own.sums.bad) / Double(known) : nil,
        riskPct: measure.percent(CellSums(numerator: own.sums.numerator, denominator: own.sums.denominator)),
        woe: woe?.woe[index], informationValue: woe?.informationValues[index])
    }
    informationValue = woe?.informationValue
    let totals = all.map { BinTotals(good: $0.good, bad: $0.bad, over: $0.numerator, under: $0.denominator) }
    let deviance = BinObjective.deviance(
      BinTotals(good: total.good, bad: total.bad, over: total.numerator, under: total.denominator))
    self.deviance =
      total.numerator > 0 && total.denominator > 0
      ? totals.filter { $0.under > 0 && $0.over >= 0 }.reduce(0) { $0 + deviance($1) } : nil
    trend = Self.trend(rows.filter { $0.bin != nil }.compactMap(\.riskPct))
  }

  private static func trend(_ risks: [Double]) -> String? {
    let steps = zip(risks, risks.dropFirst())
    guard risks.count > 1 else { return nil }
    let (rises, falls) = (steps.contains { $0 < $1 }, steps.contains { $0 > $1 })
    return rises ? (falls ? "none" : "ascending") : falls ? "descending" : "flat"
  }
}
