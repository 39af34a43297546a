internal import CutlineCore
internal import CutlineCredit

/// A condition on a raw score, as people write it: `> 713`, `<= 484`, `(449.4..462.8]`, `all`, `none`.
///
/// It must be made of edges of the grid, with the ends that its bins have: a strategy on a grid can do nothing else.
struct ScoreCondition: Hashable {
  struct Bound: Hashable {
    let value: Double
    let isIncluded: Bool
  }

  let low, high: Bound?
  let isNone: Bool

  /// - Throws: `Faults` (data) for what is no condition.
  init(_ text: String, at place: String) throws {
    let words = text.filter { !$0.isWhitespace }.replacing("≤", with: "<=").replacing("≥", with: ">=").lowercased()
    if words == "all" || words == "none" {
      (low, high, isNone) = (nil, nil, words == "none")
      return
    }
    func number(_ text: Substring) throws -> Double {
      guard let value = Double(text), !value.isNaN else {
        throw Self.refusal(text.isEmpty ? words : String(text), place)
      }
      return value
    }
    isNone = false
    for (sign, isLow, isIncluded) in [(">=", true, true), ("<=", false, true), (">", true, false), ("<", false, false)]
    where words.hasPrefix(sign) {
      let bound = Bound(value: try number(words.dropFirst(sign.count)), isIncluded: isIncluded)
      (low, high) = isLow ? (bound, nil) : (nil, bound)
      return
    }
    guard let first = words.first, let last = words.last, "([".contains(first), ")]".contains(last),
      let dots = words.firstRange(of: "..")
    else { throw Self.refusal(words, place) }
    let middle = words.dropFirst().dropLast()
    guard dots.lowerBound >= middle.startIndex, dots.upperBound <= middle.endIndex else {
      throw Self.refusal(words, place)
    }
    low = Bound(value: try number(middle[..<dots.lowerBound]), isIncluded: first == "[")
    high = Bound(value: try number(middle[dots.upperBound...]), isIncluded: last == "]")
  }

  private static func refusal(_ text: String, _ place: String) -> Faults {
    Faults.data(
      place, "is no condition on a score", found: .personal(String(text.prefix(40))),
      "Write > 713, <= 484, (449.4..462.8], all or none.")
  }

  /// The bins that it names, by ascending raw value; nil for none.
  ///
  /// - Throws: `Faults` (data) for a number that is no edge, with the nearest ones; for an end that bins do not have; for an
  ///   interval that holds no bin.
  func bins(of axis: GridAxis, at place: String) throws -> ClosedRange<Int>? {
    if isNone { return nil }
    // Both outer edges lie inside: to leave one out is more than a bin can do.
    for (bound, edge, sign) in [(low, axis.edges.first, ">="), (high, axis.edges.last, "<=")] {
      guard let bound, bound.value == edge, edge?.isFinite ?? false, !bound.isIncluded else { continue }
      let value = NumberText.shortest(bound.value)
      throw Faults.data(
        place, "\(value) is an outer edge of \(axis.source) and belongs to its outermost bin",
        "Write \(sign) \(value), or all.")
    }
    let first = try low.map { $0.value == axis.edges.first ? 0 : try edge($0, isLow: true, axis, place) } ?? 0
    let last =
      try high.map {
        $0.value == axis.edges.last ? axis.binCount - 1 : try edge($0, isLow: false, axis, place) - 1
      } ?? axis.binCount - 1
    guard first <= last else {
      throw Faults.data(place, "the condition on \(axis.source) holds no bin", "Exchange its ends, or write none.")
    }
    return first...last
  }

  /// The place of a bound among the edges.
  private func edge(_ bound: Bound, isLow: Bool, _ axis: GridAxis, _ place: String) throws -> Int {
    let value = NumberText.shortest(bound.value)
    guard let index = axis.edges.firstIndex(of: bound.value) else {
      let below = axis.edges.last { $0 < bound.value }.map { NumberText.shortest($0) }
      let above = axis.edges.first { $0 > bound.value }.map { NumberText.shortest($0) }
      let near = [below, above].compactMap { $0 }.joined(separator: " and ")
      throw Faults.data(
        place, "\(value) is no edge of \(axis.source); the nearest are \(near)",
        "Take one of them, or run again with \(value) among the edges of \(axis.name).")
    }
    guard bound.isIncluded != isLow || axis.closed == .left else {
      throw Faults.data(
        place, "bins of \(axis.source) are closed on the right: \(value) belongs to the bin below it",
        "Write \(isLow ? ">" : "<=") \(value).")
    }
    guard bound.isIncluded == isLow || axis.closed == .right else {
      throw Faults.data(
        place, "bins of \(axis.source) are closed on the left: \(value) belongs to the bin above it",
        "Write \(isLow ? ">=" : "<") \(value).")
    }
    return index
  }

