import CutlineCore
import CutlineCredit
import TestSupport
import Testing

@Suite struct NumbersTests {
  @Test func decimalsAreWhatPeopleWrote() throws {
    #expect(try (DecimalNumber(1.15) - DecimalNumber(0.05)).description == "1.1")
    #expect(try (DecimalNumber(1.15) + DecimalNumber(0.05)).description == "1.2")
    #expect(try DecimalNumber(5).description == "5")
    #expect(try DecimalNumber(-0.25).description == "-0.25")
    #expect(try DecimalNumber(1e-7).description == "0.0000001")
    #expect(try DecimalNumber(120_000).description == "120000")
    #expect(try DecimalNumber(1.1) < DecimalNumber(1.11))
    expectFaults(.data) { try DecimalNumber(.infinity) }
    expectFaults(.data) { try DecimalNumber(1e-30) }
  }

  @Test func decimalsSurviveStorage() throws {
    for value in [1.1, -3.25, 0, 7, 1e-9, 123456.789] {
      let number = try DecimalNumber(value)
      #expect(try CanonicalJSON.decode([DecimalNumber].self, from: CanonicalJSON.encode([number])) == [number])
    }
  }

  @Test func limitsAreComparedWithoutRounding() throws {
    let measure = RiskMeasure(multiplier: 7)
    func fits(_ n: Int64, _ d: Int64, _ limit: Double) throws -> Bool {
      try measure.fits(CellSums(numerator: n, denominator: d), limit: DecimalNumber(limit))
    }
    // 7 · 11 / 7000 is 1.1 % exactly; one cent more breaks the limit, however large the sums.
    #expect(try fits(11, 7000, 1.1))
    #expect(try !fits(11_000_000_000_001, 7_000_000_000_000_000, 1.1))
    #expect(try fits(0, 0, 0))
    #expect(try !fits(1, 0, 100))
    #expect(try !fits(0, -1, 100))
    #expect(measure.percent(.zero) == nil)
    #expect(measure.strategyPercent(.zero) == 0)
    #expect(measure.percent(CellSums(numerator: 120, denominator: 70_000)) == 1.2)
  }

  @Test func binsCloseOnTheRightUnlessAsked() {
    func axis(_ closed: GridAxis.Closed, _ numbering: GridAxis.Numbering = .ascending) -> GridAxis {
      GridAxis(
        name: "a", source: "s", direction: .higherIsSafer, numbering: numbering, closed: closed, edges: [0, 10, 20, 30])
    }
    let values = [-1.0, 0, 5, 10, 10.0000001, 20, 30, 31]
    #expect(values.map { axis(.right).bin(of: $0) } == [nil, 0, 0, 0, 1, 1, 2, nil])
    #expect(values.map { axis(.left).bin(of: $0) } == [nil, 0, 0, 1, 1, 2, 2, nil])
    #expect(values.map { axis(.right, .descending).bin(of: $0) } == [nil, 2, 2, 2, 1, 1, 0, nil])
    #expect(axis(.right).bin(of: .nan) == nil)
    #expect(axis(.right).interval(ofBin: 0) == "[0.0, 10.0]")
    #expect(axis(.right, .descending).interval(ofBin: 0) == "(20.0, 30.0]")
  }

  @Test(arguments: Direction.allCases, GridAxis.Numbering.allCases)
  func positionsCountFromTheSafeEnd(direction: Direction, numbering: GridAxis.Numbering) {
    let axis = GridAxis(name: "a", source: "s", direction: direction, numbering: numbering, edges: [0, 1, 2, 3])
    let safest = direction == .higherIsSafer ? 2.5 : 0.5
    #expect(axis.bin(atPosition: 0) == axis.bin(of: safest))
    #expect(axis.bin(atPosition: 1) == 1)
  }

  @Test func strategiesKnowTheirCutoffsAndTheirOrder() {
    // First score: higher is safer, so bin 3 is safest. Second: numbered descending, so bin 1 is safest.
    let grid = CellGrid(axes: [
      GridAxis(name: "a", source: "s", direction: .higherIsSafer, edges: [0, 1, 2, 3]),
      GridAxis(name: "b", source: "t", direction: .higherIsSafer, numbering: .descending, edges: [0, 1, 2]),
    ])
    let strategy = Strategy(accepted: [0, 1, 2])
    #expect((0..<3).map { strategy.cutoff($0, in: grid) } == [nil, 1, 2])
    #expect((0..<6).map { strategy.accepts($0, in: grid) } == [false, false, true, false, true, true])
    #expect(strategy.firstViolation(in: grid) == nil)
    #expect(Strategy(accepted: [2, 1, 2]).firstViolation(in: grid)?.riskier == 0)
  }

  @Test func missingValuesKeepTheirReason() {
    #expect(Missing(Missing.plain.value) == .plain)
    for letter in UInt8(ascii: "A")...UInt8(ascii: "Z") {
      let missing = Missing(letter: letter)
      #expect(missing.flatMap { Missing($0.value) }?.letter == letter)
    }
    #expect(Missing(1.5) == nil)
    #expect(Missing(letter: UInt8(ascii: "_"))?.description == "._")
  }

  @Test func daysAndDatesAgreeOverFourCenturies() {
    #expect(CalendarDate(iso: "1960-01-01")?.daysSince1960 == 0)
    #expect(CalendarDate(iso: "2000-03-01")?.daysSince1960 == 14_670)
    var previous = CalendarDate(daysSince1960: -150_001)
    for day in -150_000...150_000 {
      let date = CalendarDate(daysSince1960: day)
      guard date.daysSince1960 == day, previous < date, CalendarDate(iso: date.iso) == date else {
        Issue.record("day \(day) is \(date.iso)")
        return
      }
      previous = date
    }
    #expect(CalendarDate(iso: "1900-02-29") == nil)
    #expect(CalendarDate(iso: "2024-1-05") == nil)
  }

  @Test func textIsNumberedInOrderOfAppearance() {
    let column = TextColumn(["b", nil, "a", "b", "", "ü"])
    #expect(column.codes == [0, -1, 1, 0, -1, 2])
    #expect(column.distinctValues == ["b", "a", "ü"])
    #expect(column[5] == "ü")
    // As many as their comparable forms, whatever shortcut is taken.
    for texts in [
      ["a", "b"], ["a", "A"], ["A1", "B2"], ["a ", "a"], ["a b", "a_b"], ["É", "é"], ["x", "Y", "Z"], [],
    ] {
      #expect(TextColumn(texts).comparableCount == Set(texts.map(TextColumn.comparable)).count, "\(texts)")
    }
    let many = TextColumn((0..<5000).map { "id\($0 % 2500)" })
    #expect(many.distinctCount == 2500)
    #expect(many.codes[4999] == 2499)
  }

  @Test func theNearestNameIsOfferedOnlyWhenItIsNear() {
    #expect(DidYouMean.nearest(to: "optimum_rsk", among: ["optimum_risk", "risk_step"]) == "optimum_risk")
    #expect(DidYouMean.nearest(to: "trian", among: ["train", "source"]) == "train")
    #expect(DidYouMean.nearest(to: "banana", among: ["optimum_risk", "risk_step"]) == nil)
  }
}
