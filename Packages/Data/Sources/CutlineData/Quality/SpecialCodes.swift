internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Looks for codes among the values of the scores that nobody has declared, such as 9999 for "no file".
///
/// A value is taken for a code when many rows share it and it lies alone beyond the rest: at least `fewest` rows and five
/// times the usual number of rows of a value, farther from its neighbour than a quarter of the spread of the others (their 1st
/// to 99th percentile). A few strays between it and the rest, a thousandth of the rows and a twentieth of its own at most,
/// do not hide it. Several codes at one end are found from the outside in. Declared codes are left out before.
struct SpecialCodes {
  private let found: [(score: Score, codes: [Code])]
  private let isBlind: Bool
  /// Scores of the grid whose column is not there or holds no numbers.
  private let unread: [String]
  private let risk: (numerator: [Double], denominator: [Double])

  /// A score of the grid with its column.
  struct Score {
    let name: String
    let bins: VariableBins
    let values: [Double]

    func isSpecial(_ value: Double) -> Bool { bins.special.contains { $0.value == value } }
  }

  struct Code: Equatable {
    let value: Double
    let rows: Int
    /// The end of the other values, rounded outwards so that it is nobody's score.
    let end: Double
  }

  static let fewest = 3
  private static let mostCodes = 10

  /// The scores of the grid as far as the configuration and the table have them.
  static func scores(_ table: Table, _ config: QualityConfig) -> [Score] {
    // What is wrong with the bins or their columns is said by the stage that cuts.
    let axes = (try? config.grid.axes(at: .default)) ?? []
    return axes.compactMap { name, bins in
      (try? table.numbers(bins.source)).map { Score(name: name, bins: bins, values: $0) }
    }
  }

  init(_ table: Table, _ config: QualityConfig) throws {
    let scores = Self.scores(table, config)
    let named = (try? config.grid.axes(at: .default)) ?? []  // as in `scores`
    unread = named.map(\.name).filter { name in !scores.contains { $0.name == name } }
    isBlind = named.isEmpty
    found = scores.map { score in (score, Self.codes(score.values.filter { !$0.isNaN && !score.isSpecial($0) })) }
    risk = (try table.numbers("todu_30ever_h6"), try table.numbers("todu_amt_pile_h6"))
  }

  var checks: [QualityReport.Check] {
    guard !isBlind else {
      return [.init("special codes", .skipped, "no variables with bins to look at")]
    }
    let blind = unread.map {
      QualityReport.Check("special codes of \($0)", .skipped, "its column is not in the data or holds no numbers")
    }
    return blind
      + found.map { score, codes in
        let name = "special codes of \(score.name)"
        guard !codes.isEmpty else {
          return .init(
            name, .passed, "no value of \(score.bins.source) that many rows share lies alone beyond the rest")
        }
        let sentences = codes.map { code in
          let side = code.value > code.end ? "largest" : "smallest"
          guard Vocabulary.isShared(by: code.rows) else {
            return "\(code.rows) rows hold one value that lies alone beyond the rest"
          }
          return "\(code.rows) rows hold \(Self.text(code.value)), the next \(side) values end at about "
            + "\(Self.text(code.end))\(effect(of: code, in: score))"
        }
        guard codes.contains(where: { Vocabulary.isShared(by: $0.rows) }) else {
          return .init(name, .warning, "\(score.bins.source): \(sentences.joined(separator: "; "))")
        }
        let declared = codes.filter { Vocabulary.isShared(by: $0.rows) }.map { "\(Self.key($0.value)) = \"own-bin\"" }
          .joined(separator: ", ")
        return .init(
          name, .warning,
          "\(score.bins.source): \(sentences.joined(separator: "; ")). If \(codes.count == 1 ? "it is a code" : "they are codes"), state special = { \(declared) } in [preprocessing.bins.\(score.name)], which lets them keep today's decision (\"drop\" leaves them out of every figure)"
        )
      }
  }

