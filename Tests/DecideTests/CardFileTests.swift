import CutlineCore
import CutlineCredit
import Foundation
import TestSupport
import Testing

@testable import CutlineDecide

/// Files of cards: levels in one field, and what other programs write that would be read wrongly.
@Suite struct CardFileTests {
  @Test func levelsInOneFieldComeBackExactly() throws {
    let levels = [
      "a|b", "a\"b", "a\\b", "", "a\nb", "a\r\nb", "\\", "|", "\\n", "=1+2", "-9", "ä", "a\u{308}", " x ", "e", "'q",
    ]
    var lists: [[String]] = [[], levels, levels.reversed()]
    for one in levels { lists += [[one], [one, one]] + levels.map { [one, $0] } }
    var texts: Set<[UInt8]> = []
    for list in lists {
      let text = ValueList.text(list)
      let back = ValueList.values(text)
      #expect(back.map { Array($0.utf8) } == list.map { Array($0.utf8) }, "\(list) \(text)")
      #expect(CsvText.guarded(text) == text, "no apostrophe comes before \(text)")
      texts.insert(Array(text.utf8))
    }
    #expect(texts.count == Set(lists.map { $0.map { Array($0.utf8) } }).count, "no two lists have one text")
  }

  /// The table of points as CSV, through its quotes.
  @Test func theTableOfPointsHoldsItsLevels() throws {
    let groups = [["a|b", "a\"b"], ["a\\b", "a\nb"], ["=x"]]
    let bins = try CharacteristicBins(groups: groups, specials: [.init(name: "asked", words: ["-", "n|a"])], of: "job")
    let own = (0..<bins.count).map {
      Characteristic.Attribute(good: 1, bad: 1, woe: 0, exact: Double($0), points: Int64($0))
    }
    let card = try Scorecard(
      scale: PointScale(), characteristics: [Characteristic(name: "job", bins: bins, attributes: own, coefficient: -1)],
      bands: ScoreBands([.init(name: "all", from: 0)]))
    let csv = try CsvRecords(Array(ScorecardExport.bytes(of: card, as: .csv)), at: "t")
    let place = try #require(csv.header.firstIndex(of: "values"))
    #expect(csv.records.map { ValueList.values($0.fields[place]) } == groups + [[], ["-", "n|a"], []])
  }

  // MARK: PMML

  private static func pmml(
    head: String = "<?xml version=\"1.0\"?>", level: String = "a", value: String = "2", points: String = "5",
    more: String = "", reasons: String = "useReasonCodes=\"false\""
  ) -> [UInt8] {
    Array(
      """
      \(head)<PMML version="4.3"><DataDictionary><DataField name="x" dataType="double"/><DataField name="w" dataType="string"/></DataDictionary>
      <Scorecard functionName="regression" initialScore="10" \(reasons)>
      <Characteristics><Characteristic name="of x" \(more)>
      <Attribute partialScore="1"><SimplePredicate field="x" operator="lessOrEqual" value="\(value)"/></Attribute>
      <Attribute partialScore="\(points)"><SimplePredicate field="x" operator="greaterThan" value="\(value)"/></Attribute>
      </Characteristic><Characteristic name="of w">
      <Attribute partialScore="3"><SimplePredicate field="w" operator="equal" value="\(level)"/></Attribute>
      <Attribute partialScore="4"><True/></Attribute>
      </Characteristic></Characteristics></Scorecard></PMML>
      """.utf8)
  }

  private static func read(_ bytes: [UInt8]) throws -> ImportedCard {
    var options = ImportedCard.Options()
    options.scale = try PointScale()
    return try PmmlScorecardImport.card(bytes, of: "x.pmml", options)
  }

  @Test func numbersAreDecimal() throws {
    for number in ["2", "-2.50", "2e3", "+.5E-2", "2."] { _ = try Self.read(Self.pmml(value: number)) }
    for number in ["0x10", "0x1p3", "NaN", "nan", "INF", "-Infinity", "1e999", "2_0", "1,5", "٢", ""] {
      expectFaults(.data, "\(number)") { try Self.read(Self.pmml(value: number)) }
      expectFaults(.data, "\(number)") { try Self.read(Self.pmml(points: number)) }
    }
    let infinite = expectFaults(.data) { try Self.read(Self.pmml(value: "-INF")) }
    #expect(infinite?.advice.contains("no end") == true)
    let edges = expectFaults(.data) { try CharacteristicBins(edges: [-.infinity, 1, .infinity], of: "x") }
    #expect(edges?.advice.contains("inner edges only") == true)
  }