  /// An interval of a score as such a condition; nil = nothing is accepted.
  static func text(_ interval: StrategyRules.Interval?, of score: StrategyRules.Score) -> String {
    guard let interval else { return "none" }
    let isRight = score.closed == .right
    switch (interval.low.map { NumberText.shortest($0) }, interval.high.map { NumberText.shortest($0) }) {
    case (nil, nil): return "all"
    case (let low?, nil): return "\(isRight ? ">" : ">=") \(low)"
    case (nil, let high?): return "\(isRight ? "<=" : "<") \(high)"
    case (let low?, let high?): return "\(isRight ? "(" : "[")\(low)..\(high)\(isRight ? "]" : ")")"
    }
  }

  /// The cutoffs as a table: one row a band, the condition on the last score being what is accepted there.
  static func csv(of rules: StrategyRules) -> String {
    let header = rules.header
    var csv = CsvText(
      ["strategy"] + rules.scores.map(\.column) + [
        "scenario", "status", "limit_pct", "risk_pct", "remark", "before_the_rules", "segment", "run", "version",
      ],
      guardsFormulas: true)
    for row in rules.conditions {
      csv.add(
        [header.name] + row + [
          header.scenario, header.status, header.limitPct, header.riskPct ?? "", header.remark ?? "",
          rules.apart.joined(separator: "; "), header.segment, header.run, header.version,
        ])
    }
    return csv.text
  }
}

extension StrategyRules {
  /// Per score, what is answered before any rule: `risk_score_rf 9999, missing: outside`.
  public var apart: [String] {
    scores.flatMap { score -> [String] in
      var cases = score.codes.map { (NumberText.shortest($0.value), $0.outcome) }
      cases.append(("missing", score.missing))
      if let least = score.least { cases.append(("below \(NumberText.shortest(least))", score.outside)) }
      if let greatest = score.greatest { cases.append(("above \(NumberText.shortest(greatest))", score.outside)) }
      return Outcome.allCases.compactMap { outcome in
        let own = cases.filter { $0.1 == outcome }.map(\.0)
        return own.isEmpty ? nil : "\(score.column) \(own.joined(separator: ", ")): \(outcome.rawValue)"
      }
    }
  }

  /// Per band, the same as a sentence: `score_rf ≤ 484 needs risk_score_rf > 713`.
  public var words: [String] {
    bands.map { band in
      func words(_ score: Score, _ interval: Interval) -> String? {
        let isRight = score.closed == .right
        switch (interval.low.map { NumberText.shortest($0) }, interval.high.map { NumberText.shortest($0) }) {
        case (nil, nil): return nil
        case (let low?, nil): return "\(score.column) \(isRight ? ">" : "≥") \(low)"
        case (nil, let high?): return "\(score.column) \(isRight ? "≤" : "<") \(high)"
        case (let low?, let high?):
          return "\(low) \(isRight ? "<" : "≤") \(score.column) \(isRight ? "≤" : "<") \(high)"
        }
      }
      let outer = zip(scores, band.outer).compactMap(words).joined(separator: " and ")
      let who = outer.isEmpty ? "everybody" : outer
      guard let accepted = band.accepted else { return "\(who) is rejected" }
      guard let last = scores.last, let needed = words(last, accepted) else { return "\(who) is accepted" }
      return "\(who) needs \(needed)"
    }
  }

  /// Per band, a condition on each score but the last, and what of the last is accepted: `> 713`, `all`, `none`.
  public var conditions: [[String]] {
    bands.map { band in
      zip(scores, band.outer.map(Optional.some) + [band.accepted]).map { ScoreCondition.text($1, of: $0) }
    }
  }
}
