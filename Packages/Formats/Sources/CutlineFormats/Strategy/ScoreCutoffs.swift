public import CutlineCore
public import CutlineCredit
internal import Foundation

/// Strategies that are stated in raw scores: per band of all scores but the last, what of the last one is accepted.
///
/// As a table, one row a band; the columns are called as the scores or their variables, `strategy` is optional:
///
/// ```
/// strategy,score_rf,risk_score_rf
/// committee,<= 484,> 713
/// committee,> 484,> 639.6
/// ```
///
/// As TOML, one strategy a file: `strategy = "committee"`, then `[[rule]]` with a text per score. Bands must cover every bin once,
/// and be made of edges of the grid (`ScoreCondition`). What is accepted must reach to the safe end of the last score.
public struct ScoreCutoffs {
  public struct Named {
    public let name: String
    public let strategy: Strategy
    /// In words, where a safer band accepts less than a riskier one; nil for a monotone strategy.
    public let doubt: String?
  }

  /// In order of the file.
  public let strategies: [Named]

  private struct Row {
    let strategy: String
    let place: String
    let conditions: [String?]
  }

  /// Whether a table speaks of all scores of a grid by their names, so that it states cutoffs in raw scores.
  public static func isOne(_ table: Table, on grid: CellGrid) -> Bool {
    grid.axes.allSatisfy { name(of: $0, among: table.names) != nil }
  }

  private static func name(of axis: GridAxis, among names: [String]) -> String? {
    names.first { $0.lowercased() == axis.source.lowercased() }
      ?? names.first { $0.lowercased() == axis.name.lowercased() }
  }

  /// - Throws: `Faults` (data).
  public init(_ table: Table, on grid: CellGrid, path: String) throws {
    func texts(_ name: String?) throws -> [String?] {
      guard let name else { return Array(repeating: nil, count: table.rowCount) }
      return switch try table.column(name).values {
      case .text(let texts): texts.codes.indices.map { texts[$0] }
      // What stands there is shown by whoever refuses it.
      case .number(let numbers): numbers.map { $0.isNaN ? nil : NumberText.shortest($0) }
      case .moment: Array(repeating: nil, count: table.rowCount)
      }
    }
    for axis in grid.axes {
      let own = table.names.filter { name in
        [axis.source, axis.name].contains { $0.lowercased() == name.lowercased() }
      }
      guard own.count < 2 else {
        throw Faults.data(path, "\(own.joined(separator: " and ")) are both about \(axis.source)", "Keep one of them.")
      }
    }
    let columns = try grid.axes.map { try texts(Self.name(of: $0, among: table.names)) }
    let named = table.names.first { ["strategy", "name"].contains($0.lowercased()) }
    let strategies = try texts(named)
    let rows = (0..<table.rowCount).map { row in
      Row(
        strategy: strategies[row] ?? Self.name(of: path), place: "\(path), row \(row + 1)",
        conditions: columns.map { $0[row] })
    }
    self.strategies = try Self.read(rows, grid, path)
  }

  /// - Parameter text: TOML.
  /// - Throws: `Faults` (usage) for what is no TOML or has other keys, `Faults` (data) as for a table.
  public init(toml text: String, on grid: CellGrid, path: String) throws {
    let root = try ConfigDocument.parse(text, source: path)
    let advice = "Write strategy = \"name\", and [[rule]] with a text for each score."
    for entry in root.entries where !["strategy", "rule"].contains(entry.key) {
      throw Faults.usage(
        entry.place, "unknown key \(entry.key)\(DidYouMean.phrase(for: entry.key, among: ["strategy", "rule"]))", advice
      )
    }
    guard let rules = root["rule"]?.array, !rules.isEmpty else {
      throw Faults.usage(path.place, "has no [[rule]]", advice)
    }
    try self.init(rules: rules, name: root["strategy"]?.string ?? Self.name(of: path), on: grid, path: path)
  }

