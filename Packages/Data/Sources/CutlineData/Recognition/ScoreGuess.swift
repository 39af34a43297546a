internal import CutlineCore
internal import CutlineCredit
internal import Foundation

/// The scores of a file: columns that a person names, those whose name says so, then those that rank bad outcomes best.
struct ScoreGuess {
  struct Score {
    let column: String
    /// nil where nobody is known to be booked.
    let direction: Direction?
    /// Bad outcomes among the booked, and the score's rejections among the decided; nil where there are none.
    let outcomes, decisions: RankEvidence?
    /// Whether the rejections are those of the score, and not all.
    let isOfScore: Bool
    let edges: [Double]
    let special: [Double]
    let missing: Int

    /// Whether what became of the booked and what the lender decided say the contrary, both beyond chance.
    var contradicts: Bool {
      guard let outcomes, let decisions, outcomes.isClear, decisions.isClear else { return false }
      return outcomes.direction != decisions.direction
    }

    /// What both say, for a comment.
    var evidence: String {
      let said = [
        outcomes.map { "bad outcomes say \($0.direction.rawValue) with an AUC of \($0.phrase)" },
        decisions.map {
          "the \(isOfScore ? "score's rejections" : "rejections") say \($0.direction.rawValue) with an AUC of \($0.phrase)"
        },
      ].compactMap { $0 }
      return said.isEmpty ? "nothing in the file says so" : said.joined(separator: ", ")
    }
  }

  /// The two best.
  let scores: [Score]
  /// Those that rank so well that they may know the outcome.
  let doubtful: [Score]
  /// What to ask of columns called like scores that are text and would be taken, and of others.
  let textual, mentioned: [String]

  private static let mostCredible = 0.3
  private static let most = 2

  /// - Parameters:
  ///   - isBad: per row; nil where the outcome is not known.
  ///   - statuses: of which the decided rows make the bins.
  ///   - stated: columns that a person calls scores.
  ///   - isTaken: columns that mean something else.
  init(
    _ table: Table, isBad: [Bool?], statuses: [SampleStatus?], stated: [String], isTaken: (String) -> Bool
  ) {
    let knows = statuses.contains(.booked)
    let isOfScore = statuses.contains(.scoreRejected)
    var candidates: [(score: Score, isNamed: Bool)] = []
    var textual: [(column: String, question: String)] = []
    for column in table.columns where stated.contains(column.name) || !isTaken(column.name) {
      let isStated = stated.contains(column.name)
      let isNamed = isStated || Self.isNamed(column)
      if isNamed, let question = TextualScore.question(column) { textual.append((column.name, question)) }
      guard case .number(let values) = column.values, knows || isNamed else { continue }
      let special = SpecialCodes.codes(values.filter { !$0.isNaN }).map(\.value)
      let decided = values.indices.filter { row in
        (!knows || statuses[row].map { $0 != .cancelled } ?? false) && !values[row].isNaN
          && !special.contains(values[row])
      }
      guard isStated || Set(decided.prefix(10_000).map { values[$0] }).count >= 8 else { continue }
      guard isStated || !Self.isOfBooked(values, statuses) else { continue }
      let outcomes = RankEvidence(decided.compactMap { row in isBad[row].map { (values[row], $0) } })
      let decisions = RankEvidence(
        decided.compactMap { row in
          switch statuses[row] {
          case .booked: (values[row], false)
          case .scoreRejected: (values[row], true)
          case .otherRejected where !isOfScore: (values[row], true)
          default: nil
          }
        })
      let edges = knows ? Self.edges(decided.map { values[$0] }) : []
      guard isStated || !knows || edges.count > 4 else { continue }
      candidates.append(
        (
          Score(
            column: column.name, direction: knows ? Self.direction(outcomes, decisions) : nil, outcomes: outcomes,
            decisions: decisions, isOfScore: isOfScore, edges: edges, special: special,
            missing: values.count { $0.isNaN }), isNamed
        ))
    }
    // What ranks too well was most likely not known when the application came.
    func rank(_ candidate: (score: Score, isNamed: Bool)) -> (Int, Double) {
      let strength = (candidate.score.outcomes?.strength ?? 0.5) - 0.5
      let isOurs = DraftAnswers.scores.contains(candidate.score.column)
      let group =
        stated.contains(candidate.score.column)
        ? -1 : isOurs ? 0 : strength > Self.mostCredible ? 3 : candidate.isNamed ? 1 : 2
      return (group, -strength)
    }
    let ordered = candidates.sorted { rank($0) < rank($1) }
    // A score that is text keeps its place, which no column of another meaning may take.
    let named = ordered.filter(\.isNamed)
    let asked = textual.filter { column, _ in
      named.count < Self.most || DraftAnswers.scores.contains(column) || stated.contains(column)
    }
    let pool = asked.isEmpty ? ordered : named + ordered.filter { !$0.isNamed }
    scores = pool.prefix(max(0, Self.most - asked.count)).map(\.score)
    self.textual = asked.map(\.question)
    mentioned = textual.filter { column, _ in !asked.contains { $0.column == column } }.map(\.question)
    doubtful = candidates.map(\.score).filter { ($0.outcomes?.strength ?? 0.5) - 0.5 > Self.mostCredible }
  }

