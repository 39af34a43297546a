import CutlineCompute
import CutlineCore
import CutlineCredit
import Testing

@Suite struct RowSetTests {
  @Test(arguments: [0, 1, 63, 64, 65, 200])
  func aSetIsItsFlags(rows: Int) {
    var stream = RandomStream(seed: UInt64(rows))
    let flags = (0..<rows).map { _ in stream.index(below: 3) == 0 }
    let set = RowSet(flags)
    let expected = flags.indices.filter { flags[$0] }
    #expect(Array(set) == expected && set.count == expected.count && set.isEmpty == expected.isEmpty)
    #expect((-2...rows + 70).allSatisfy { set.contains($0) == expected.contains($0) })
    var grown = RowSet(rowCount: rows)
    for row in expected + expected + [-1, rows] { grown.insert(row) }
    #expect(grown == set)
    let even = RowSet(rowCount: rows) { $0 % 2 == 0 }
    #expect(Array(set.intersection(even)) == expected.filter { $0 % 2 == 0 })
    #expect(Array(set.numbered(in: even)) == expected.filter { $0 % 2 == 0 }.map { $0 / 2 })
    #expect(RowSet.all(rows).count == rows)
  }
}

@Suite struct MonthTests {
  @Test func monthsReadWriteAndCount() throws {
    let march = try #require(Month(iso: "2022-03"))
    #expect(march.iso == "2022-03" && march.year == 2022 && march.month == 3)
    #expect(march + 10 == Month(year: 2023, month: 1) && (march + -3).iso == "2021-12")
    #expect((march + 10) - march == 10 && march < march + 1)
    for text in ["2022-13", "2022-3", "2022", "", "2022-03-01", "x"] { #expect(Month(iso: text) == nil) }
    #expect(try CanonicalJSON.decode([Month].self, from: CanonicalJSON.encode([march])) == [march])
  }

  @Test func fiveStatesHaveTheirPlaces() {
    #expect(ApplicationState.all.enumerated().allSatisfy { $1.index == $0 })
    #expect(ApplicationState(.booked, .none) == nil && ApplicationState(.cancelled, .mature) == nil)
    #expect(
      ApplicationState.all.map(\.name) == [
        "booked_mature", "booked_immature", "score_rejected", "other_rejected", "cancelled",
      ])
  }
}
