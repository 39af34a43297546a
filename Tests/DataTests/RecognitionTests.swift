import CutlineCore
import CutlineCredit
import Foundation
import TestSupport
import Testing

@testable import CutlineData

/// What `cutline init` makes of a file's columns.
@Suite struct RecognitionTests {
  @Test func theAreaAndItsInterval() throws {
    // By hand: of the pairs (3 > 1, 3 > 2, 3 = 3, 2 > 1, 2 = 2, 2 < 3) 3 are right and 2 equal: 4 of 6.
    let rows = [(1.0, false), (2, false), (3, false), (3, true), (2, true)].map { (value: $0.0, isEvent: $0.1) }
    let found = try #require(RankEvidence(rows))
    #expect(abs(found.auc - 4 / 6.0) < 1e-12 && found.direction == .higherIsRiskier)
    // Hanley and McNeil with A = 2/3: Q1 = 1/2, Q2 = 8/15; (2/9 + 1/18 + 2·4/45)/6.
    let variance = (2 / 9.0 + (0.5 - 4 / 9.0) + 2 * (8 / 15.0 - 4 / 9.0)) / 6
    #expect(abs(found.error - variance.squareRoot()) < 1e-12 && !found.isClear)
    let turned = try #require(RankEvidence(rows.map { (value: -$0.value, isEvent: $0.isEvent) }))
    #expect(abs(turned.auc + found.auc - 1) < 1e-12 && turned.error == found.error && turned.phrase == found.phrase)
    #expect(RankEvidence([(value: 1, isEvent: true)]) == nil && RankEvidence([]) == nil)
  }

