internal import CutlineCompute
internal import CutlineCore

/// Records with the answers that every export of a card must give: edges and their neighbours, special values, missing ones and
/// levels that the card does not know come first, each with others at random; the rest is drawn.
public struct ScorecardVectors: Sendable {
  public static let count = 1000
  public let card: Scorecard
  /// Per record, per characteristic.
  public let records: [[CardValue]]
  public let answers: [ScorecardAnswer]

  /// - Parameter count: records; all first values of each characteristic are among them where there are enough.
  /// - Complexity: O(count · bins).
  public init(_ card: Scorecard, count: Int = Self.count, seed: UInt64 = 18) {
    self.card = card
    var random = RandomStream(seed: seed, label: "scorecard vectors")
    // Shuffled one by one: else all characteristics were missing in one record.
    let pools = card.characteristics.map { own in
      var values = Self.values(of: own.bins)
      random.shuffle(&values)
      return values
    }
    records = (0..<count).map { row in
      pools.map { pool in row < pool.count ? pool[row] : pool[random.index(below: pool.count)] }
    }
    answers = records.map { ScorecardAnswer(card, $0) }
  }

  /// What tells readings apart: of numbers each edge, the doubles beside it and one between; of words each level, the same in
  /// other case and one that nobody has seen.
  private static func values(of bins: CharacteristicBins) -> [CardValue] {
    var values: [CardValue] = [.missing]
    if let groups = bins.groups {
      let known = groups.flatMap(\.self) + bins.specials.flatMap(\.words)
      let unseen = ["unseen by the card"] + known.flatMap { [$0 + " ", $0.uppercased(), $0.lowercased()] }
      values += (known + unseen.filter { bins.bin(of: $0) == bins.otherBin }).map(CardValue.word)
    } else {
      let edges = bins.edges
      values += edges.flatMap { [$0, $0.nextUp, $0.nextDown] }.map(CardValue.number)
      values += zip(edges, edges.dropFirst()).map { .number($0 / 2 + $1 / 2) }
      values += bins.specials.flatMap(\.values).flatMap { [$0, $0.nextUp, $0.nextDown] }.map(CardValue.number)
      values += [0, -1, 1, -1e300, 1e300, (edges.first ?? 0) - 1, (edges.last ?? 0) + 1].map(CardValue.number)
    }
    return values
  }

  /// The names of the columns: those of the characteristics, or their names where two are cut from one.
  public var names: [String] {
    let columns = card.characteristics.map(\.column)
    return Set(columns).count == columns.count ? columns : card.characteristics.map(\.name)
  }

  /// Records with score and reasons; a field is empty where a value is missing, the score where the card refuses the record.
  public var csv: [UInt8] {
    var csv = CsvText(names + ["score"] + (1...ScorecardAnswer.mostReasons).map { "reason_\($0)" })
    for (record, answer) in zip(records, answers) {
      let values = record.map { value in
        switch value {
        case .missing: ""
        case .number(let number): NumberText.shortest(number)
        case .word(let word): word
        }
      }
      let reasons = answer.reasons + [String](repeating: "", count: ScorecardAnswer.mostReasons - answer.reasons.count)
      csv.add(values + [answer.score.map { ScorecardExport.points($0, of: card) } ?? ""] + reasons)
    }
    return csv.bytes
  }
}
