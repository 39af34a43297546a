internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// `fairness_*.csv`: a line a group.
struct FairnessTable {
  let lines: [GroupLine]
  let measure: RiskMeasure
  let fewest: Int
  let confidence: Double

  private static let columns =
    [
      ColumnNote("column", unit: "text", "A column of monitor_only."),
      ColumnNote("group", unit: "text", "Its category, or an interval of its values."),
      ColumnNote(
        "status", unit: "text",
        "shown, reference (the largest group), or together: groups with too small counts, in one line."),
      ColumnNote("applications", unit: "applications", "Of the main period, decided by score."),
    ] + rates("today", "booked") + rates("proposed", "accepted by the strategy, or outside the grid and booked") + [
      ColumnNote(
        "mature", unit: "applications",
        "Booked today, with an outcome; this and the next two are empty below the smallest count, and of a second group where they are of one."
      ), ColumnNote("bad_rate_pct", unit: "percent", "Bad of them."),
      ColumnNote("risk_pct", unit: "percent", "Risk of those booked today."),
    ]

  private static func rates(_ name: String, _ what: String) -> [ColumnNote] {
    [
      ColumnNote("accepted_\(name)", unit: "applications", "Those \(what); empty below the smallest count."),
      ColumnNote("acceptance_\(name)_pct", unit: "percent", "Of the group's applications."),
      ColumnNote("ratio_\(name)", unit: "fraction", "Acceptance over that of the reference group; empty for itself."),
      ColumnNote("ratio_\(name)_low", unit: "fraction", "Lower end of its interval."),
      ColumnNote("ratio_\(name)_high", unit: "fraction", "Upper end."),
    ]
  }

  func file(_ path: String) -> ResultFile {
    var rows: [[String]] = []
    for column in lines.map(\.column).reduce(into: [String](), { if !$0.contains($1) { $0.append($1) } }) {
      let own = lines.filter { $0.column == column }
      // The largest of those that are shown; of equal ones the first.
      let reference = own.filter { !$0.isHidden }.reduce(nil as GroupLine?) { best, line in
        line.applications > best?.applications ?? 0 ? line : best
      }
      let silent = silentOutcomes(own)
      rows += own.enumerated().map { place, line in
        // Together they may be as few as one where the column has hardly more.
        guard !line.isHidden || line.applications >= fewest else {
          return [column, line.label, "together"] + Array(repeating: "", count: Self.columns.count - 3)
        }
        let isReference = line.label == reference?.label
        return [
          column, line.label, line.isHidden ? "together" : isReference ? "reference" : "shown",
          String(line.applications),
        ]
          + rates(line.booked, line.applications, isReference ? nil : reference.map { ($0.booked, $0.applications) })
          + rates(
            line.proposed, line.applications, isReference ? nil : reference.map { ($0.proposed, $0.applications) })
          + (silent.contains(place) ? ["", "", ""] : outcomes(line))
      }
    }
    return ResultFile(path: path, columns: Self.columns, rows: rows)
  }

  /// A count and what is left of it must both be large enough, or 0.
  private func isVisible(_ count: Int, of all: Int) -> Bool {
    (count == 0 || count >= fewest) && (all == count || all - count >= fewest)
  }

  private func rates(_ count: Int, _ all: Int, _ reference: (count: Int, all: Int)?) -> [String] {
    guard isVisible(count, of: all) else { return ["", "", "", "", ""] }
    let rate = Double(count) / Double(all)
    let head = [String(count), NumberText.shortest(100 * rate)]
    guard let reference, isVisible(reference.count, of: reference.all), reference.count > 0 else {
      return head + ["", "", ""]
    }
    let ratio = rate * Double(reference.all) / Double(reference.count)
    guard count > 0 else { return head + ["0", "", ""] }
    let variance =
      1 / Double(count) - 1 / Double(all) + 1 / Double(reference.count) - 1 / Double(reference.all)
    let half = Normal.quantile(0.5 + confidence / 2) * max(0, variance).squareRoot()
    let factor = Link.log.mean(of: half)
    return head + [ratio, ratio / factor, ratio * factor].map { NumberText.shortest($0) }
  }

  /// Places of the lines without outcomes: those with a small count of them, and as many of the next smallest as it takes for what
  /// they leave of a total not to be small.
  private func silentOutcomes(_ lines: [GroupLine]) -> Set<Int> {
    func isSmall(_ mature: Int, _ bad: Int, _ booked: Int) -> Bool {
      mature < fewest || !isVisible(mature, of: booked) || !isVisible(bad, of: mature)
    }
    var silent = Set(lines.indices.filter { isSmall(lines[$0].mature, lines[$0].bad, lines[$0].booked) })
    while !silent.isEmpty, silent.count < lines.count {
      let own = silent.map { lines[$0] }
      func sum(_ value: (GroupLine) -> Int) -> Int { own.reduce(0) { $0 + value($1) } }
      if silent.count > 1, !isSmall(sum(\.mature), sum(\.bad), sum(\.booked)) { break }
      let next = lines.indices.filter { !silent.contains($0) }
        .min { (lines[$0].mature, $0) < (lines[$1].mature, $1) }
      guard let next else { break }
      silent.insert(next)
    }
    return silent
  }

  private func outcomes(_ line: GroupLine) -> [String] {
    let risk =
      line.denominator > 0
      ? 100 * measure.multiplier * Double(line.numerator) / Double(line.denominator) : nil
    return [
      String(line.mature), NumberText.shortest(100 * Double(line.bad) / Double(line.mature)), NumberText.shortest(risk),
    ]
  }
}
