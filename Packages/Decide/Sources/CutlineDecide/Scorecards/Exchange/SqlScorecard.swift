internal import CutlineCore
internal import CutlineFormats

/// A card as one SELECT: values, bins, points and keys of reasons one after the other, each in a part that is computed once.
///
/// The key of a reason is gain · 1024 + 1023 − place of its characteristic, so that the largest key is the largest gain, ties in
/// the card's order, and no two are alike; the second reason is the largest key below the first, and so on. All are whole numbers.
struct SqlScorecard {
  /// What databases take side by side (SQLite: 2,000 columns, PostgreSQL: 1,664), five for each characteristic.
  private static let mostCharacteristics = 300
  private static let places: Int64 = 1024

  private let card: Scorecard
  private let options: ScorecardExport.Options

  /// - Throws: `Faults` (usage) for names that no identifier can be, (data) for a card that is too large.
  init(_ card: Scorecard, _ options: ScorecardExport.Options) throws {
    guard card.characteristics.count <= Self.mostCharacteristics else {
      throw Faults.data(
        "scorecard", "has \(card.characteristics.count) characteristics, more than \(Self.mostCharacteristics)",
        "Export it to C or JSON.")
    }
    (self.card, self.options) = (card, options)
    let names = options.table.split(separator: ".", omittingEmptySubsequences: false).map(String.init) + options.keys
    for name in names + card.characteristics.map(\.column) {
      guard !name.isEmpty, name.utf8.count <= 63, !name.unicodeScalars.contains(where: { $0.value < 32 }) else {
        throw Faults.usage(
          "the name \(name.prefix(40).debugDescription)", "is none of a table or column",
          "It has 1 to 63 bytes and no control characters.")
      }
    }
    guard Set(keys.map { $0.lowercased() }).count == keys.count,
      !keys.contains(where: { ["score", "reason_1", "reason_2", "reason_3", "reason_4"].contains($0.lowercased()) })
    else {
      throw Faults.usage("--key", "names a column twice, or one that the statement adds", "Leave it out.")
    }
  }

  private var keys: [String] {
    guard options.keys.isEmpty else { return options.keys }
    var found: [String] = []
    for own in card.characteristics where !found.contains(own.column) { found.append(own.column) }
    return found
  }

  var text: String {
    let table = options.table.split(separator: ".").map { Self.quoted(String($0)) }.joined(separator: ".")
    let count = card.characteristics.count
    let handed = keys.indices.map { "k\($0 + 1)" }
    let x = (1...count).map { "x\($0)" }
    let (b, p, g) = ((1...count).map { "b\($0)" }, (1...count).map { "p\($0)" }, (1...count).map { "g\($0)" })
    var parts: [String] = []
    func part(_ name: String, _ columns: [String], from: String) {
      parts.append("\(name) AS MATERIALIZED (\n  SELECT \(columns.joined(separator: ",\n    "))\n  FROM \(from))")
    }
    part(
      "s_values",
      zip(keys, handed).map { "t.\(Self.quoted($0)) AS \($1)" }
        + zip(card.characteristics, x).map { "\(value($0)) AS \($1)" },
      from: "\(table) AS t")
    part(
      "s_bins", handed + zip(card.characteristics.indices, b).map { "\(bin($0)) AS \($1)" }, from: "s_values")
    part(
      "s_points", handed + b + zip(card.characteristics.indices, p).map { "\(points($0)) AS \($1)" }, from: "s_bins")
    let sum = ([integer(card.initial)] + p).joined(separator: " + ")
    part(
      "s_gains", handed + b + ["\(sum) AS raw"] + zip(card.characteristics.indices, g).map { "\(gain($0)) AS \($1)" },
      from: "s_points")
    var (last, found) = ("s_gains", [String]())
    for rank in 1...ScorecardAnswer.mostReasons {
      let before = found.last
      let columns = g.map { own in before.map { "CASE WHEN \(own) < \($0) THEN \(own) ELSE 0 END" } ?? own }
      part("s_reason_\(rank)", handed + b + ["raw"] + g + found + ["\(greatest(columns)) AS r\(rank)"], from: last)
      last = "s_reason_\(rank)"
      found.append("r\(rank)")
    }
    let output =
      zip(handed, keys).map { "\($0) AS \(Self.quoted($1))" } + ["\(score) AS score"]
      + found.map { "\(code($0)) AS reason_\($0.dropFirst())" }
    return """
      -- \(ScorecardExport.line(options.name)): the score is the sum of the points, higher is safer; reason_1 costs most points.
      -- For \(options.dialect == .sqlite ? "SQLite from 3.35 on" : "PostgreSQL from 12 on"). NULL is missing, so are NaN and an empty text; a record that the card refuses has no score.
      WITH
      \(parts.joined(separator: ",\n"))
      SELECT \(output.joined(separator: ",\n  "))
      FROM \(last)

      """
  }

