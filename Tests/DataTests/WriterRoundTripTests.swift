import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineData

/// A folder that is gone after the test.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("cutline-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  // Nothing depends on it: a folder that stays behind in the temporary place does no harm.
  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  func write(_ text: String, to name: String) throws -> String { try write(Array(text.utf8), to: name) }

  func write(_ bytes: [UInt8], to name: String) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }
}

/// Equality of tables to the last bit, missing codes included.
enum SameTable {
  static func difference(_ a: Table, _ b: Table) -> String? {
    guard a.names == b.names else { return "names \(a.names) and \(b.names)" }
    guard a.rowCount == b.rowCount else { return "\(a.rowCount) and \(b.rowCount) rows" }
    for (x, y) in zip(a.columns, b.columns) {
      switch (x.values, y.values) {
      case (.number(let p), .number(let q)):
        if let row = firstDifference(p, q) { return "\(x.name)[\(row)]: \(p[row]) and \(q[row])" }
      case (.moment(let p, let u), .moment(let q, let v)):
        guard u == v else { return "\(x.name): \(u) and \(v)" }
        if let row = firstDifference(p, q) { return "\(x.name)[\(row)]: \(p[row]) and \(q[row])" }
      case (.text(let p), .text(let q)):
        guard p.codes == q.codes, p.bytes == q.bytes, p.offsets == q.offsets else { return "text of \(x.name)" }
      default: return "types of \(x.name)"
      }
    }
    return nil
  }

  private static func firstDifference(_ a: [Double], _ b: [Double]) -> Int? {
    a.indices.first { a[$0].bitPattern != b[$0].bitPattern }
  }
}

@Suite("Writing and reading back")
struct WriterRoundTripTests {
  static let numbers: [Double] = [
    0, 1, -1, 0.1, 1.0 / 3, 1e15, 1e16, 123456789.123456789, -2.5e-10, 5.4e-79, 9e74, 9007199254740994,
    0.30000000000000004,
    Missing.plain.value, Missing(letter: UInt8(ascii: "A"))?.value ?? 0, Missing(letter: UInt8(ascii: "Z"))?.value ?? 0,
    Missing(letter: UInt8(ascii: "_"))?.value ?? 0, 9.0462569716653265e74, 2.2250738585072014e-70, -1e-5,
  ]
  static let dates: [Double] = [
    0, -1, 22_000, -715_509, 2_936_549, 10, 59, 60, 365, 366, -365, -366, 1, Missing.plain.value,
    Missing(letter: UInt8(ascii: "B"))?.value ?? 0, 21_915, 21_975, 22_280, 4, 5,
  ]
  static let times: [Double] = [
    0, 1, 59, 60, 3599, 3600, 86_399, 0.5, 86_399.999, 90_000, 0.1, 1e-7, 71_581.321, 12.25, Missing.plain.value,
    45_296,
    1.5, 2.75, 3, Missing(letter: UInt8(ascii: "C"))?.value ?? 0,
  ]
  static let dateTimes: [Double] = [
    0, -1, -0.5, -0.1, 1.9e9, 1_900_000_000.25, 86_400, 86_399, -86_400, -86_400.75, 1e-7, 1_234_567_890.123, -1e9, 7,
    8,
    Missing.plain.value, Missing(letter: UInt8(ascii: "D"))?.value ?? 0, 9.875, 60, 3600,
  ]
  static let texts: [String?] = [
    "a", "Ünïcödé", "日本", "with, comma", "with \"quotes\"", "line\nbreak", "carriage\rreturn", nil, "a", "😎", "'",
    "x y",
    " leading", "tab\there", "semi;colon", "|", "a", nil, "zz", "007",
  ]

  static func table() throws -> Table {
    try Table(
      columns: [
        Column(name: "x", label: "A number", values: .number(numbers)),
        Column(name: "day", values: .moment(dates, .date)),
        Column(name: "clock", values: .moment(times, .time)),
        Column(
          name: "stamp", label: String(repeating: "long label ", count: 10) + ".", values: .moment(dateTimes, .dateTime)
        ),
        Column(name: "a_name_of_thirty_two_characters_", values: .text(TextColumn(texts))),
        Column(name: "empty", values: .number(Array(repeating: Missing.plain.value, count: 20))),
      ], rowCount: 20)
  }

