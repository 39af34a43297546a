@_spi(Run) internal import CutlineCore
internal import Glibc

/// An open regular file and its first bytes. What comes through a pipe is put into a nameless temporary file first.
final class InputFile {
  let path: String
  var descriptor: Int32 { file.descriptor }
  var size: Int { file.stamp.size }
  let isGzip: Bool
  /// The first bytes after decompression.
  let head: [UInt8]
  private let file: OpenedFile

  /// - Parameter path: `-` is standard input.
  /// - Throws: `Faults` (io) when it is missing, cannot be read or is no file.
  init(path: String) throws {
    self.path = path
    file = try OpenedFile(path)
    let raw = try Self.read(file.descriptor, path, count: 512, at: 0)
    isGzip = raw.count >= 2 && raw[0] == 0x1F && raw[1] == 0x8B
    head = isGzip ? try GzipStream(descriptor: file.descriptor, path: path, owner: nil).read(upTo: 512) : raw
  }

  /// Does what takes the file's content, and looks at its end whether it still was the same file.
  /// - Throws: what `body` throws; of a file that changed meanwhile nothing else.
  func whileUnchanged<Result>(_ body: () throws -> Result) throws -> Result {
    let result: Result
    do { result = try body() } catch {
      try file.check()
      throw error
    }
    try file.check()
    return result
  }

  /// The format by content, then by name.
  /// - Throws: `Faults` (data) for known formats of other kinds, which would be nonsense as text.
  func detectedFormat() throws -> TableFormat {
    let sas: [UInt8] = [0xC2, 0xEA, 0x81, 0x60, 0xB3, 0x14, 0x11, 0xCF, 0xBD, 0x92]
    if head.count >= 32, Array(head[12..<22]) == sas { return .sas7bdat }
    if head.starts(with: Array("PAR1".utf8)) || head.starts(with: Array("PARE".utf8)) { return .parquet }
    if head.starts(with: Array("HEADER RECORD*******LIB".utf8)) { return .xpt }
    var name = path.lowercased()
    if name.hasSuffix(".gz") { name.removeLast(3) }
    if name.hasSuffix(".sas7bdat") { return .sas7bdat }
    if name.hasSuffix(".xpt") || name.hasSuffix(".xport") { return .xpt }
    if name.hasSuffix(".parquet") { return .parquet }
    let marks: [([UInt8], String)] = [
      (Array("PK\u{3}\u{4}".utf8), "a zip archive or workbook"), (Array("SQLite format 3".utf8), "SQLite"),
      (Array("BZh".utf8), "compressed by bzip2"), ([0x28, 0xB5, 0x2F, 0xFD], "compressed by Zstandard"),
      ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "compressed by xz"), ([0xD0, 0xCF, 0x11, 0xE0], "an old workbook (.xls)"),
      (Array("Obj\u{1}".utf8), "Avro"), (Array("ARROW1".utf8), "Arrow"), (Array("$FL2".utf8), "SPSS"),
    ]
    for (mark, kind) in marks where head.starts(with: mark) {
      throw Faults.data(path, "the content is \(kind), which is not read here", "Give SAS7BDAT, XPT, Parquet or CSV.")
    }
    return .csv
  }

  /// A fresh pass over the file's bytes, decompressed where need be.
  func bytes() throws -> any ByteStream {
    guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw Self.error(path, errno) }
    return isGzip
      ? try GzipStream(descriptor: descriptor, path: path, owner: self)
      : PlainStream(descriptor: descriptor, path: path, owner: self)
  }

  static func error(_ path: String, _ code: Int32) -> Faults { OpenedFile.failure(path, code) }

  private static func read(_ descriptor: Int32, _ path: String, count: Int, at offset: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let got = bytes.withUnsafeMutableBytes { SystemCall.read(descriptor, into: $0, at: offset) }
    guard got >= 0 else { throw error(path, errno) }
    return Array(bytes[..<got])
  }
}
