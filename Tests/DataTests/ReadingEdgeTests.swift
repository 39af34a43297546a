import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineData

/// What an attack on the readers found, each kind by a case of its own.
@Suite("Edges of reading") struct ReadingEdgeTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ text: String, _ change: (inout ReadOptions) -> Void = { _ in }) throws -> ReadResult {
    var options = ReadOptions()
    change(&options)
    return try TableReader.read(try folder.write(Array(text.utf8), to: "t.csv"), options: options)
  }

  private func days(_ table: Table, _ name: String) throws -> [Double] {
    guard case .moment(let values, _)? = table[name]?.values else { throw Faults.data("test", "no moments", "") }
    return values.map { ($0 / 86_400).rounded(.down) }
  }

  /// A double of seconds since 1960 has no room for ten decimals: rounding must not move the day.
  @Test(arguments: ["9", "999999", "9999999", "9999999999"]) func theLastMomentOfAMonthStaysInIt(decimals: String)
    throws
  {
    let table = try read("d,x\n2022-12-31 23:59:59.\(decimals),1\n2023-01-01 00:00:00,2\n").table
    let found = try days(table, "d")
    #expect(found[1] - found[0] == 1)
  }

  @Test func midnightsOfAZoneAreItsDates() throws {
    let missing = Missing.plain.value
    func days(_ hours: [Double]) -> [Double]? {
      ZonedMidnights(.moment(hours.map { $0 * 3600 }, .dateTime))?.days.map { $0.isNaN ? -1 : $0 }
    }
    // Madrid in winter and summer; Lima; India; nothing at all.
    #expect(days([23, 22 + 24 * 180, .nan]) == [1, 181, -1])
    #expect(days([5, 5 + 24]) == [0, 1])
    #expect(days([18.5, 18.5 + 24]) == [1, 2])
    #expect(days([0, 24]) == nil, "they are midnights already")
    #expect(days([23, 9]) == nil && days([23, 22, 21]) == nil && days([missing]) == nil)
  }

  @Test func whatFollowsAGzipMemberIsReadOrRefused() throws {
    let table = try Table(columns: [Column(name: "a", values: .number([1, 2, 3]))], rowCount: 3)
    try TableWriter.write(table, to: folder.file("a.csv.gz"))
    let member = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("a.csv.gz"))))
    func rows(_ bytes: [UInt8]) throws -> Int {
      try TableReader.read(try folder.write(bytes, to: "b.csv.gz"), options: ReadOptions()).table.rowCount
    }
    let zeros = [UInt8](repeating: 0, count: 700)
    #expect(try rows(member + zeros) == 3)
    // The second member's line of names is a record of text.
    #expect(try rows(member + zeros + member + zeros) == 7)
    var damaged = member
    damaged[0] = 0x1E
    for bytes in [member + damaged, member + zeros + damaged, member + [1]] {
      expectFaults(.data) { _ = try rows(bytes) }
    }
  }

  @Test func datesOfTwoStatedFormsAreRefused() throws {
    let forms = ["%d/%m/%Y", "%m/%d/%Y"]
    expectFaults(.data) { _ = try read("d\n03/04/2021\n05/06/2021\n") { $0.dateFormats = forms } }
    let table = try read("d\n03/04/2021\n25/06/2021\n") { $0.dateFormats = forms }.table
    guard case .moment(let found, .date)? = table["d"]?.values else { throw Faults.data("test", "no dates", "") }
    #expect(CalendarDate(daysSince1960: Int(found[0])).month == 4)
    // A stated form comes before ISO's.
    let swapped = try read("d\n2021-05-04\n") { $0.dateFormats = ["%Y-%d-%m"] }
    guard case .moment(let day, .date)? = swapped.table["d"]?.values else { throw Faults.data("test", "no dates", "") }
    #expect(CalendarDate(daysSince1960: Int(day[0])).month == 5 - 1)
    #expect(swapped.facts.notes.isEmpty)
  }

  @Test func linesThatAreLeftOutAreCounted() throws {
    let result = try read("a,b\n#1,2\n3,4\n#5,6\n") { $0.comment = "#" }
    #expect(result.table.rowCount == 1)
    #expect(result.facts.notes.map(\.shown) == ["2 lines that begin with # were passed over as remarks"])
  }

  @Test func twoCurrenciesAreNotAddedUp() throws {
    func number(_ text: String) throws -> ColumnValues? {
      let type = try ColumnType(["number"], of: "a")
      return try read(text) { $0.columnTypes["a"] = type }.table["a"]?.values
    }
    guard case .number(let values)? = try number("a\n€ 5\n7 €\n9\n") else {
      throw Faults.data("test", "no numbers", "")
    }
    #expect(values == [5, 7, 9])
    expectFaults(.data) { _ = try number("a\n5 EUR\n7 USD\n") }
  }

  @Test func headingsFilledUpWithSeparatorsWarn() throws {
    let text = "Report,,,\nas of 2024,,,\n,,,\nid,when,amount,score\n1,2024-01-01,5,6\n"
    #expect(try read(text).facts.losses.first?.shown.contains("skip_lines = 3") == true)
    let result = try read(text) { $0.skipLines = 3 }
    #expect(result.table.names == ["id", "when", "amount", "score"] && result.facts.losses.isEmpty)
  }

  @Test func aFileOfAnotherCharacterSetIsOneSentence() throws {
    var bytes = Array("Name;Betrag\n".utf8)
    for _ in 0..<30 { bytes += [0x4D, 0xFC] + Array(";1,5\n".utf8) }
    do {
      _ = try TableReader.read(try folder.write(bytes, to: "l.csv"), options: ReadOptions())
      Issue.record("Latin-1 was read as UTF-8")
    } catch let faults as Faults {
      #expect(faults.description.contains("Windows-1252") && !faults.description.contains("skip_lines"), "\(faults)")
      #expect(faults.description.count < 400)
    }
  }

  @Test(arguments: [("BZh91", "bzip2"), ("(\u{B5}/\u{FD}", "Zstandard"), ("ARROW1", "Arrow")])
  func otherFormatsAreNamed(mark: String, name: String) throws {
    let bytes = mark.unicodeScalars.map { UInt8($0.value) } + [UInt8](repeating: 7, count: 40)
    do {
      _ = try TableReader.read(try folder.write(bytes, to: "x.csv"), options: ReadOptions())
      Issue.record("\(name) was read")
    } catch let faults as Faults { #expect(faults.description.contains(name), "\(faults)") }
  }

  @Test func theFirstApplicationIsNotTold() throws {
    let names = ["Ann7", "2021-01-01", "665.121", "15000", "1"]
    #expect(!ColumnNames.found(names).contains("Ann7") && ColumnNames.found(names).contains("header = false"))
    #expect(ColumnNames.found(["id", "score_1", "2020"]) == "Columns found: id, score_1, 2020.")
  }

  @Test func noExpressionKeepsARunBusy() throws {
    let regex = try LinearRegex("(((((.*)*)*)*)*)*x", at: "test")
    #expect(!regex.matches(String(repeating: "a", count: 20_000)))
    #expect(try LinearRegex("consumer_(std|plus)", at: "test").matches("CONSUMER_PLUS"))
    #expect(!(try LinearRegex("consumer", at: "test").matches("consumer_std")), "all of it must match")
    expectFaults(.usage) { _ = try LinearRegex("(", at: "test") }
  }
}
