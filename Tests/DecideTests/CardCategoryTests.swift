import CutlineCore
import CutlineCredit
import TestSupport
import Testing

@testable import CutlineDecide

/// Characteristics of words: their bins, what missing values are worth, and whole columns against single records.
@Suite struct CardCategoryTests {
  private static func attribute(_ points: Int64, _ reason: Characteristic.ReasonText? = nil) -> Characteristic.Attribute
  {
    .init(good: 10, bad: 5, woe: 0, exact: Double(points), points: points, reason: reason)
  }

  /// Age in numbers with a code, job in words with a special word; what is missing is refused, neutral or a bin.
  static func card(
    missing: CharacteristicBins.Missing = .ownBin, decimals: Int = 0, least: Int64? = nil, most: Int64? = nil
  ) throws -> Scorecard {
    let age = try CharacteristicBins(
      edges: [25, 40.5], specials: [.init(name: "codes", values: [-9, 999])], missing: missing, of: "age")
    let job = try CharacteristicBins(
      groups: [["Office", "Mgr"], ["O'Neil \"x\"", "ä,b", "a b"]], specials: [.init(name: "asked", words: ["n/a"])],
      missing: missing, of: "job")
    let told = Characteristic.ReasonText(code: "R1", texts: ["en": "Age", "de": "Alter", "ru": "Возраст"])
    let asked = Characteristic.ReasonText(code: "R2b", texts: ["en": "Job not stated"])
    func points(_ all: [Int64]) -> [Characteristic.Attribute] {
      (missing == .refused ? Array(all.dropLast()) : all).map { attribute($0) }
    }
    var jobs = points([30, 5, -7, 2, 11])
    jobs[3].reason = asked
    return try Scorecard(
      scale: PointScale(decimals: decimals), initial: 100,
      characteristics: [
        Characteristic(
          name: "age", bins: age, attributes: points([10, 20, 35, -4, 0]), coefficient: -1, reason: told),
        Characteristic(name: "job", bins: job, attributes: jobs, coefficient: -1),
        Characteristic(
          name: "sex", bins: CharacteristicBins(groups: [["f"]], missing: missing, of: "sex"),
          attributes: points([3, 1, 2]), coefficient: -1, isProtected: true),
      ], bands: ScoreBands([.init(name: "all", from: 0)]), cutoff: 150, least: least, most: most)
  }