  /// One strategy from a list of tables, each with a text per score.
  /// - Throws: `Faults` (usage) for what has another form or other keys, `Faults` (data) as for a table.
  public init(rules: [ConfigValue], name: String, on grid: CellGrid, path: String) throws {
    let advice = "Write a table for each rule, with a text for each score."
    let rows = try rules.map { rule in
      guard let table = rule.table else { throw Faults.usage(rule.place, "a rule is \(rule.typeName)", advice) }
      let names = table.entries.map(\.key)
      let own = grid.axes.map { Self.name(of: $0, among: names) }
      if let stray = table.entries.first(where: { !own.contains($0.key) }) {
        let known = grid.axes.map(\.source)
        throw Faults.usage(
          stray.place, "\(stray.key) is no score of the grid\(DidYouMean.phrase(for: stray.key, among: known))",
          "The scores are \(known.joined(separator: ", ")).")
      }
      let conditions = try own.map { key in
        try key.flatMap { table[$0] }.map { value in
          guard let text = value.string else {
            throw Faults.usage(value.place, "a condition is \(value.typeName)", "Write a text such as \"> 713\".")
          }
          return text
        }
      }
      return Row(strategy: name, place: "\(rule.place)", conditions: conditions)
    }
    strategies = try Self.read(rows, grid, path)
  }

  private static func name(of path: String) -> String {
    ((path as NSString).lastPathComponent as NSString).deletingPathExtension
  }

  private static func read(_ rows: [Row], _ grid: CellGrid, _ path: String) throws -> [Named] {
    guard !rows.isEmpty else { throw Faults.data(path, "holds no strategy", "Write one row a band.") }
    var places: [String: Int] = [:]
    var groups: [(name: String, rows: [Row])] = []
    for row in rows {
      if row.strategy.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
        throw Faults.data(row.place, "the name of its strategy holds characters that control a terminal", "Rename it.")
      }
      if let place = places[row.strategy] {
        groups[place].rows.append(row)
      } else {
        places[row.strategy] = groups.count
        groups.append((row.strategy, [row]))
      }
    }
    return try groups.map { try strategy($0.name, $0.rows, grid, path) }
  }

  private static func strategy(_ name: String, _ rows: [Row], _ grid: CellGrid, _ path: String) throws -> Named {
    guard let last = grid.axes.last else { throw Faults.data(path, "the grid has no score", "Run again.") }
    let axes = Array(grid.axes.dropLast())
    let outer = CellGrid(axes: axes)
    var accepted = [Int?](repeating: nil, count: outer.cellCount)
    for row in rows {
      let ranges = try zip(grid.axes, row.conditions).map { axis, text in
        guard let text else {
          throw Faults.data(row.place, "has no condition on \(axis.source)", "Write one; all stands for every value.")
        }
        return try ScoreCondition(text, at: row.place).bins(of: axis, at: row.place)
      }
      let count = try ranges[ranges.count - 1].map { try self.count($0, last, row.place) } ?? 0
      let bands = try zip(axes, ranges).map { axis, range in
        guard let range else {
          throw Faults.data(
            row.place, "none is no band of \(axis.source)", "Leave the row out; none belongs to the last score.")
        }
        return range
      }
      // By bin number, whatever the numbering.
      let places = zip(axes, bands).reduce([0]) { places, pair in
        let (axis, range) = pair
        return places.flatMap { place in
          range.map { place * axis.binCount + (axis.numbering == .ascending ? $0 : axis.binCount - 1 - $0) }
        }
      }
      for place in places {
        guard accepted[place] == nil else {
          throw Faults.data(row.place, "\(label(place, outer)) stands in an earlier band, too", "Give one cutoff.")
        }
        accepted[place] = count
      }
    }
    if let missing = accepted.firstIndex(of: nil) {
      throw Faults.data(
        path, "\(name.prefix(60)) says nothing of \(label(missing, outer))",
        "Write a band for it; none accepts nothing there.")
    }
    let strategy = Strategy(accepted: accepted.compactMap { $0 })
    let doubt = strategy.firstViolation(in: grid).map { safer, riskier in
      "\(name) is not monotone: \(label(safer, outer)) accepts less than \(label(riskier, outer)), which is riskier"
    }
    return Named(name: name, strategy: strategy, doubt: doubt)
  }

  /// How many bins from the safe end.
  private static func count(_ range: ClosedRange<Int>, _ axis: GridAxis, _ place: String) throws -> Int {
    let reaches = axis.direction == .higherIsSafer ? range.upperBound == axis.binCount - 1 : range.lowerBound == 0
    guard reaches else {
      throw Faults.data(
        place, "accepts values of \(axis.source) and rejects safer ones (\(axis.direction.rawValue))",
        "Accept from the safe end: write \(axis.direction == .higherIsSafer ? ">" : "<=") and the cutoff.")
    }
    return range.count
  }

  private static func label(_ place: Int, _ outer: CellGrid) -> String {
    zip(outer.axes, outer.bins(place)).map { "\($0.source) in \($0.interval(ofBin: $1))" }.joined(separator: ", ")
  }
}
