internal import CutlineCore
internal import CutlineCredit

/// The levels of a variable of words in the order of their bad rates, so that methods that cut a line can group them.
///
/// A level takes the place of its rank, the least risky first; bad rates are compared as fractions, and levels of one rate go by
/// spelling. Neighbours are merged by the method, under the limits of size that numbers have. Levels that fewer rows share than
/// `Vocabulary` asks for stay apart: a word of few people is a value of theirs, and is kept nowhere.
///
/// The order is learnt from the same rows, so that a variable of many levels has an information value that a new table will not
/// show: with L levels of n rows it is about L/n even of a variable that says nothing.
struct LevelOrder {
  struct Level {
    let word: String
    let sums: BinEvidence.Sums
  }

  /// By rank.
  let shared: [Level]
  let rareRows: Int
  /// Levels that differ from another in case or spaces only.
  let alike: Int
  private let rare: BinEvidence.Sums
  private let missing: BinEvidence.Sums
  private let special: [String: BinEvidence.Sums]
  private let all: [String: BinEvidence.Sums]

  /// - Parameter apart: special words.
  /// - Complexity: O(rows + levels log levels).
  init(_ words: TextColumn, _ isBad: [Bool], apart: Set<String>) {
    var counts = [BinEvidence.Sums](repeating: BinEvidence.Sums(), count: words.distinctCount)
    var missing = BinEvidence.Sums()
    for (code, isBad) in zip(words.codes, isBad) {
      let one = VariableEvidence.sums([isBad])
      if code < 0 { missing = missing + one } else { counts[Int(code)] = counts[Int(code)] + one }
    }
    let levels = zip(words.distinctValues, counts).filter { $0.1.rows > 0 }.map(Level.init)
    let own = levels.filter { !apart.contains($0.word) }
    let rare = own.filter { !Vocabulary.isShared(by: Int($0.sums.rows)) }
    shared = own.filter { Vocabulary.isShared(by: Int($0.sums.rows)) }.sorted(by: Self.isSafer)
    self.rare = rare.map(\.sums).reduce(BinEvidence.Sums(), +)
    self.missing = missing
    rareRows = Int(self.rare.rows)
    alike = own.count - Set(own.map { TextColumn.comparable($0.word) }).count
    all = Dictionary(own.map { ($0.word, $0.sums) }, uniquingKeysWith: +)
    special = Dictionary(
      levels.filter { apart.contains($0.word) }.map { ($0.word, $0.sums) }, uniquingKeysWith: +)
  }

  private static func isSafer(_ a: Level, _ b: Level) -> Bool {
    let (left, right) = (BadRate(a.sums), BadRate(b.sums))
    return left == right ? a.word.utf8.lexicographicallyPrecedes(b.word.utf8) : left < right
  }

  /// Good and bad by rank.
  func evidence(_ variable: CardVariable, _ specials: [Characteristic.Special]) -> BinEvidence {
    var apart = specials.map { own in
      BinEvidence.Group(name: own.name, sums: own.words.compactMap { special[$0] }.reduce(BinEvidence.Sums(), +))
    }
    apart.append(BinEvidence.Group(name: "other", sums: rare))
    apart.append(BinEvidence.Group(name: "missing", sums: missing))
    return BinEvidence(
      variable: variable.name, source: variable.column, direction: .higherIsRiskier, closed: .right,
      values: shared.indices.map(Double.init), sums: shared.map(\.sums), apart: apart.filter { $0.sums.rows > 0 },
      mostBins: variable.mostBins)
  }

  /// Groups of neighbours by cuts between ranks.
  func groups(_ cuts: [Double]) throws -> [[String]] {
    let bins = try CharacteristicBins(edges: cuts, of: "levels")
    var groups = [[String]](repeating: [], count: bins.valueCount)
    for (rank, level) in shared.enumerated() { groups[bins.bin(of: Double(rank)) ?? 0].append(level.word) }
    return groups.filter { !$0.isEmpty }.map { $0.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
  }

  /// Stated groups in the order of their bad rates; those without a training row come last, as they were stated.
  func ordered(_ groups: [[String]]) -> [[String]] {
    let sums = groups.map { $0.compactMap { all[$0] }.reduce(BinEvidence.Sums(), +) }
    let seen = groups.indices.filter { sums[$0].rows > 0 }.sorted { a, b in
      (BadRate(sums[a]), a) < (BadRate(sums[b]), b)
    }
    return (seen + groups.indices.filter { sums[$0].rows == 0 }).map { groups[$0] }
  }
}

extension BadRate {
  init(_ sums: BinEvidence.Sums) { self.init(sums.good, sums.bad) }
}