  /// Scores of which outcomes and decisions speak as asked for: per unit of the score, how much likelier bad and rejected.
  private func scores(outcome: Double, decision: Double, rows: Int = 3000) throws -> ScoreGuess.Score {
    var state: UInt64 = 42
    func uniform() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / 0x1p53
    }
    var (values, bad, status): ([Double], [Bool?], [SampleStatus?]) = ([], [], [])
    for _ in 0..<rows {
      let value = uniform()
      let isRejected = uniform() < 0.4 + decision * (value - 0.5)
      values.append((value * 1000).rounded())
      status.append(isRejected ? .scoreRejected : .booked)
      bad.append(isRejected ? nil : uniform() < 0.2 + outcome * (value - 0.5))
    }
    let table = try Table(
      columns: [Column(name: "score_rf", values: .number(values))], rowCount: rows)
    let found = ScoreGuess(table, isBad: bad, statuses: status, stated: [], isTaken: { _ in false })
    return try #require(found.scores.first)
  }

  @Test func decisionsTellTheDirectionThatOutcomesLeaveOpen() throws {
    let weak = try scores(outcome: 0, decision: -0.6)
    #expect(weak.outcomes?.isClear == false && weak.direction == .higherIsSafer && !weak.contradicts)
    let other = try scores(outcome: 0, decision: 0.6)
    #expect(other.direction == .higherIsRiskier && !other.contradicts)
    // Outcomes go before decisions that say nothing.
    #expect(try scores(outcome: 0.3, decision: 0).direction == .higherIsRiskier)
    let both = try scores(outcome: 0.3, decision: -0.6)
    #expect(both.contradicts && both.evidence.contains("bad outcomes say higher-is-riskier"))
    #expect(both.evidence.contains("the score's rejections say higher-is-safer"))
    #expect(try !scores(outcome: -0.3, decision: -0.6).contradicts)
  }

  private func marks(_ text: String, _ change: (inout ReadOptions) -> Void = { _ in }) throws -> (Table, NumberMarks) {
    let path = NSTemporaryDirectory() + "cutline-marks-\(UUID().uuidString).csv"
    defer { try? FileManager.default.removeItem(atPath: path) }  // best effort in a temporary place
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    var options = ReadOptions()
    options.findsTypes = true
    change(&options)
    let (read, marks) = try NumberMarks.read(path, options: options)
    return (read.table, marks)
  }

  private func numbers(_ table: Table, _ name: String) -> [Double]? {
    if case .number(let values)? = table[name]?.values { values } else { nil }
  }

  @Test(arguments: [
    ("a;b\n15.000,00;665,12\n4.800,50;762,7\n", ",", "."), ("a;b\n15 000,00;665,12\n4 800,50;762,7\n", ",", " "),
    ("a;b\n15\u{202F}000,00;665,12\n4\u{A0}800,50;762,7\n", ",", " "),
    ("a;b\n15'000.00;665.12\n4'800.50;762.7\n", ".", "'"), ("a;b\n15’000.00;665.12\n4’800.50;762.7\n", ".", "'"),
    ("a,b\n\"15,000.00\",665.12\n\"4,800.50\",762.7\n", ".", ","),
    // The whole numbers alone would leave it open; the fractions beside them do not.
    ("a,b\n\"15,000\",665.12\n\"4,800\",762.7\n", ".", ","),
  ]) func theOnePairOfMarks(text: String, decimal: Character, thousands: Character) throws {
    let (table, marks) = try marks(text)
    #expect(marks.decimal == decimal && marks.thousands == thousands && marks.open.isEmpty && marks.types.isEmpty)
    #expect(numbers(table, "b") == [665.12, 762.7])
    #expect(numbers(table, "a")?.first == 15_000)
    #expect(marks.notes.count == 1 && marks.notes[0].contains("thousands mark"))
  }

  @Test func marksThatStayOpenAreAsked() throws {
    let (table, marks) = try marks("a,b\n\"15,000\",1\n\"4,800\",2\n")
    #expect(numbers(table, "a") == nil && marks.decimal == nil && marks.types.isEmpty)
    let question = try #require(marks.open.first)
    #expect(question.contains("--decimal-mark . --thousands-mark ,") && question.contains("--decimal-mark , where"))
    #expect(marks.doubted == ["a"])
  }

  @Test func signsTakeATypeAndDifferingColumnsTheirOwn() throws {
    let (table, found) = try marks("a,b\n\"$15,000.00\",1\n\"-$4,800.50\",2\n")
    #expect(numbers(table, "a") == [15_000, -4_800.5])
    #expect(found.decimal == "." && found.thousands == "," && found.types.map(\.type) == ["number"])
    // The marks that a person states are those of columns with signs, too.
    let (stated, said) = try marks("a,b\n\"$15,000.00\",1\n\"$4,800.50\",2\n") { $0.thousandsMark = "," }
    #expect(numbers(stated, "a") == [15_000, 4_800.5] && said.types.map(\.type) == ["number"] && said.decimal == nil)
    let (mixed, both) = try marks("a;b\n15.000,00;1'500.25\n4.800,50;2'500.75\n")
    #expect(numbers(mixed, "a") == [15_000, 4_800.5] && numbers(mixed, "b") == [1_500.25, 2_500.75])
    #expect(both.types.map(\.type) == ["number:1.234,5", "number:1'234.5"])
  }

  @Test func otherTextsAreNoNumbers() throws {
    for text in [
      "a,b\n01.02.2022,x\n03.04.2022,y\n", "a,b\n007,x\n0012,y\n", "a,b\nDE 12 34,x\n1,y\n", "a,b\n50%,x\n7%,y\n",
      "a,b\n12:30,x\n08:15,y\n", "a,b\nx,\ny,\n", "a,b\n\"1,00,000\",x\n\"2,50,000\",y\n",
    ] {
      let (_, marks) = try marks(text)
      #expect(marks.decimal == nil && marks.types.isEmpty && marks.open.isEmpty, "\(text)")
    }
  }

  @Test func columnsWithoutNamesAreSaidOnce() {
    var notes = ReadNotes()
    let names = ColumnNames.unique(["Report"] + [String](repeating: "", count: 15), notes: &notes)
    #expect(names.count == 16 && Set(names).count == 16 && names[15] == "column_16")
    #expect(notes.sentences.count == 1)
    #expect(
      notes.sentences[0].shown.contains("15 of 16 columns have no name") && notes.sentences[0].shown.hasSuffix("so on"))
    var one = ReadNotes()
    _ = ColumnNames.unique(["a", "", "b"], notes: &one)
    #expect(one.sentences.map(\.shown) == ["column 2 has no name and is called column_2"])
  }

  @Test(arguments: [
    ("Bank report,,,\n,,,\nid,status,score,amount\n1,booked,5,7\n", "skip_lines = 2"),
    ("Bank,Q1,,,,,\nid,st,sc,am,da,re,pr\n1,2,3,4,5,6,7\n", "skip_lines = 1"),
  ]) func aTitleWithAsManyCommasAsTheTable(text: String, advice: String) throws {
    let path = NSTemporaryDirectory() + "cutline-title-\(UUID().uuidString).csv"
    defer { try? FileManager.default.removeItem(atPath: path) }  // best effort in a temporary place
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    let notes = try TableReader.read(path).facts.notes.map(\.shown)
    #expect(notes.contains { $0.contains(advice) }, "\(notes)")
    // Names that are missing above values are no heading.
    try Data("id,,,\n1,2,3,4\n2,3,4,5\n".utf8).write(to: URL(fileURLWithPath: path))
    #expect(try !TableReader.read(path).facts.notes.contains { $0.shown.contains("heading") })
  }

  @Test func aLineOfOneFieldMayBeAFooter() throws {
    let path = NSTemporaryDirectory() + "cutline-footer-\(UUID().uuidString).csv"
    defer { try? FileManager.default.removeItem(atPath: path) }  // best effort in a temporary place
    try Data("a,b\n1,2\n2,3\n2 rows exported\n".utf8).write(to: URL(fileURLWithPath: path))
    let fault = expectFaults(.data) { try TableReader.read(path) }
    #expect(fault.map { "\($0)".contains("--comment") } ?? false)
    var options = ReadOptions()
    options.comment = "2 rows"
    #expect(try TableReader.read(path, options: options).table.rowCount == 2)
  }
}