  /// What declaring it would do to the bin in which it lies.
  private func effect(of code: Code, in score: Score) -> String {
    guard !score.bins.edges.isEmpty else { return ", which a proposal of edges takes for scores" }
    let axis = GridAxis(
      name: score.name, source: score.bins.source, direction: score.bins.direction, numbering: score.bins.numbering,
      closed: score.bins.closed, edges: score.bins.edges)
    guard let bin = axis.bin(of: code.value) else { return ", outside the edges" }
    var (with, without) = ((0.0, 0.0), (0.0, 0.0))
    var (rows, others) = (0, 0)
    for row in score.values.indices where axis.bin(of: score.values[row]) == bin && !score.isSpecial(score.values[row])
    {
      rows += 1
      let (n, d) = (risk.numerator[row], risk.denominator[row])
      let isKnown = !n.isNaN && !d.isNaN
      if isKnown { with = (with.0 + n, with.1 + d) }
      guard score.values[row] != code.value else { continue }
      others += 1
      if isKnown { without = (without.0 + n, without.1 + d) }
    }
    let place = "bin \(bin + 1), \(rows) rows of which \(others) would be left"
    guard with.1 > 0, without.1 > 0, with.0 > 0 else { return " (\(place))" }
    return " (\(place), with \(Rounded(without.0 / without.1 / (with.0 / with.1), 2)) times its risk)"
  }

  /// - Parameter values: without missing and declared ones.
  /// - Complexity: O(n + distinct values · log).
  static func codes(_ values: [Double]) -> [Code] {
    let sorted = RadixSort.sorted(values)
    var groups: [(value: Double, rows: Int)] = []
    for value in sorted {
      if groups.last?.value == value { groups[groups.count - 1].rows += 1 } else { groups.append((value, 1)) }
    }
    var codes: [Code] = []
    var rest = groups[...]
    while rest.count > 2, codes.count < mostCodes {
      guard let code = outermost(rest) else { break }
      codes.append(code)
      rest = code.value == rest.last?.value ? rest.dropLast() : rest.dropFirst()
    }
    // Two codes close to each other, far from the rest (99998 and 99999), lie alone together.
    return codes.sorted { $0.value < $1.value }
  }

  private static func outermost(_ groups: ArraySlice<(value: Double, rows: Int)>) -> Code? {
    for isTop in [true, false] {
      // The outermost few may be neighbours of each other.
      for together in 1...8 where groups.count > together + 1 {
        let outer = isTop ? groups.suffix(together) : groups.prefix(together)
        let inner = isTop ? groups.dropLast(together) : groups.dropFirst(together)
        guard let code = isTop ? outer.last : outer.first, let near = isTop ? outer.first : outer.last,
          let fewestRows = outer.map(\.rows).min()
        else { continue }
        // Of a score without codes the outermost values are few rows: then nothing more is computed.
        guard outer.allSatisfy({ $0.rows >= fewest }) else { continue }
        let counts = inner.map(\.rows).sorted()
        let usual = counts[counts.count / 2]
        guard outer.allSatisfy({ $0.rows >= 5 * usual }) else { continue }
        let total = counts.reduce(0, +)
        var strays = min(total / 1000, fewestRows / 20)
        let neighbour = (isTop ? Array(inner.reversed()) : Array(inner)).first { group in
          strays -= group.rows
          return strays < 0
        }
        guard let neighbour else { continue }
        let spread = quantile(inner, 0.99, total) - quantile(inner, 0.01, total)
        guard abs(near.value - neighbour.value) > 0.25 * spread, spread > 0 else { continue }
        return Code(value: code.value, rows: code.rows, end: outwards(neighbour.value, isTop: isTop, spread: spread))
      }
    }
    return nil
  }

  private static func quantile(_ groups: ArraySlice<(value: Double, rows: Int)>, _ share: Double, _ total: Int)
    -> Double
  {
    var left = share * Double(total)
    for group in groups {
      left -= Double(group.rows)
      if left <= 0 { return group.value }
    }
    return groups.last?.value ?? 0
  }

  /// The next multiple of a tenth or so of the spread.
  private static func outwards(_ value: Double, isTop: Bool, spread: Double) -> Double {
    var step = 1.0
    while step * 10 <= spread { step *= 10 }
    while step > spread { step /= 10 }
    step /= 10
    return isTop ? (value / step).rounded(.up) * step : (value / step).rounded(.down) * step
  }

  private static func text(_ value: Double) -> String { NumberText.shortest(value) }

  /// As a key of TOML.
  private static func key(_ value: Double) -> String {
    let text = text(value)
    return text.allSatisfy { $0.isNumber || $0 == "-" } ? text : ConfigValue.quoted(text)
  }
}
