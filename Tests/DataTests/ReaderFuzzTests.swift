import CutlineCore
import Foundation
import Testing

@testable import CutlineData

/// Seeded damage to small files: each ends in a table or in an error of ours, soon. `CUTLINE_FUZZ=100000` runs longer.
@Suite("Damaged files")
struct ReaderFuzzTests {
  private static let rounds = ProcessInfo.processInfo.environment["CUTLINE_FUZZ"].flatMap(Int.init)

  private static func damaged(_ original: [UInt8], _ generator: inout SplitMix) -> [UInt8] {
    var bytes = original
    for _ in 0...Int(generator.next() % 4) where !bytes.isEmpty {
      let place = Int(generator.next() % UInt64(bytes.count))
      // Half of the blows near the beginning, where the counts and offsets are.
      let at = generator.next() % 2 == 0 ? place % min(bytes.count, 1024) : place
      switch generator.next() % 8 {
      case 0: bytes.removeLast(Int(generator.next() % UInt64(bytes.count)))
      case 1: bytes[at] = UInt8(truncatingIfNeeded: generator.next())
      case 2: bytes[at] ^= 1 << UInt8(generator.next() % 8)
      case 3:
        for index in at..<min(bytes.count, at + Int(generator.next() % 64)) { bytes[index] = 0xFF }
      case 4:
        for index in at..<min(bytes.count, at + Int(generator.next() % 64)) { bytes[index] = 0 }
      case 5:
        let count = min(Int(generator.next() % 200), bytes.count - place)
        bytes.insert(contentsOf: bytes[place..<place + count], at: at)
      case 6:
        // A number that a count or offset may be: large, negative, or off by one.
        let word = [UInt32.max, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF, 0x0100_0000][Int(generator.next() % 5)]
        for index in 0..<min(4, bytes.count - at) { bytes[at + index] = UInt8(truncatingIfNeeded: word >> (8 * index)) }
      default: bytes[at] = bytes[at] &+ (generator.next() % 2 == 0 ? 1 : 255)
      }
    }
    return bytes
  }

  private static func run(
    _ originals: [(name: String, bytes: [UInt8])], rounds: Int, seed: UInt64, options: ReadOptions = ReadOptions()
  ) throws {
    let folder = try TemporaryFolder()
    var generator = SplitMix(state: seed)
    var tables = 0
    for round in 0..<rounds {
      let original = originals[round % originals.count]
      // The footer of a Parquet file, with its counts and offsets, is at the end.
      let isReversed = original.name.hasSuffix(".parquet") && round / originals.count % 3 > 0
      var bytes = damaged(isReversed ? original.bytes.reversed() : original.bytes, &generator)
      if isReversed { bytes.reverse() }
      let path = try folder.write(bytes, to: original.name)
      let start = ContinuousClock.now
      do {
        let result = try TableReader.read(path, options: options)
        tables += 1
        for column in result.table.columns {
          #expect(column.count == result.table.rowCount)
          if case .text(let text) = column.values {
            #expect(text.codes.allSatisfy { $0 >= -1 && $0 < text.distinctCount })
            #expect(String(validating: text.bytes, as: UTF8.self) != nil, "round \(round)")
          }
        }
      } catch let error as Faults {
        #expect([.data, .io].contains(error.exitCode) || options.member != nil, "round \(round): \(error)")
      }
      #expect(ContinuousClock.now - start < .seconds(60), "round \(round)")
    }
    // Some damage must be harmless and some must not, or nothing was tried.
    #expect(tables > 0 && tables < rounds)
  }

  private static func ours(_ names: [String]) throws -> [(name: String, bytes: [UInt8])] {
    let folder = try TemporaryFolder()
    let table = try WriterRoundTripTests.table()
    return try names.map { name in
      try TableWriter.write(table, to: folder.file(name))
      return (name, [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))))
    }
  }

  @Test func sas() throws {
    var originals = try Self.ours(["a.sas7bdat"])
    for name in ["cpp__cobb", "sas7bdat__people", "parso__mix_data_with_missing_char", "parso__date_leap_days"]
    where Shared.isPresent {
      originals.append((name + ".sas7bdat", try Shared.content("data/sas/\(name).sas7bdat")))
    }
    // Compressed ones by their own: they are larger.
    for name in ["cpp__test2", "cpp__test5", "cpp__test16", "sas7bdat__dates_null"] where Shared.isPresent {
      originals.append((name + ".sas7bdat", try Shared.content("data/sas/\(name).sas7bdat")))
    }
    originals.append(("long.sas7bdat", try SasHardeningTests.longCopiesBytes()))
    try Self.run(originals, rounds: Self.rounds ?? 800, seed: 1)
  }

  @Test func oneOfSeveralTransportTables() throws {
    let one = try Self.ours(["a.xpt"])[0].bytes
    var options = ReadOptions()
    options.member = "dataset"
    try Self.run([("two.xpt", one + one[240...])], rounds: Self.rounds ?? 300, seed: 4, options: options)
  }

  @Test func otherSigns() throws {
    var options = ReadOptions()
    options.quote = "'"
    options.escape = "\\"
    options.comment = "#"
    options.skipLines = 1
    options.dateFormats = ["%Y%m%d", "%d/%m/%Y"]
    let text = "x\n# remark\nid;amount;when\n1;2,5;20200101\n2;'x\\';y';\n#z\n3;a\\;b;31/12/2021\n"
    try Self.run([("o.csv", Array(text.utf8))], rounds: Self.rounds ?? 1500, seed: 5, options: options)
  }

  @Test func transport() throws {
    try Self.run(try Self.ours(["a.xpt"]), rounds: Self.rounds ?? 400, seed: 2)
  }

  @Test(.enabled(if: ParquetFiles.arePresent, ParquetFiles.missing))
  func parquet() throws {
    let names = [
      "one_row", "integers", "texts", "texts_plain", "moments", "floats", "int96", "nested", "codec_none_1",
      "codec_none_2", "codec_zstd_1", "encodings", "checksums",
    ]
    let originals = try names.map { name in
      let bytes = try Data(contentsOf: URL(fileURLWithPath: ParquetFiles.path(name + ".parquet")))
      return (name + ".parquet", [UInt8](bytes))
    }
    try Self.run(originals, rounds: Self.rounds ?? 800, seed: 4)
  }

  @Test func csv() throws {
    var originals = try Self.ours(["a.csv", "b.csv.gz"])
    originals.append(("c.csv", Array("id;amount;when\n1;2,5;2020-01-01\n2;\"x;y\";\n3;\"a\"\"b\";2021-02-03\n".utf8)))
    let wide = Array("a\tb\nÅ\t1\n".utf16)
    originals.append(("d.tsv", [0xFF, 0xFE] + wide.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }))
    try Self.run(originals, rounds: Self.rounds ?? 3000, seed: 3)
  }
}
