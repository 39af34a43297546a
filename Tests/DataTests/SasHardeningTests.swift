import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineData

/// The reader program is not believed, and may die at any moment.
@Suite("The reader program for SAS files")
struct SasHardeningTests {
  private let folder: TemporaryFolder
  private let table: Table

  init() throws {
    folder = try TemporaryFolder()
    table = try Table(
      columns: [
        Column(name: "x", values: .number((0..<40).map(Double.init))),
        Column(name: "t", values: .text(TextColumn((0..<40).map { "text \($0)" }))),
      ], rowCount: 40)
    try TableWriter.write(table, to: folder.file("t.sas7bdat"))
    try TableWriter.write(table, to: folder.file("t.xpt"))
  }

  /// A program that says `bytes` and then runs `then`.
  private func fake(_ bytes: [UInt8], then: String = "exit 0") throws -> String {
    let escaped = bytes.map { String(format: "\\%03o", $0) }.joined()
    let path = try folder.write("#!/bin/sh\nprintf '\(escaped)'\n\(then)\n", to: "fake-\(bytes.count)")
    chmod(path, 0o755)
    return path
  }

  /// Reads with a fake program. While another test starts a program, that one holds the new script open for a moment.
  private func read(with options: ReadOptions) throws -> ReadResult {
    for _ in 0..<200 {
      do {
        return try TableReader.read(folder.file("t.sas7bdat"), options: options)
      } catch let error as Faults where error.code == .io && error.description.contains("busy") {
        usleep(10_000)
      }
    }
    return try TableReader.read(folder.file("t.sas7bdat"), options: options)
  }

