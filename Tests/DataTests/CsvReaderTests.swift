import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineData

@Suite("Reading CSV")
struct CsvReaderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ text: String, _ change: (inout ReadOptions) -> Void = { _ in }) throws -> ReadResult {
    try read(Array(text.utf8), change)
  }

  private func read(_ bytes: [UInt8], _ change: (inout ReadOptions) -> Void = { _ in }) throws -> ReadResult {
    var options = ReadOptions()
    change(&options)
    return try TableReader.read(try folder.write(bytes, to: "t.csv"), options: options)
  }

  private func numbers(_ table: Table, _ name: String) throws -> [Double] {
    guard case .number(let values) = try table.column(name).values else {
      throw Faults.data(name, "is no number column", "")
    }
    return values
  }

  private func texts(_ table: Table, _ name: String) throws -> [String?] {
    guard case .text(let text) = try table.column(name).values else { throw Faults.data(name, "is no text column", "") }
    return (0..<table.rowCount).map { text[$0] }
  }

  private func moments(_ table: Table, _ name: String) throws -> ([Double], MomentUnit) {
    guard case .moment(let values, let unit) = try table.column(name).values else {
      throw Faults.data(name, "is no moment column", "")
    }
    return (values, unit)
  }

  @Test func typesAreFound() throws {
    let table = try read(
      "n,code,d,s,t,x,big,hex,empty\n1,007,1960-01-02,1960-01-01T00:00:01.5,25:00:01,a,12345678901234567,0x10,\n"
        + "-2.5e3,123,2020-02-29,1959-12-31 23:59:59,00:00:00.25,,1,1,\n"
    ).table
    #expect(try numbers(table, "n") == [1, -2500])
    #expect(try texts(table, "code") == ["007", "123"])
    #expect(try moments(table, "d") == ([1, 21_974], .date))
    #expect(try moments(table, "s") == ([1.5, -1], .dateTime))
    #expect(try moments(table, "t") == ([90_001, 0.25], .time))
    #expect(try texts(table, "x") == ["a", nil])
    #expect(try texts(table, "big") == ["12345678901234567", "1"])
    #expect(try texts(table, "hex") == ["0x10", "1"])
    #expect(try numbers(table, "empty").allSatisfy { Missing($0) == .plain })
  }

  @Test func specialMissingValuesAreKeptApart() throws {
    let values = try numbers(try read("x\n1\n.\n.A\n.Z\n._\n \n2\n").table, "x")
    #expect(values.map { Missing($0)?.description ?? "\($0)" } == ["1.0", ".", ".A", ".Z", "._", ".", "2.0"])
  }

  @Test func aLaterContradictionMakesAColumnTextFromTheStart() throws {
    let rows = (1...5000).map { "\($0),1.50,2020-01-01" }
    let text = "a,b,c\n" + (rows + ["x1,2.50,soon", "7,3.50,2020-01-02"]).joined(separator: "\n")
    let result = try read(text)
    #expect(try texts(result.table, "a").first == "1")
    #expect(try texts(result.table, "a").suffix(2) == ["x1", "7"])
    #expect(try texts(result.table, "c").first == "2020-01-01")
    #expect(try numbers(result.table, "b").last == 3.5)
    #expect(
      result.facts.notes.map(\.shown) == [
        "columns a (row 5001: x1), c (row 5001: soon): text, because a value is not of the same kind as those before it"
      ])
  }

  @Test func aColumnThatBeginsEmptyTakesTheTypeOfItsFirstValues() throws {
    let blank = Array(repeating: ",,1", count: 3000)
    let text = "d,t,n\n" + (blank + ["2020-01-01,x,1", "2020-01-02,7,1"]).joined(separator: "\n")
    let table = try read(text) { $0.csvChunkBytes = 4096 }.table
    #expect(try moments(table, "d").0.suffix(2) == [21_915, 21_916])
    #expect(try texts(table, "t").suffix(2) == ["x", "7"])
  }

  @Test func theTableIsTheSameForAnyChunksAndWorkers() throws {
    var generator = SplitMix(state: 3)
    var text = "id,n,q,d,late\n"
    for row in 0..<3000 {
      let quoted = ["plain", "\"with, comma\"", "\"two\nlines\"", "\"a \"\"quote\"\"\"", "", "Ünï"][
        Int(generator.next() % 6)]
      let date = CalendarDate(daysSince1960: 20_000 + Int(generator.next() % 999)).iso
      text += "AB\(generator.next() % 700),\(Double(generator.next() % 100_000) / 8),\(quoted),\(date),"
      text += row == 2900 ? "surprise\r\n" : "\(row)\r\n"
    }
    let whole = try read(text)
    #expect(whole.table.rowCount == 3000)
    for (bytes, workers) in [(1500, 1), (1500, 2), (1500, 5), (7777, 3), (100_000, 2)] {
      let other = try read(text) {
        $0.csvChunkBytes = bytes
        $0.workers = workers
      }
      #expect(SameTable.difference(whole.table, other.table) == nil)
      #expect(whole.facts.notes == other.facts.notes)
    }
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func lineBreaksOfAllKinds(lineBreak: String) throws {
    for bytes in [4 << 20, 1100] {
      let text = (["a,b"] + (0..<400).map { "\($0),\"x\(lineBreak)y\"" } + [""]).joined(separator: lineBreak)
      let table = try read(text) { $0.csvChunkBytes = bytes }.table
      #expect(table.rowCount == 400)
      #expect(try texts(table, "b").allSatisfy { $0 == "x\(lineBreak)y" })
    }
  }

  @Test(arguments: [";", "\t", "|", ","])
  func theDelimiterIsFound(delimiter: String) throws {
    let text = ["a", "b c", "d"].joined(separator: delimiter) + "\n1\(delimiter)x y\(delimiter)2\n"
    let result = try read(text)
    #expect(result.table.names == ["a", "b c", "d"])
    #expect(result.facts.delimiter == Character(delimiter))
  }

  @Test func decimalCommaAndThousands() throws {
    let table = try read("a;b\n1.234,5;0,25\n-12.345.678;7\n999;1,5e3\n") {
      $0.decimalMark = ","
      $0.thousandsMark = "."
    }.table
    #expect(try numbers(table, "a") == [1234.5, -12_345_678, 999])
    #expect(try numbers(table, "b") == [0.25, 7, 1500])
    let wrong = try read("a;b\n12.34,5;1\n") {
      $0.decimalMark = ","
      $0.thousandsMark = "."
    }.table
    #expect(try texts(wrong, "a") == ["12.34,5"])
  }

  @Test func statedDateFormats() throws {
    let table = try read(
      "a,b,c,d,e\n1/2/2020,Dec-2018,20200131,28.02.99,2020366\n12/31/1999,jan-2001,19600101,01.03.68,1961001\n"
    ) {
      $0.dateFormats = ["%m/%d/%Y", "%b-%Y", "%d.%m.%y", "%Y%m%d", "%Y%j"]
      $0.columnTypes = ["c": .date, "e": .date]
    }.table
    func days(_ texts: String...) -> [Double] { texts.map { Double(CalendarDate(iso: $0)?.daysSince1960 ?? -1) } }
    #expect(try moments(table, "a").0 == days("2020-01-02", "1999-12-31"))
    #expect(try moments(table, "b").0 == days("2018-12-01", "2001-01-01"))
    #expect(try moments(table, "c").0 == days("2020-01-31", "1960-01-01"))
    #expect(try moments(table, "d").0 == days("1999-02-28", "2068-03-01"))
    #expect(try moments(table, "e").0 == days("2020-12-31", "1961-01-01"))
    expectFaults(.usage) { try read("a\n1\n") { $0.dateFormats = ["%q"] } }
    expectFaults(.usage) { try read("a\n1\n") { $0.dateFormats = ["%d"] } }
  }

  @Test func ofSeveralDateFormatsTheOneThatFitsAllIsTaken() throws {
    let rows = Array(repeating: "01/02/2020", count: 2000) + ["13/02/2020"]
    let table = try read("a\n" + rows.joined(separator: "\n")) { $0.dateFormats = ["%m/%d/%Y", "%d/%m/%Y"] }.table
    #expect(try moments(table, "a").0.first == Double(CalendarDate(iso: "2020-02-01")?.daysSince1960 ?? 0))
  }

  @Test func missingTokensAndNumberWords() throws {
    let text = "a,b,c\nNA,9999,inf\n1,2,-Infinity\n"
    let plain = try read(text).table
    #expect(try texts(plain, "a") == ["NA", "1"])
    #expect(try texts(plain, "c") == ["inf", "-Infinity"])
    let told = try read(text) {
      $0.missingTokens = ["NA", "9999"]
      $0.numberWords = true
    }.table
    #expect(try numbers(told, "a")[0].isNaN)
    #expect(try numbers(told, "b")[0].isNaN)
    #expect(try numbers(told, "b")[1] == 2)
    #expect(try numbers(told, "c") == [.infinity, -.infinity])
  }

  @Test func statedTypesAreKeptTo() throws {
    let table = try read("id,n\n12,3\n") { $0.columnTypes = ["id": .text] }.table
    #expect(try texts(table, "id") == ["12"])
    #expect {
      try read("id,n\n12,3\nx,4\n") { $0.columnTypes = ["id": .number] }
    } throws: { error in
      error.faults(.data)?.description.contains(
        "column id, row 2: is stated to hold numbers, and one is not, found \"x\"") == true
    }
    expectFaults(.data) { try read("a\n1\n") { $0.columnTypes = ["b": .text] } }
  }

  @Test func namesAreMadeUnique() throws {
    let result = try read(",a,a,a_2,a,\n1,2,3,4,5,6\n")
    #expect(result.table.names == ["column_1", "a", "a_3", "a_2", "a_4", "column_6"])
    #expect(result.table.columns.map(\.originalName) == ["", "a", "a", "a_2", "a", ""])
    #expect(result.facts.notes.count == 3)
    let bare = try read("1,2\n3,4\n") { $0.hasHeader = false }
    #expect(bare.table.names == ["column_1", "column_2"] && bare.table.rowCount == 2)
  }

  @Test func onlyTheWantedColumnsAreKept() throws {
    let text = "Big Name,b,c\nx,1,not read\ny,2,\"either\"\n"
    let table = try read(text) {
      $0.columns = ["b", "big_name"]
      $0.columnKey = { $0.lowercased().replacingOccurrences(of: " ", with: "_") }
    }.table
    #expect(table.names == ["Big Name", "b"])
    #expect {
      try read(text) { $0.columns = ["Big Nam"] }
    } throws: { $0.faults(.data)?.description.contains("did you mean Big Name") == true }
  }

  @Test func characterSets() throws {
    let text = "näme,x\nÅse,1\n"
    let utf16 = Array(text.utf16)
    let little = utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    let big = utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    let latin = text.unicodeScalars.map { UInt8($0.value) }
    let cases: [([UInt8], String?)] = [
      ([0xEF, 0xBB, 0xBF] + Array(text.utf8), nil), ([0xFF, 0xFE] + little, nil), ([0xFE, 0xFF] + big, nil),
      (little, "UTF-16LE"), (latin, "ISO-8859-1"), (latin, "Windows-1252"),
    ]
    for (bytes, encoding) in cases {
      let table = try read(bytes) { $0.encoding = encoding }.table
      #expect(table.names == ["näme", "x"])
      #expect(try texts(table, "näme") == ["Åse"])
    }
    expectFaults(.data) { try read(latin) }
    expectFaults(.data) { try read(little) }
    expectFaults(.usage) { try read(latin) { $0.encoding = "no-such-set" } }
    expectFaults(.data) { try read([0xFF, 0xFE] + little.dropLast()) }
  }

  @Test func brokenRecordsAreReportedWithTheirPlace() throws {
    func message(_ text: String) throws -> String {
      do {
        _ = try read(text)
        return "no error"
      } catch let error as Faults where error.code == .data { return error.description }
    }
    #expect(
      try message("a,b\n1,2\n3\n4,5,6\n").contains(
        "line 3, row 2: has 1 field where the names are 2; line 4, row 3: has 3 fields"))
    #expect(try message("a,b\n1,\"x\n").contains("line 2, row 1, column 2 (b): a quote is opened and never closed"))
    #expect(try message("a,b\n\"x\ny\",1\n1,x\"y\n").contains("line 4, row 2, column 2 (b): a quote stands inside"))
    #expect(try message("a,b\n1,\"x\"y\n").contains("row 1, column 2 (b): text follows the closing quote"))
    #expect(try message("a,b\n1,x\0y\n").contains("row 1, column 2 (b): holds a NUL byte"))
    #expect(try message("").contains("the file is empty"))
    let ragged = try message("a,b\n" + String(repeating: "1\n", count: 50))
    #expect(ragged.components(separatedBy: "has 1 field").count == 21)
    #expect(try read("a,b\n1,2\n\n3,4\n\n").facts.notes == ["2 blank lines were passed over"])
    let bad = try folder.write(Array("a,b\n1,x".utf8) + [0xC3, 0x28] + Array("\n".utf8), to: "u.csv")
    #expect {
      try TableReader.read(bad)
    } throws: { $0.faults(.data)?.description.contains("row 1, column 2 (b): is not valid UTF-8") == true }
  }

  @Test func compressedFilesOfSeveralMembersAndBrokenOnes() throws {
    let one = try Table(columns: [Column(name: "x", values: .number([1]))], rowCount: 1)
    try TableWriter.write(one, to: folder.file("a.csv.gz"))
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("a.csv.gz"))))
    let twice = try TableReader.read(try folder.write(bytes + bytes, to: "b.csv.gz"))
    #expect(try texts(twice.table, "x") == ["1", "x", "1"])
    #expect(twice.facts.isCompressed)
    expectFaults(.data) { try TableReader.read(try folder.write(bytes.dropLast(9), to: "c.csv.gz")) }
    var damaged = bytes
    damaged[damaged.count - 6] ^= 1
    expectFaults(.data) { try TableReader.read(try folder.write(damaged, to: "d.csv.gz")) }
  }

  @Test func filesThatAreNone() throws {
    expectFaults(.io) { try TableReader.read(folder.file("absent.csv")) }
    expectFaults(.io) { try TableReader.read(folder.path) }
    expectFaults(.data) { try TableReader.read(try folder.write("PAR1\0\0", to: "x.bin")) }
    expectFaults(.data) { try TableReader.read(try folder.write("not a SAS file", to: "x.sas7bdat")) }
    expectFaults(.data) { try TableReader.read(try folder.write("a,b\n1,2\n", to: "x.xpt")) }
  }

  @Test func numbersAreRoundedCorrectly() throws {
    var generator = SplitMix(state: 11)
    var texts: [String] = []
    for _ in 0..<20_000 {
      let digits = Int(generator.next() % 19) + 1
      var text = String(generator.next() % 9 + 1)
      for _ in 1..<digits + 1 { text += String(generator.next() % 10) }
      let point = Int(generator.next() % UInt64(text.count))
      if point > 0 { text.insert(".", at: text.index(text.startIndex, offsetBy: point)) }
      if point == 0 { text = "0." + text }
      if generator.next() % 4 == 0 { text += "e\(Int(generator.next() % 60) - 30)" }
      if generator.next() % 3 == 0 { text = "-" + text }
      texts.append(text)
    }
    // Halfway cases.
    texts += ["9007199254740993.0", "9007199254740995.0", "4503599627370497.5", "4503599627370496.5", "0.1", "1e308"]
    let values = try numbers(try read("x\n" + texts.joined(separator: "\n")).table, "x")
    let wrong = zip(texts, values).filter { Double($0)?.bitPattern != $1.bitPattern }
    #expect(wrong.isEmpty, "\(wrong.prefix(3))")
  }
}