  @Test func encodingsAreReadOrRefusedByTheirName() throws {
    func head(_ name: String) -> String { "<?xml version=\"1.0\" encoding='\(name)'?>" }
    func level(_ bytes: [UInt8]) throws -> String? {
      try Self.read(bytes).card.characteristics[1].bins.groups?.first?.first
    }
    #expect(try level(Self.pmml(head: head("utf-8"), level: "ä€")) == "ä€")
    #expect(try level(Self.pmml(head: head("US-ASCII"), level: "a&#228;")) == "aä")
    // Each byte of ISO-8859-1 is its own number as a character.
    let latin = Self.pmml(head: head("ISO-8859-1"), level: "QQ")
    let place = try #require(latin.firstIndex(of: UInt8(ascii: "Q")))
    var bytes = latin
    bytes.replaceSubrange(place..<place + 2, with: [0xE4, 0xFF])
    #expect(try level(bytes) == "äÿ")
    for (wrong, told) in [
      (Self.pmml(head: head("windows-1252")), "windows-1252"), (Self.pmml(head: head("UTF-16")), "UTF-16"),
      (Self.pmml(head: head("US-ASCII"), level: "ä"), "US-ASCII"), ([0xFF, 0xFE] + Self.pmml(), "UTF-16"),
      (Self.pmml().flatMap { [$0, 0] }, "UTF-16"),
      (Array(bytes.map { $0 == 0xE4 ? 0x80 : $0 }), "ISO-8859-1"),
    ] {
      let faults = expectFaults(.data, "\(told)") { try Self.read(wrong) }
      #expect(faults?.text(.full).contains(told) == true, "\(faults as Any)")
    }
  }

  /// A reader that ranks by points below a baseline would never tell such a characteristic.
  @Test func aBaselineBelowAllPointsIsRefused() throws {
    let reasons = "useReasonCodes=\"true\" reasonCodeAlgorithm=\"pointsBelow\""
    for (baseline, isRead) in [("5", true), ("3", true), ("1", false), ("0", false)] {
      let bytes = Self.pmml(more: "baselineScore=\"\(baseline)\" reasonCode=\"R\"", reasons: reasons)
      if isRead {
        #expect(try Self.read(bytes).notes.contains { $0.contains("baselineScore") } == (baseline == "3"))
      } else {
        let faults = expectFaults(.data, "\(baseline)") { try Self.read(bytes) }
        #expect(faults?.advice.contains("protected") == true)
      }
    }
  }

  // MARK: JSON

  @Test func cardsInJsonHoldEachMemberOnceAndCountFromZero() throws {
    let bytes = Array(try ScorecardExport.bytes(of: CardCategoryTests.card(), as: .json))
    let text = String(decoding: bytes, as: UTF8.self)
    func refused(_ changed: String, _ told: String) {
      let faults = expectFaults(.data, "\(told)") { try Scorecard.decode(Array(changed.utf8), of: "c.json") }
      #expect(faults?.text(.full).contains(told) == true, "\(faults as Any)")
      expectFaults(.data, "\(told)") { try DecidingCard(Array(changed.utf8), at: "c.json") }
    }
    func replaced(_ old: String, _ new: String) throws -> String {
      let range = try #require(text.range(of: old), "\(old)")
      return text.replacingCharacters(in: range, with: new)
    }
    #expect(try Scorecard.decode(bytes, of: "c.json") == CardCategoryTests.card())
    refused(try replaced("\"initial\" : 100", "\"initial\" : 100, \"initial\" : 90"), "twice")
    refused(try replaced("\"initial\" : 100", "\"initial\" : 100, \"initi\\u0061l\" : 90"), "initial")
    refused(try replaced("\"bad\" : 5", "\"bad\" : 5, \"bad\" : 5"), "c.json:")
    refused(try replaced("\"bad\" : 5", "\"bad\" : -5"), "fewer than 0")
    refused(try replaced("\"name\" : \"age\"", "\"name\" : \"a\\u0000ge\""), "zero in its name")
    refused(try replaced("\"name\" : \"codes\"", "\"name\" : \"co\\u0000des\""), "zero in its name")
    // Members of one name in two objects, and texts that look like members, are no repeats.
    try JsonMembers.check(Array(#"{"a": {"b": "\"c\": 1", "c": ["x", {"b": 1}]}, "b": "b"}"#.utf8), of: "x")
    expectFaults(.data) { try JsonMembers.check(Array(#"[{"a": [{"b": 1}, {"b": 1, "b": 2}]}]"#.utf8), of: "x") }
  }
}