  @Test(arguments: ["t.sas7bdat", "t.xpt", "t.csv", "t.csv.gz", "t.xpt.gz", "t.sas7bdat.gz"])
  func theSameTableComesBack(name: String) throws {
    let folder = try TemporaryFolder()
    let table = try Self.table()
    #expect(try TableWriter.write(table, to: folder.file(name)).isEmpty)
    let result = try TableReader.read(folder.file(name))
    #expect(SameTable.difference(table, result.table) == nil)
    #expect(result.facts.rowCount == 20)
    if !name.contains("csv") {
      #expect(result.table.columns.map(\.label) == table.columns.map(\.label))
      #expect(result.facts.format == (name.contains("xpt") ? .xpt : .sas7bdat))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [name])
  }

  @Test(arguments: ["t.sas7bdat", "t.xpt", "t.csv", "t.csv.gz"])
  func theSameTableGivesTheSameBytes(name: String) throws {
    let folder = try TemporaryFolder()
    try TableWriter.write(try Self.table(), to: folder.file("1" + name))
    try TableWriter.write(try Self.table(), to: folder.file("2" + name))
    let files = try ["1", "2"].map { try Data(contentsOf: URL(fileURLWithPath: folder.file($0 + name))) }
    #expect(files[0] == files[1])
  }

  @Test(arguments: ["t.sas7bdat", "t.xpt", "t.csv"])
  func noRowsComeBackAsNoRows(name: String) throws {
    let folder = try TemporaryFolder()
    let table = try Table(
      columns: [Column(name: "x", values: .number([])), Column(name: "y", values: .number([]))], rowCount: 0)
    try TableWriter.write(table, to: folder.file(name))
    #expect(SameTable.difference(table, try TableReader.read(folder.file(name)).table) == nil)
  }

  @Test func randomNumbersKeepEveryBit() throws {
    let folder = try TemporaryFolder()
    var generator = SplitMix(state: 7)
    let any = (0..<20_000).map { _ -> Double in
      let value = Double(bitPattern: generator.next())
      return value.isFinite ? value : 1.5
    }
    let near = any.map { Double(sign: $0.sign, exponent: Int($0.exponent) % 200, significand: $0.significand) }
    let wide = try Table(columns: [Column(name: "x", values: .number(any))], rowCount: any.count)
    let narrow = try Table(columns: [Column(name: "x", values: .number(near))], rowCount: near.count)
    for name in ["t.sas7bdat", "t.csv"] {
      try TableWriter.write(wide, to: folder.file(name))
      #expect(SameTable.difference(wide, try TableReader.read(folder.file(name)).table) == nil)
    }
    try TableWriter.write(narrow, to: folder.file("t.xpt"))
    #expect(SameTable.difference(narrow, try TableReader.read(folder.file("t.xpt")).table) == nil)
  }

  @Test func rawStyleIsNumbersAndEmptyFields() throws {
    let folder = try TemporaryFolder()
    let table = try Table(
      columns: [
        Column(name: "x", values: .number([1.5, Missing(letter: UInt8(ascii: "A"))?.value ?? 0])),
        Column(name: "d", values: .moment([22_000, Missing.plain.value], .date)),
      ], rowCount: 2)
    try TableWriter.write(table, to: folder.file("t.csv"), style: .raw)
    #expect(try String(contentsOfFile: folder.file("t.csv"), encoding: .utf8) == "x,d\n1.5,22000\n,\n")
    try TableWriter.write(table, to: folder.file("t.csv"))
    #expect(try String(contentsOfFile: folder.file("t.csv"), encoding: .utf8) == "x,d\n1.5,2020-03-26\n.A,\n")
  }

  @Test func printingStopsAfterTheWantedRows() throws {
    let folder = try TemporaryFolder()
    let table = try Self.table()
    try TableWriter.write(table, to: folder.file("all.csv"))
    let all = try String(contentsOfFile: folder.file("all.csv"), encoding: .utf8)
    for (rows, name) in [(nil, "whole"), (3, "head"), (0, "names"), (99, "more")] as [(Int?, String)] {
      let descriptor = open(folder.file(name), O_WRONLY | O_CREAT, 0o600)
      #expect(try TableWriter.printCsv(table, rows: rows, to: descriptor).isEmpty)
      close(descriptor)
      let printed = try String(contentsOfFile: folder.file(name), encoding: .utf8)
      #expect(rows == 3 || rows == 0 ? all.hasPrefix(printed) && printed.count < all.count : printed == all)
      if rows == 0 { #expect(printed.count { $0 == "\n" } == 1) }
    }
    expectFaults(.io) { try TableWriter.printCsv(table, to: -1) }
  }

  @Test func whatAFormatCannotHoldIsRefusedAndNothingIsWritten() throws {
    let folder = try TemporaryFolder()
    func single(_ name: String, _ values: ColumnValues) throws -> Table {
      let column = Column(name: name, values: values)
      return try Table(columns: [column], rowCount: column.count)
    }
    let cases: [(Table, String)] = [
      (try single("two words", .number([1])), "t.sas7bdat"),
      (try single(String(repeating: "x", count: 33), .number([1])), "t.xpt"),
      (try single("_N_", .number([1])), "t.xpt"),
      (try single("x", .number([1e75])), "t.xpt"),
      (try single("x", .number([1e-100])), "t.xpt"),
      (try single("x", .number([.infinity])), "t.xpt"),
      (try single("x", .text(TextColumn([String(repeating: "y", count: 40_000)]))), "t.sas7bdat"),
      (try single("x", .text(TextColumn(["a", nil]))), "t.xpt"),
      (try Table(columns: [], rowCount: 0), "t.sas7bdat"),
    ]
    for (table, name) in cases {
      expectFaults(.data, "\(table.names) \(name)") { try TableWriter.write(table, to: folder.file(name)) }
    }
    expectFaults(.usage) { try TableWriter.write(cases[0].0, to: folder.file("t.unknown")) }
    expectFaults(.io) { try TableWriter.write(cases[3].0, to: folder.file("none/t.csv")) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func longestNamesOfVersionFiveAreEightCharacters() throws {
    let folder = try TemporaryFolder()
    let table = try Table(columns: [Column(name: "eight_ch", values: .number([1, 2]))], rowCount: 2)
    try TableWriter.write(table, to: folder.file("t.xpt"), transportVersion: 5)
    #expect(SameTable.difference(table, try TableReader.read(folder.file("t.xpt")).table) == nil)
    let nine = try Table(columns: [Column(name: "nine_char", values: .number([1]))], rowCount: 1)
    expectFaults(.data) { try TableWriter.write(nine, to: folder.file("t.xpt"), transportVersion: 5) }
  }

  @Test func whatTransportFilesAndTextFieldsDoNotKeepIsNoted() throws {
    let folder = try TemporaryFolder()
    let table = try Table(
      columns: [
        Column(name: "x", values: .number([-0.0, 0])), Column(name: "t", values: .text(TextColumn(["a ", "b"]))),
      ], rowCount: 2)
    #expect(
      try TableWriter.write(table, to: folder.file("t.xpt")) == [
        "column x: 1 negative zeros are written as zero",
        "column t: 1 distinct values end in spaces, which SAS files do not keep",
      ])
  }

  @Test func momentsWithoutIsoTextAreNoted() throws {
    let folder = try TemporaryFolder()
    let table = try Table(columns: [Column(name: "d", values: .moment([1.5, 3e6, 7], .date))], rowCount: 3)
    let notes = try TableWriter.write(table, to: folder.file("t.csv"))
    #expect(notes == ["column d: 2 values have no ISO text and stand as SAS numbers"])
    #expect(try String(contentsOfFile: folder.file("t.csv"), encoding: .utf8) == "d\n1.5\n2999998\n1960-01-08\n")
  }
}

/// Numbers for tests (S. Vigna, *SplitMix64*).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
