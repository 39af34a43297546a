import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineData

/// Files of our own making, so that a clone's tests are complete.
@Suite("Reading Parquet", .enabled(if: ParquetFiles.arePresent, ParquetFiles.missing))
struct ParquetReaderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: ParquetFiles.names)
  func tableEqualsWhatWasWritten(name: String) throws {
    let result = try TableReader.read(ParquetFiles.path(name))
    let expected = try #require(ParquetFiles.expected[name])
    #expect(ParquetFiles.differences(result.table, expected) == [])
    #expect(result.facts.format == .parquet && result.facts.rowCount == result.table.rowCount)
  }

  @Test func theFilesCoverEverySort() {
    #expect(ParquetFiles.names.count > 25)
    let types = Set(ParquetFiles.expected.values.joined().map(\.type))
    #expect(types == ["number", "text", "date", "dateTime", "time"])
  }

  @Test(arguments: ["many.parquet", "small_groups.parquet", "texts.parquet", "integers.parquet"])
  func anyNumberOfThreadsGivesTheSameTable(name: String) throws {
    let one = try TableReader.read(ParquetFiles.path(name))
    var options = ReadOptions()
    for workers in [2, 3, 16] {
      options.workers = workers
      let other = try TableReader.read(ParquetFiles.path(name), options: options)
      #expect(SameTable.difference(one.table, other.table) == nil)
      #expect(one.facts.notes == other.facts.notes)
    }
  }

  @Test func wantedColumns() throws {
    var options = ReadOptions()
    options.columns = ["count", "KEY"]
    options.columnKey = { $0.lowercased() }
    let table = try TableReader.read(ParquetFiles.path("many.parquet"), options: options).table
    #expect(table.names == ["key", "count"] && table.rowCount == 70_000)
    options.columns = ["cuont"]
    #expect {
      try TableReader.read(ParquetFiles.path("many.parquet"), options: options)
    } throws: { $0.faults(.data)?.description.contains("did you mean count") == true }
  }

  @Test func aDamagedColumnThatIsNotWantedIsNotRead() throws {
    var bytes = try content("codec_snappy_1.parquet")
    // The pages of the first column lie behind the first four bytes.
    for place in 40..<400 { bytes[place] ^= 0x5A }
    let path = try folder.write(bytes, to: "damaged.parquet")
    #expect {
      try TableReader.read(path)
    } throws: { $0.faults(.data)?.description.contains("damaged.parquet: column key: ") == true }
    var options = ReadOptions()
    options.columns = ["word", "amount"]
    #expect(try TableReader.read(path, options: options).table.rowCount == 700)
  }

  @Test func whatNoTableCanHoldIsLeftOutOrRefused() throws {
    let notes = try TableReader.read(ParquetFiles.path("nested.parquet")).facts.notes.map(\.shown)
    #expect(notes.count == 2)
    #expect(notes[0].hasSuffix("left out: list (lists), struct (structs), map (maps), span (spans of time)"))
    #expect(notes[1] == "column picture is left out, because its bytes are no text, first in row 2")
    for (name, said) in [
      ("list", "column list: it holds lists"), ("struct", "column struct: it holds structs"),
      ("map", "column map: it holds maps"), ("picture", "row 2, column picture: the text is not valid UTF-8"),
    ] {
      var options = ReadOptions()
      options.columns = ["id", name]
      let faults = expectFaults(.data) {
        try TableReader.read(ParquetFiles.path("nested.parquet"), options: options)
      }
      #expect(faults?.description.contains(said) == true, "\(name): \(String(describing: faults))")
    }
    #expect {
      try TableReader.read(ParquetFiles.path("latin.parquet"))
    } throws: { $0.faults(.data)?.description.contains("row 2, column name: the text is not valid UTF-8") == true }
  }

  @Test func whatIsSaidAboutCodesZonesAndNames() throws {
    let integers = try TableReader.read(ParquetFiles.path("integers.parquet")).facts.notes.map(\.shown)
    #expect(
      integers.count == 1
        && integers[0].hasSuffix(": text, because whole numbers are too large to be told apart as numbers")
        && integers[0].hasPrefix("columns ") && integers[0].split(separator: ",").count == 5, "\(integers)")
    let moments = try TableReader.read(ParquetFiles.path("moments.parquet")).facts.notes.map(\.shown)
    #expect(
      moments == [
        "columns zoned_s, zoned_ms, zoned_us, zoned_ns: moments of the zone America/Lima are in UTC here"
      ])
    let twice = try TableReader.read(ParquetFiles.path("twice.parquet"))
    #expect(twice.table.names == ["x", "x_2"] && twice.table.columns[1].originalName == "x")
    #expect(twice.facts.notes.count == 1)
    var options = ReadOptions()
    options.encoding = "latin1"
    let encoded = try TableReader.read(ParquetFiles.path("one_row.parquet"), options: options)
    #expect(encoded.facts.notes.map(\.shown) == ["text in Parquet is UTF-8; the character set latin1 was not used"])
  }

  @Test(arguments: ["encrypted_footer.parquet", "encrypted_column.parquet"])
  func encryptedFilesAreRefused(name: String) throws {
    let faults = expectFaults(.data) { try TableReader.read(ParquetFiles.path(name)) }
    #expect(
      faults?.description.hasSuffix("the file is encrypted, which is not read here. Write it without encryption.")
        == true)
  }

  @Test func aGzippedFileAndAFileOfAnyName() throws {
    let bytes = try content("codec_zstd_1.parquet")
    let plain = try TableReader.read(ParquetFiles.path("codec_zstd_1.parquet")).table
    let other = try TableReader.read(try folder.write(bytes, to: "export.dat"))
    #expect(SameTable.difference(plain, other.table) == nil)
    let file = try AtomicFile(path: folder.file("a.parquet.gz"), isCompressed: true)
    try bytes.withUnsafeBytes { try file.write($0) }
    try file.finish()
    let gzipped = try TableReader.read(folder.file("a.parquet.gz"))
    #expect(gzipped.facts.isCompressed && SameTable.difference(plain, gzipped.table) == nil)
  }

  @Test func filesThatAreNone() throws {
    let whole = try content("codec_none_1.parquet")
    for (bytes, said) in [
      ([UInt8](), "the file is empty"), (Array("a,b\n1,2\n".utf8), "does not begin like a Parquet file"),
      (Array("PAR1".utf8), "was cut off"), (Array("PAR1PAR1".utf8), "was cut off"),
      (Array(whole.dropLast()), "was cut off"), (Array(whole.prefix(1000)), "was cut off"),
      (Array("PAR1\u{4}\0\0\0PAR1".utf8), "it cannot be parsed"),
      (whole.dropLast(8) + [255, 255, 255, 127] + Array("PAR1".utf8), "it cannot be parsed"),
    ] {
      let path = try folder.write(bytes, to: "x.parquet")
      let faults = expectFaults(.data) { try TableReader.read(path) }
      #expect(faults?.description.contains(said) == true, "\(String(describing: faults))")
      #expect(faults?.all.count == 1 && faults?.description.contains("\n") == false)
    }
    #expect {
      try TableWriter.write(try Table(columns: [], rowCount: 0), to: folder.file("y.parquet"))
    } throws: { $0.faults(.usage)?.description.contains("Parquet is read, not written") == true }
  }

  @Test func moreThanAFileOfItsSizeCanHoldIsRefused() throws {
    let path = ParquetFiles.path("unfolding.parquet")
    let faults = expectFaults(.data) { try TableReader.read(path) }
    #expect(faults?.description.contains("unfolding.parquet: the content unfolds to more than 270 MiB") == true)
  }

  /// Where Arrow takes the footer and this reader does not, the file must be closed once and no more.
  @Test func negativeNumbersOfRowsAreRefused() throws {
    var bytes = try content("floats.parquet")
    // In the footer's encoding 9 is 0x12 and −10 is 0x13, behind the mark of a number of 64 bits.
    for place in bytes.indices.dropLast() where place > bytes.count / 4 && bytes[place] == 0x16 {
      if bytes[place + 1] == 0x12 { bytes[place + 1] = 0x13 }
    }
    let path = try folder.write(bytes, to: "negative.parquet")
    for _ in 0..<20 {
      let faults = expectFaults(.data) { try TableReader.read(path) }
      #expect(
        faults?.description.contains("its footer holds numbers of rows that cannot be") == true,
        "\(String(describing: faults))")
    }
  }

  @Test func theLibraryKeepsToItsMemory() throws {
    let (path, size) = (ParquetFiles.path("many.parquet"), try content("many.parquet").count)
    var options = ReadOptions()
    // Of the 256 MiB that every file is given less than the file's size is left: enough for the codes of the column, not
    // for a batch of its text.
    options.expansionLimit = -((256 << 20) - 1) / size
    options.columns = ["key"]
    let faults = expectFaults(.data) { try TableReader.read(path, options: options) }
    #expect(
      faults?.description.contains("column key: it asks for more memory than a file of its size needs") == true,
      "\(String(describing: faults))")
  }

  private func content(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: ParquetFiles.path(name))))
  }
}
