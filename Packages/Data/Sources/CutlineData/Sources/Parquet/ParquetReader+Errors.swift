internal import CutlineCore
internal import Glibc

extension ParquetReader {
  private static let again = "The file is damaged; get it again from where it came."

  /// The first and the last four bytes of a file say whether it is whole.
  ///
  /// - Throws: `Faults` (data), without the library having been asked.
  static func checkEnds(path: String, descriptor: Int32, size: Int) throws {
    guard size > 0 else { throw Faults.data(path, "the file is empty", "Give a Parquet file with a table.") }
    let head = try bytes(descriptor, path, at: 0)
    let tail = try bytes(descriptor, path, at: max(0, size - 4))
    let (plain, encrypted) = (Array("PAR1".utf8), Array("PARE".utf8))
    if head == encrypted || (head == plain && tail == encrypted) { throw self.encrypted(path) }
    guard head == plain else {
      throw Faults.data(
        path, "it is said to be Parquet, but does not begin like a Parquet file",
        "Give the file a name that fits its content, or name its format.")
    }
    guard size >= 12, tail == plain else { throw damaged(path, "it does not end like a Parquet file: it was cut off") }
  }

  private static func bytes(_ descriptor: Int32, _ path: String, at offset: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 4)
    let got = pread(descriptor, &bytes, 4, off_t(offset))
    guard got >= 0 else { throw InputFile.error(path, errno) }
    return Array(bytes[..<got])
  }

  /// The error that the library reports, in words that say what to do.
  ///
  /// - Parameters:
  ///   - place: the file, perhaps with a column.
  ///   - code: as in `CParquet.h`.
  static func error(_ place: String, code: Int32, text: String) -> Faults {
    var words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    while words.hasSuffix(".") { words.removeLast() }
    let said = words.isEmpty ? "" : " (\(words.prefix(240)))"
    switch code {
    case ENOMEM: return Faults.data(place, "it asks for more memory than a file of its size needs", again)
    case ENOSYS, EINVAL:
      if ["encrypt", "decrypt"].contains(where: words.lowercased().contains) { return encrypted(place) }
      if code == EINVAL { return damaged(place, "it cannot be parsed\(said)") }
      return Faults.data(
        place, "it is stored in a way that is not read here\(said)",
        "Write the file again with another compression or encoding.")
    default: return Faults.io(place, "cannot be read: \(String(cString: strerror(code)))", "Check the disk.")
    }
  }

  static func damaged(_ place: String, _ problem: String) -> Faults { Faults.data(place, problem, again) }

  private static func encrypted(_ place: String) -> Faults {
    Faults.data(place, "the file is encrypted, which is not read here", "Write it without encryption.")
  }
}