  // MARK: Values and bins

  private func value(_ own: Characteristic) -> String {
    let column = "t.\(Self.quoted(own.column))"
    if own.bins.isOfWords {
      return "NULLIF(CAST(\(column) AS TEXT), '')\(options.dialect == .sqlite ? " COLLATE BINARY" : "")"
    }
    // SQLite makes 0 of a text that is no number; as a number it is not equal to itself as a text.
    let cast = "CAST(\(column) AS DOUBLE PRECISION)"
    return "CASE WHEN \(column) = \(cast) THEN NULLIF(\(cast), 'NaN') END"
  }

  private func bin(_ place: Int) -> String {
    let (own, x) = (card.characteristics[place], "x\(place + 1)")
    let bins = own.bins
    var cases = "WHEN \(x) IS NULL THEN \(bins.missingBin.map(String.init) ?? "NULL") "
    func any(_ values: [String], _ bin: Int) {
      cases += "WHEN \(x) IN (\(values.joined(separator: ", "))) THEN \(bin) "
    }
    for (index, special) in own.specials.enumerated() {
      any(
        special.values.map(DecimalText.exponential) + special.words.map(Self.literal), bins.valueCount + index)
    }
    if let groups = bins.groups {
      for (index, levels) in groups.enumerated() { any(levels.map(Self.literal), index) }
    } else {
      for (index, edge) in bins.edges.enumerated() {
        cases += "WHEN \(x) <= \(DecimalText.exponential(edge)) THEN \(index) "
      }
    }
    return "CASE \(cases)ELSE \(bins.valueCount - 1) END"
  }

  private func points(_ place: Int) -> String {
    let cases = card.characteristics[place].attributes.enumerated().map { "WHEN \($0) THEN \($1.points)" }
    return "CAST(CASE b\(place + 1) \(cases.joined(separator: " ")) END AS BIGINT)"
  }

  // MARK: Scores and reasons

  /// 0 for who has the best, and for what nobody is told.
  private func gain(_ place: Int) -> String {
    let own = card.characteristics[place]
    guard !own.isProtected else { return integer(0) }
    let p = "p\(place + 1)"
    return
      "CASE WHEN \(p) < \(own.most) THEN (\(own.most) - \(p)) * \(Self.places) + \(Self.places - 1 - Int64(place)) ELSE 0 END"
  }

  /// The largest of whole numbers that are not negative, a hundred at a time: SQLite takes no more.
  private func greatest(_ columns: [String]) -> String {
    let function = options.dialect == .sqlite ? "MAX" : "GREATEST"
    guard columns.count > 100 else { return "\(function)(0, \(columns.joined(separator: ", ")))" }
    let parts = stride(from: 0, to: columns.count, by: 100).map {
      greatest(Array(columns[$0..<min($0 + 100, columns.count)]))
    }
    return greatest(parts)
  }

  private var score: String {
    let unit = card.scale.unitsPerPoint
    var text = "raw"
    if let most = card.most { text = "CASE WHEN \(text) > \(most * unit) THEN \(most * unit) ELSE \(text) END" }
    if let least = card.least { text = "CASE WHEN raw < \(least * unit) THEN \(least * unit) ELSE \(text) END" }
    return unit == 1 ? text : "CAST(\(text) AS DOUBLE PRECISION) / \(unit)"
  }

  private func code(_ key: String) -> String {
    let names = card.characteristics.indices.map { place -> String in
      let own = card.characteristics[place]
      let all = own.attributes.indices.map(own.reasonCode)
      let usual = own.reason?.code ?? own.name
      // Equal texts may differ in their bytes.
      let others = all.indices.filter { !all[$0].utf8.elementsEqual(usual.utf8) }
      let text =
        others.isEmpty
        ? Self.literal(usual)
        : "CASE b\(place + 1) \(others.map { "WHEN \($0) THEN \(Self.literal(all[$0]))" }.joined(separator: " ")) ELSE \(Self.literal(usual)) END"
      return "WHEN \(place) THEN \(text)"
    }
    return
      "CASE WHEN raw IS NOT NULL AND \(key) > 0 THEN CASE \(Self.places - 1) - \(key) % \(Self.places) \(names.joined(separator: " ")) END END"
  }

  private func integer(_ value: Int64) -> String { "CAST(\(value) AS BIGINT)" }

  private static func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }
  private static func literal(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }
}