  @Test func levelsFallIntoTheirGroups() throws {
    let bins = try Self.card().characteristics[1].bins
    #expect(bins.bin(of: "Mgr") == 0 && bins.bin(of: "a b") == 1 && bins.bin(of: "n/a") == 3)
    #expect(bins.bin(of: "mgr") == bins.otherBin && bins.bin(of: "Mgr ") == 2, "words are compared byte by byte")
    // A letter with its accent in one scalar and in two is the same text in other bytes.
    #expect(bins.bin(of: "a\u{308},b") == 2 && bins.bin(of: "\u{E4},b") == 1)
    #expect(bins.bin(of: "") == 4 && bins.bin(of: .missing) == 4 && bins.missingBin == 4)
    #expect(
      (0..<bins.count).map(bins.label) == ["{Office, Mgr}", "{O'Neil \"x\", ä,b, a b}", "other", "asked", "missing"])
    let numbers = try CharacteristicBins(groups: [["1", "2.5"]], of: "branch")
    #expect(numbers.bin(of: .number(1)) == 0 && numbers.bin(of: .number(2.5)) == 0 && numbers.bin(of: .number(2)) == 1)
  }

  @Test func whatIsNoBinIsRefused() throws {
    for (groups, specials) in [
      ([["a"], ["a"]], []), ([["a"], []], []), ([[""]], []),
      ([["a"]], [Characteristic.Special(name: "s", words: ["a"])]),
      ([["a"]], [Characteristic.Special(name: "s", values: [1])]), ([["a"]], [Characteristic.Special(name: "s")]),
      ([["a"]], [Characteristic.Special(name: "other", words: ["b"])]), ([["ä", "a\u{308}"]], []),
    ] as [([[String]], [Characteristic.Special])] {
      expectFaults(.data) { try CharacteristicBins(groups: groups, specials: specials, of: "x") }
    }
    expectFaults(.data) { try CharacteristicBins(edges: [1], groups: [["a"]], of: "x") }
    expectFaults(.data) { try CharacteristicBins(edges: [2, 1], of: "x") }
    for limit: Int64 in [.max, .min + 1, 1 << 62] { expectFaults(.data) { try Self.card(decimals: 1, most: limit) } }
  }

  @Test func missingIsWhatTheCardSays() throws {
    let own = try Self.card()
    #expect(try own.score([.missing, .missing, .missing]).score == 100 + 0 + 11 + 2)
    let refusing = try Self.card(missing: .refused)
    #expect(try refusing.score([.number(30), .word("Mgr"), .word("f")]).score == 153)
    for record in [[CardValue.missing, .word("Mgr"), .word("f")], [.word("30"), .word("Mgr"), .word("f")]] {
      expectFaults(.data) { try refusing.score(record) }
    }
    let column = CardColumn.words(TextColumn(["Mgr", nil, "Mgr"]))
    let fault = expectFaults(.data) {
      try ScorecardBatch(refusing).scores([.numbers([1, 2, 3]), column, .words(TextColumn(["f", "f", "f"]))])
    }
    #expect(fault?.location.contains("row 2") == true)
    // Neutral: average evidence, whatever the rows without a value were.
    let bins = try CharacteristicBins(groups: [["a"], ["b"]], missing: .neutral, of: "x")
    let card = try PointsScaling.card(
      intercept: -1,
      [.init(name: "x", bins: bins, good: [80, 20, 0, 1], bad: [5, 20, 0, 40], coefficient: -0.8)], scale: PointScale(),
      unseen: .worst)
    let attributes = card.characteristics[0].attributes
    #expect(attributes[3].woe == 0 && attributes[3].exact == card.scale.offset + card.scale.factor)
    #expect(attributes[2].points == min(attributes[0].points, attributes[1].points), "never seen is as the worst")
  }

  /// Whole columns, with one thread and with many, are the records one by one.
  @Test func columnsAreTheirRecords() throws {
    for (missing, decimals, least, most) in [(CharacteristicBins.Missing.ownBin, 0, 105, 140), (.neutral, 1, 11, 14)] {
      let card = try Self.card(missing: missing, decimals: decimals, least: Int64(least), most: Int64(most))
      let vectors = ScorecardVectors(card, count: 5000)
      let columns = card.characteristics.indices.map { place -> CardColumn in
        let own = vectors.records.map { $0[place] }
        guard card.characteristics[place].bins.isOfWords else {
          return .numbers(own.map { if case .number(let value) = $0 { value } else { .nan } })
        }
        return .words(TextColumn(own.map { if case .word(let word) = $0 { word } else { nil } }))
      }
      let one = try ScorecardBatch(card, workers: 1).scores(columns)
      #expect(one == vectors.answers.map(\.score) && Set(one).count > 5)
      #expect(try ScorecardBatch(card, workers: 7).scores(columns) == one)
    }
  }

  /// Cards of format 1, which had numbers only, are still read; what is written reads back.
  @Test func olderCardsAreRead() throws {
    for card in [try Self.card(), try Self.card(missing: .refused), try Self.card(missing: .neutral, decimals: 1)] {
      let text = try CanonicalJSON.encode(card)
      #expect(try CanonicalJSON.decode(Scorecard.self, from: text) == card)
    }
    let old = """
      {"format":"cutline-scorecard-1","scale":{"pdo":20,"base_points":600,"base_odds":50,"intercept":"spread","points_decimals":0},
      "initial":0,"initial_exact":0,"bands":[{"name":"all","from":0}],"characteristics":[{"name":"a","column":"a","edges":[1.5],
      "specials":[{"name":"codes","values":[9]}],"coefficient":-1,"protected":false,"attributes":[
      {"good":1,"bad":1,"woe":0,"exact":1,"points":1},{"good":1,"bad":1,"woe":0,"exact":2,"points":2},
      {"good":1,"bad":1,"woe":0,"exact":3,"points":3},{"good":1,"bad":1,"woe":0,"exact":4,"points":4}]}]}
      """
    let card = try Scorecard.decode(Array(old.utf8), of: "old")
    #expect(try [1.5, 2, 9, .nan].map { try card.score([$0]).score } == [1, 2, 3, 4])
    expectFaults(.integrity) {
      try Scorecard.decode(Array(old.replacing("scorecard-1", with: "scorecard-9").utf8), of: "new")
    }
  }

  /// The order of levels is that of their bad rates as fractions, rare ones stay apart, and stated groups are put in order.
  @Test func levelsAreOrderedByBadRate() throws {
    var (words, isBad): ([String?], [Bool]) = ([], [])
    for (word, good, bad) in [("b", 30, 10), ("a", 15, 5), ("c", 39, 1), ("rare", 5, 4), ("d", 10, 30), ("9", 8, 8)] {
      words += [String?](repeating: word, count: good + bad)
      isBad += [Bool](repeating: false, count: good) + [Bool](repeating: true, count: bad)
    }
    words += [nil, nil]
    isBad += [true, false]
    let levels = LevelOrder(TextColumn(words), isBad, apart: ["9"])
    #expect(levels.shared.map(\.word) == ["c", "a", "b", "d"] && levels.rareRows == 9 && levels.alike == 0)
    let evidence = levels.evidence(CardVariable("x"), [.init(name: "nine", words: ["9"])])
    #expect(evidence.values == [0, 1, 2, 3] && evidence.sums.map(\.bad) == [1, 5, 10, 30])
    #expect(evidence.total.rows == 167 && evidence.apart.map(\.sums.rows) == [16, 9, 2])
    #expect(try levels.groups([0.5, 2]) == [["c"], ["a", "b"], ["d"]])
    #expect(levels.ordered([["d"], ["never"], ["a", "c"]]) == [["a", "c"], ["d"], ["never"]])
  }

  @Test func reasonsAreToldInOneLanguageOrNot() throws {
    let card = try Self.card()
    let fault = expectFaults(.usage) { try card.checkReasons(in: "de") }
    #expect(fault?.problem.contains("job") == true && fault?.problem.contains("sex") == false)
    let scored = try card.score([.number(20), .word("n/a"), .missing])
    #expect(ScorecardAnswer.codes(card, scored) == ["R2b", "R1"], "protected is told nobody")
    #expect(
      AdverseReasons(card, scored, cutoff: 150)?.reasons.map {
        card.characteristics[$0].reasonCode(of: scored.bins[$0])
      }
        == ["R2b", "R1"])
  }
}