  private func message(_ kind: Character, _ payload: [UInt8], length: UInt32? = nil) -> [UInt8] {
    let head = [UInt32(kind.asciiValue ?? 0), length ?? UInt32(payload.count)]
    return head.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } } + payload
  }

  private func word(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
  private func long(_ value: Int64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

  private func header(rows: Int64, columns: UInt32) -> [UInt8] {
    message("H", long(rows) + word(columns) + [0, 0, 1, 9, 0] + word(0) + word(0) + word(0))
  }

  private func variable(_ index: UInt32, text: Bool) -> [UInt8] {
    message("V", word(index) + [text ? 1 : 0] + word(8) + word(1) + [0x61 + UInt8(index)] + word(0) + word(0))
  }

  @Test func nonsenseIsRefused() throws {
    let head = header(rows: 1_000_000_000_000, columns: 1)
    let start = head + variable(0, text: true) + message("K", [])
    let nonsense: [[UInt8]] = [
      [], [1, 2, 3], message("?", []), message("H", [1, 2, 3]), message("B", [], length: .max),
      message("H", long(-5) + word(1) + [0, 0, 1, 9, 0] + word(0) + word(0) + word(0)), head + variable(7, text: false),
      header(rows: 5, columns: .max), head + message("K", []),
      head + message("V", word(0) + [0] + word(8) + word(.max)),
      message("H", long(1) + word(1) + [0, 0, 1, 9, 0] + word(2) + [0xC3, 0x28] + word(0) + word(0)),
      start + message("B", word(1) + word(1) + word(.max) + word(0)),
      start + message("B", word(.max) + word(.max)), start + message("B", word(2) + word(1) + long(0)),
      start + message("S", word(9) + word(8)), start + message("S", word(0) + word(.max)),
      start + message("S", word(0) + word(8)), start + message("D", long(7) + long(0) + long(0)),
      start + message("D", long(0) + long(0) + long(0)), start + message("E", word(0) + word(5) + word(.max)),
      start + message("B", word(1) + word(1) + word(2) + word(0) + [0xC3, 0x28, 0, 0, 0, 0, 0, 0]),
    ]
    for (index, bytes) in nonsense.enumerated() {
      var options = ReadOptions()
      options.sasReaderPath = try fake(bytes)
      let error = expectFaults(.data, "\(index)") {
        try read(with: options)
      }
      #expect(error?.exitCode == .data)
    }
  }

  @Test func crashesAndHangsAreErrors() throws {
    for (then, sentence) in [
      ("kill -SEGV $$", "failed inside the parser"), ("kill -KILL $$", "was stopped"), ("exit 9", "status 9"),
      ("sleep 20", "no progress"),
    ] {
      var options = ReadOptions()
      options.sasReaderPath = try fake(header(rows: 1, columns: 1), then: then)
      options.sasPatienceMilliseconds = 300
      let start = ContinuousClock.now
      #expect {
        try read(with: options)
      } throws: { $0.faults(.data)?.description.contains(sentence) == true }
      #expect(ContinuousClock.now - start < .seconds(60))
    }
  }

  @Test func aMissingProgramIsSaid() throws {
    var options = ReadOptions()
    options.sasReaderPath = folder.file("nothing")
    #expect {
      try TableReader.read(folder.file("t.sas7bdat"), options: options)
    } throws: { $0.faults(.io)?.description.contains("cutline-sas-reader") == true }
  }

  @Test func rowsMarkedAsDeletedAreLeftOutAndNoted() throws {
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("t.sas7bdat"))))
    // The last page holds the 40 rows of 8 + 7 bytes; its map is put behind them, at 40 + 8 + 40 * 15.
    let page = bytes.count - 4096
    #expect(bytes[page + 32] == 0 && bytes[page + 33] == 1 && bytes[page + 34] == 40)
    bytes[page + 32] = 0x80
    bytes[page + 24] = 8
    bytes[page + 40 + 8 + 40 * 15] = 0b1010_0000
    bytes[page + 40 + 8 + 40 * 15 + 4] = 0b0000_0001
    let result = try TableReader.read(try folder.write(bytes, to: "d.sas7bdat"))
    #expect(result.facts.notes == ["3 rows are marked as deleted and were left out"])
    guard case .number(let x) = try result.table.column("x").values,
      case .text(let t) = try result.table.column("t").values
    else {
      Issue.record("types")
      return
    }
    #expect(x == [1] + (3..<39).map(Double.init))
    #expect(t[0] == "text 1" && t[36] == "text 38")
    bytes[page + 26] = 1
    expectFaults(.data) { try TableReader.read(try folder.write(bytes, to: "e.sas7bdat")) }
  }

  /// Made by ReadStat's writer, its copies then written with the commands for 96 to 111 and for more than 4,159 bytes.
  private static let longCopies = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .appendingPathComponent("Fixtures/sas/long_copies.sas7bdat.gz").path

  static func longCopiesBytes() throws -> [UInt8] {
    let stream = try InputFile(path: longCopies).bytes()
    var bytes: [UInt8] = []
    while case let part = try stream.read(upTo: 1 << 20), !part.isEmpty { bytes += part }
    return bytes
  }

  @Test func everyCommandOfRunLengthEncodingIsRead() throws {
    let table = try TableReader.read(Self.longCopies).table
    let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
    let texts = [9000, 4200, 105, 96, 111, 8320].enumerated().map { row, count in
      String((0..<count).map { letters[($0 * 7 + $0 / 36 + row) % 36] })
    }
    let wanted = try Table(
      columns: [
        Column(name: "T", values: .text(TextColumn(texts))),
        Column(name: "X", values: .number((0..<6).map { Double($0) + 0.1 })),
      ], rowCount: 6)
    #expect(SameTable.difference(table, wanted) == nil)
  }

  @Test func deletedRowsOfCompressedFilesAreLeftOut() throws {
    var bytes = try Self.longCopiesBytes()
    // The pointers to compressed rows; in the 64-bit form of 24 bytes, the kind in the 17th.
    var kinds: [Int] = []
    for page in stride(from: 8192, to: bytes.count, by: 16_384) {
      for pointer in 0..<Int(bytes[page + 36]) where bytes[page + 40 + 24 * pointer + 16] == 4 {
        kinds.append(page + 40 + 24 * pointer + 16)
      }
    }
    #expect(kinds.count == 5)
    bytes[kinds[0]] = 5
    bytes[kinds[3]] = 5
    let result = try TableReader.read(try folder.write(bytes, to: "c.sas7bdat"))
    #expect(result.facts.notes == ["2 rows are marked as deleted and were left out"])
    guard case .number(let x) = try result.table.column("X").values else {
      Issue.record("types")
      return
    }
    #expect(x == [0.1, 2.1, 3.1, 5.1])
  }

  @Test func oneOfSeveralTransportTables() throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("t.xpt"))))
    let other = try Table(columns: [Column(name: "z", values: .number([7, 8]))], rowCount: 2)
    try TableWriter.write(other, to: folder.file("other.xpt"))
    var second = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("other.xpt")))).dropFirst(240)
    // The name stands in the third record behind the library's.
    let name = second.startIndex + 2 * 80 + 8
    second.replaceSubrange(name..<name + 8, with: Array("SECOND  ".utf8))
    let two = try folder.write(bytes + second, to: "two.xpt")
    var options = ReadOptions()
    options.member = "second"
    #expect(SameTable.difference(try TableReader.read(two, options: options).table, other) == nil)
    let faults = expectFaults(.data) { try TableReader.read(two) }
    #expect(faults?.description.contains("SECOND") == true && faults?.description.contains("--member") == true)
    options.member = "secnd"
    #expect(
      expectFaults(.usage) { try TableReader.read(two, options: options) }?.description.contains("did you mean SECOND")
        == true)
    let empty = try folder.write(Array(bytes[..<240]), to: "none.xpt")
    #expect(expectFaults(.data) { try TableReader.read(empty) }?.description.contains("holds no table") == true)
  }

  @Test func cutTransportFilesAreRefused() throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("t.xpt"))))
    #expect(bytes.count % 80 == 0)
    for count in stride(from: 0, to: bytes.count - 1, by: 37) {
      let path = try folder.write(Array(bytes[..<count]), to: "cut.xpt")
      expectFaults(.data, "\(count)") { try TableReader.read(path) }
    }
    let two = try folder.write(bytes + bytes[240...], to: "two.xpt")
    #expect {
      try TableReader.read(two)
    } throws: { $0.faults(.data)?.description.contains("more than one table") == true }
  }

  @Test func textCutInsideACharacterIsNoted() throws {
    let wide = try Table(
      columns: [
        Column(name: "t", values: .text(TextColumn(["abcé", "ab", "日本"]))),
        Column(name: "x", values: .number([1, 2, 3])),
      ],
      rowCount: 3)
    try TableWriter.write(wide, to: folder.file("w.sas7bdat"))
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("w.sas7bdat"))))
    let at = try #require((0..<bytes.count - 6).first { Array(bytes[$0..<$0 + 6]) == Array("日本".utf8) })
    bytes.replaceSubrange(at..<at + 6, with: Array("abcd".utf8) + [0xE6, 0x97])
    let result = try TableReader.read(try folder.write(bytes, to: "cut.sas7bdat"))
    guard case .text(let text) = try result.table.column("t").values else { return }
    #expect(text.distinctValues == ["abcé", "ab", "abcd"])
    #expect(result.facts.notes.contains { $0.shown.contains("cut in two") })
    bytes[at] = 0xFF
    expectFaults(.data) { try TableReader.read(try folder.write(bytes, to: "bad.sas7bdat")) }
    var options = ReadOptions()
    options.encoding = "ISO-8859-1"
    let latin = try TableReader.read(folder.file("bad.sas7bdat"), options: options).table
    guard case .text(let read) = try latin.column("t").values else { return }
    #expect(read[2] == "ÿbcdæ\u{97}")
  }

  @Test func aHeaderWithAnUnknownCharacterSetNeedsOneNamed() throws {
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("t.sas7bdat"))))
    bytes[70] = 3
    let path = try folder.write(bytes, to: "u.sas7bdat")
    expectFaults(.data) { try TableReader.read(path) }
    var options = ReadOptions()
    options.encoding = "UTF-8"
    #expect(SameTable.difference(table, try TableReader.read(path, options: options).table) == nil)
    options.encoding = "no-such-set"
    expectFaults(.usage) { try TableReader.read(path, options: options) }
    bytes[70] = 0
    let silent = try TableReader.read(try folder.write(bytes, to: "s.sas7bdat"))
    #expect(silent.facts.notes.count == 1 && silent.facts.encoding == "WINDOWS-1252")
  }

  @Test func wideRowsGoThroughThePipe() throws {
    let columns = (0..<4000).map { index in
      Column(
        name: "c\(index)",
        values: index % 7 == 3
          ? .text(TextColumn([String(repeating: "w", count: 300), nil, "x\(index)"]))
          : .number([Double(index), Missing.plain.value, -1 - Double(index)]))
    }
    let wide = try Table(columns: columns, rowCount: 3)
    for name in ["w.sas7bdat", "w.xpt"] {
      try TableWriter.write(wide, to: folder.file(name))
      let difference = SameTable.difference(wide, try TableReader.read(folder.file(name)).table)
      #expect(difference == nil, "\(name): \(difference?.prefix(300) ?? "")")
    }
  }

  @Test func formatsOfDatesAndTimes() {
    let units: [(String, MomentUnit?)] = [
      ("DATE9.", .date), ("date", .date), ("DDMMYYP10.", .date), ("YYMMDDN8.", .date), ("E8601DA10.", .date),
      ("YYQ6.", .date), ("WEEKDATX29.", .date), ("MONYY7.", .date), ("JULIAN5", .date), ("NLDATEW.", .date),
      ("DATETIME20.3", .dateTime), ("E8601DT26.6", .dateTime), ("DTDATE9", .dateTime), ("E8601DN10.", .dateTime),
      ("NLDATM.", .dateTime), ("TIME8.", .time), ("HHMM5.", .time), ("E8601TM12.3", .time), ("BEST12.", nil),
      ("$20.", nil), ("", nil), ("DOLLAR10.2", nil), ("PERCENT8.2", nil), ("Z5.", nil), ("DATESTYLE.", nil),
      ("F8.2", nil),
    ]
    for (format, unit) in units { #expect(SasFormats.unit(of: format) == unit, "\(format)") }
  }
}
