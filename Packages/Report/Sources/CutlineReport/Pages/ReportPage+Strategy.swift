internal import CutlineCore
internal import CutlineCredit

extension ReportPage {
  /// Cells of a grid that a page can show several times.
  static let smallGrid = 400
  static let bytesOfCell = 25

  /// The staircase, today's against the proposed one, and the same in raw scores.
  func strategy() throws -> Html {
    guard let main = facts.main else { return hole("strategies.csv", words(.ledeNone)) }
    // On a large grid the other scenarios are rules alone.
    let isSmall = facts.grid.cellCount <= Self.smallGrid
    let others = facts.scenarios.filter { $0 != main }
    var parts: [Html] = [.tag("p", [:], .text(words(.strategyIntro))), try grid(main), try rules(main)]
    if !others.isEmpty {
      let more = try others.map { [isSmall ? try grid($0) : .empty, try rules($0)] as Html }.joined()
      parts.append(
        .tag(
          "details", [:], .tag("summary", [:], .text(words(.gridOther) + ": " + others.joined(separator: ", "))), more))
    }
    return parts.joined()
  }

  private func grid(_ scenario: String) throws -> Html {
    guard let table = try facts.table("decisions_\(scenario)") else {
      return hole("decisions_\(scenario).csv", words(.limitNone, scenario, limit(of: scenario)))
    }
    guard let map = DecisionMap(table, facts.grid) else {
      return .tag("p", ["class": "quiet"], .text(words(.gridMany)))
    }
    let count = { (mark: DecisionMap.Mark) in map.marks.joined().count { $0 == mark } }
    let (keep, open, close, none) = (count(.keep), count(.open), count(.close), count(.none))
    let title = words(.gridTitle, scenario, "\(open)", "\(close)", "\(keep + open + close + none)")
    let rows = map.marks.enumerated().map { place, marks in
      .tag(
        "tr", [:], .tag("th", ["scope": "row"], .text(map.down[place])),
        marks.map { .tag("td", ["class": $0.rawValue], .text($0.sign)) }.joined())
    }.joined()
    let key = DecisionMap.Mark.allCases.map { mark in
      .tag(
        "li", [:], .tag("i", ["class": mark.rawValue, "aria-hidden": "true"], .text(mark.sign)),
        .text(words(mark.phrase)))
    }.joined()
    return .tag(
      "figure", ["id": "grid-\(scenario)"],
      .tag(
        "figcaption", [:], .tag("h3", [:], .text(title)),
        .tag("p", ["class": "basis"], .text(words(.gridBasis, map.axes.down, map.axes.across)))),
      .tag("ul", ["class": "key"], key),
      .tag(
        "div", ["class": "scroll", "role": "group", "aria-label": title, "tabindex": "0"],
        .tag(
          "table", ["class": "grid"], .tag("tbody", [:], rows),
          .tag(
            "tfoot", [:],
            .tag(
              "tr", [:], .tag("th", ["scope": "row"], .text(map.axes.across)),
              map.across.map { .tag("th", ["scope": "col", "class": "edge"], .text($0)) }.joined())))),
      .tag(
        "p", [:],
        .text(words(.gridSummary, "\(keep + open + close + none)", "\(keep)", "\(open)", "\(close)", "\(none)"))),
      .tag("p", ["class": "source"], .text(words(.drawnFrom, table.path))))
  }

  private func rules(_ scenario: String) throws -> Html {
    guard let table = try facts.table("cutoff_rules_\(scenario)") else { return .empty }
    let lines = table.column("in_words").map { .tag("li", [:], .text($0)) }.joined()
    let apart = table.rows.isEmpty ? "" : table.text("before_the_rules", 0)
    return [
      .tag("h3", [:], .text(words(.rulesTitle, scenario))), .tag("p", ["class": "basis"], .text(words(.rulesBasis))),
      .tag("ul", [:], lines),
      apart.isEmpty
        ? .empty : .tag("p", ["class": "quiet"], .text(apart.prefix(1).uppercased() + apart.dropFirst() + ".")),
      .tag("p", ["class": "source"], .text(words(.drawnFrom, table.path))),
    ]
  }

  func limit(of scenario: String) -> String {
    facts.strategies.flatMap { table in
      table.row(where: "strategy", is: scenario).map { table.text("limit_pct", $0) }
    } ?? ""
  }
}

/// The decisions of a grid of two scores (or one) as they stand on a page and in the pictures: the first score down, the second
/// across, the safest at the bottom and on the right.
struct DecisionMap {
  enum Mark: String, CaseIterable {
    case keep, open, close, none

    /// A sign of its own beside the colour.
    var sign: String {
      switch self {
      case .keep: "●"
      case .open: "+"
      case .close: "−"
      case .none: "·"
      }
    }

    var phrase: Phrase {
      switch self {
      case .keep: .gridLegendKeep
      case .open: .gridLegendOpen
      case .close: .gridLegendClose
      case .none: .gridLegendNone
      }
    }
  }

  /// Rows from the top.
  let marks: [[Mark]]
  let down, across: [String]
  let axes: (down: String, across: String)

  /// - Parameter table: `decisions_{scenario}.csv`, a row a cell.
  /// - Returns: nil for a grid of more than two scores, and for a table of another grid.
  init?(_ table: StoredTable, _ grid: CellGrid) {
    guard let first = grid.axes.first, grid.axes.count <= 2, table.rows.count == grid.cellCount else { return nil }
    let second = grid.axes.count == 2 ? grid.axes[1] : nil
    var found = [Mark](repeating: .none, count: grid.cellCount)
    for row in table.rows.indices {
      let bins = grid.axes.compactMap { Int(table.text($0.name, row)) }.map { $0 - 1 }
      guard bins.count == grid.axes.count, zip(bins, grid.axes).allSatisfy({ (0..<$1.binCount).contains($0) }) else {
        return nil
      }
      found[grid.index(bins)] =
        switch (table.text("decision", row), table.text("change", row)) {
        case (_, "opened"): .open
        case (_, "closed"): .close
        case ("accept", _): .keep
        default: .none
        }
    }
    // Positions count from the safe end. A single score lies across.
    func bins(_ axis: GridAxis) -> [Int] { (0..<axis.binCount).reversed().map(axis.bin(atPosition:)) }
    let rows = second == nil ? [0] : bins(first)
    let columns = bins(second ?? first)
    marks = rows.map { row in columns.map { column in found[grid.index(second == nil ? [column] : [row, column])] } }
    down = second == nil ? [""] : rows.map { Self.band($0, of: first) }
    across = columns.map { Self.band($0, of: second ?? first) }
    axes = (second == nil ? "" : first.source, (second ?? first).source)
  }

  /// The values of a bin as people write them: a bin without an end has one bound.
  private static func band(_ bin: Int, of axis: GridAxis) -> String {
    let index = axis.numbering == .ascending ? bin : axis.binCount - 1 - bin
    let (low, high) = (axis.edges[index], axis.edges[index + 1])
    let (below, above) = axis.closed == .right ? ("≤", ">") : ("<", "≥")
    return switch (low.isFinite, high.isFinite) {
    case (false, true): "\(below) \(NumberText.shortest(high))"
    case (true, false): "\(above) \(NumberText.shortest(low))"
    case (false, false): axis.interval(ofBin: bin)
    case (true, true): "\(NumberText.shortest(low)) – \(NumberText.shortest(high))"
    }
  }
}
