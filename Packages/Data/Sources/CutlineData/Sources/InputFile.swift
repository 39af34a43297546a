internal import CSystem
internal import CutlineCore
internal import Glibc

/// An open regular file and its first bytes. What comes through a pipe is put into a nameless temporary file first.
final class InputFile {
  let path: String
  let descriptor: Int32
  let size: Int
  let isGzip: Bool
  /// The first bytes after decompression.
  let head: [UInt8]

  /// - Parameter path: `-` is standard input.
  /// - Throws: `Faults` (io) when it is missing, cannot be read or is no file.
  init(path: String) throws {
    self.path = path
    descriptor = try Self.opened(path)
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let code = errno
      close(descriptor)
      throw Self.error(path, code)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw Faults.io(path, "is not a file", "Name a file with a table.")
    }
    size = Int(status.st_size)
    do {
      let raw = try Self.read(descriptor, path, count: 512, at: 0)
      isGzip = raw.count >= 2 && raw[0] == 0x1F && raw[1] == 0x8B
      if isGzip {
        let stream = try GzipStream(descriptor: descriptor, path: path, owner: nil)
        head = try stream.read(upTo: 512)
      } else {
        head = raw
      }
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit { close(descriptor) }

  /// The file, or what a pipe holds. A named pipe that nobody writes to is empty, and does not hang.
  private static func opened(_ path: String) throws -> Int32 {
    let descriptor = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw error(path, errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, [S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT) else {
      return descriptor
    }
    defer { close(descriptor) }
    _ = fcntl(descriptor, F_SETFL, 0)
    return try copied(descriptor, path)
  }

  private static func copied(_ pipe: Int32, _ path: String) throws -> Int32 {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    let copy = cutline_temporary_file(folder)
    func failure() -> Faults {
      Faults.io(
        folder, "what comes through \(path) cannot be kept there: \(String(cString: strerror(errno)))",
        "Set TMPDIR to a folder with enough room.")
    }
    guard copy >= 0 else { throw failure() }
    let block = UnsafeMutableRawPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { block.deallocate() }
    while true {
      let count = Glibc.read(pipe, block, 1 << 20)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        if count == 0 { break }
        let code = errno
        close(copy)
        throw error(path, code)
      }
      var done = 0
      while done < count {
        let written = write(copy, block + done, count - done)
        if written < 0, errno == EINTR { continue }
        guard written > 0 else {
          let fault = failure()
          close(copy)
          throw fault
        }
        done += written
      }
    }
    lseek(copy, 0, SEEK_SET)
    return copy
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

  static func error(_ path: String, _ code: Int32) -> Faults {
    Faults.io(path, "cannot be read: \(String(cString: strerror(code)))", "Check the path and the permissions.")
  }

  private static func read(_ descriptor: Int32, _ path: String, count: Int, at offset: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let got = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, count, off_t(offset)) }
    guard got >= 0 else { throw error(path, errno) }
    return Array(bytes[..<got])
  }
}