  /// Where what became of the booked is not beyond chance, what the lender decided tells more.
  private static func direction(_ outcomes: RankEvidence?, _ decisions: RankEvidence?) -> Direction {
    if let outcomes, outcomes.isClear { return outcomes.direction }
    if let decisions, decisions.isClear { return decisions.direction }
    return (outcomes ?? decisions)?.direction ?? .higherIsSafer
  }

  private static func isNamed(_ column: Column) -> Bool {
    ColumnGuess.words(of: column).contains { word in
      ["score", "scorecard", "fico", "bureau", "rating", "pd"].contains { word.hasPrefix($0) }
    }
  }

  /// What nobody knows of those who were never booked came after the decision.
  private static func isOfBooked(_ values: [Double], _ statuses: [SampleStatus?]) -> Bool {
    var (rejected, booked) = ((rows: 0, filled: 0), (rows: 0, filled: 0))
    for row in values.indices {
      let filled = values[row].isNaN ? 0 : 1
      switch statuses[row] {
      case .booked: booked = (booked.rows + 1, booked.filled + filled)
      case .otherRejected, .scoreRejected: rejected = (rejected.rows + 1, rejected.filled + filled)
      default: continue
      }
    }
    return rejected.rows > 0 && rejected.filled * 20 < rejected.rows && booked.filled * 2 > booked.rows
  }

  /// Deciles, written with as few decimals as keep them apart, open at both ends.
  static func edges(_ values: [Double]) -> [Double] {
    let sorted = values.sorted()
    guard let first = sorted.first, let last = sorted.last, first < last else { return [] }
    let cuts = (1..<10).map { sorted[min(sorted.count - 1, sorted.count * $0 / 10)] }.filter { $0 > first && $0 < last }
    var distinct: [Double] = []
    for cut in cuts where cut != distinct.last { distinct.append(cut) }
    for decimals in 0...6 {
      let power = pow(10, Double(decimals))
      let rounded = distinct.map { ($0 * power).rounded() / power }
      guard zip(rounded, rounded.dropFirst()).allSatisfy({ $0 < $1 }) else { continue }
      let spread = (sorted[sorted.count * 9 / 10] - sorted[sorted.count / 10]) / 10
      if decimals < 6, let worst = zip(rounded, distinct).map({ abs($0 - $1) }).max(), worst > spread / 20 { continue }
      return [-.infinity] + rounded + [.infinity]
    }
    return [-.infinity] + distinct + [.infinity]
  }
}

/// A column called like a score that is text, because of its signs or of single codes.
enum TextualScore {
  /// - Returns: what to ask of it; nil where it holds numbers, or mostly something else.
  static func question(_ column: Column) -> String? {
    guard let words = WordColumn(column), case .text = column.values else { return nil }
    let missing = try? ReadingMarks(ReadOptions())  // options of our own, which are right
    let texts = words.words.map { Array($0.utf8) }
    let known = texts.indices.filter { missing?.missing(texts[$0]) == nil }
    // With the marks that read the most of it.
    let readings =
      NumberMarks.forms.compactMap(\.number).map { form in texts.map { StatedNumber(form: form).read($0) } }
      .max { a, b in a.count { $0 != nil } < b.count { $0 != nil } } ?? []
    let counts = words.counts { _ in true }
    let (filled, numbers) = known.reduce((0, 0)) { sums, index in
      (sums.0 + counts[index], sums.1 + (readings[index] == nil ? 0 : counts[index]))
    }
    guard numbers * 2 > filled else { return nil }
    let odd = known.filter { readings[$0] == nil }
    let hasSigns = readings.contains { ($0?.hasPercent ?? false) || ($0?.hasCurrency ?? false) }
    let type = hasSigns ? "--type \(column.originalName)=number" : nil
    guard !odd.isEmpty else {
      return "how \(column.originalName) holds numbers: it is text"
        + (hasSigns ? ", because of its signs" : "") + " (--type \(column.originalName)=number)"
    }
    // A code stands on many rows; what does not may be a slip, and is not told.
    let isCode = odd.count <= WordColumn.mostListed && odd.allSatisfy { counts[$0] > 1 }
    let options =
      (isCode ? odd.map { "--missing \(shell(words.words[$0]))" }.sorted() : ["--missing WORD"])
      + [type].compactMap { $0 }
    let named = isCode ? WordColumn.listed(odd.map { words.words[$0] }) : "\(odd.count) texts"
    return "what \(named) in \(column.originalName) stands for, which keeps it from being a column of numbers "
      + "(\(options.joined(separator: " ")) where the score is missing)"
  }

  /// A word as it is typed on a command line.
  private static func shell(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { Marks.isDigit($0) || (65...90).contains($0 & 0xDF) || $0 == 95 || $0 == 46 }
    return isPlain ? word : "'\(word.replacing("'", with: "'\\''"))'"
  }
}
