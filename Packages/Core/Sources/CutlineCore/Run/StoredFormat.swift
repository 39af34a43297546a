public import Foundation

/// The rule of formats: what is stored carries its format and the version of cutline that wrote it. All older formats
/// are read; a newer one is refused with the version that wrote it, as whatever it holds besides would be misread.
///
/// A format is written as its name and a number from 1: `cutline-run-2`.
public struct StoredFormat: Sendable {
  public let name: String
  /// What is written now.
  public let number: Int
  /// What it is called in sentences: `manifest`.
  public let thing: String

  public init(_ name: String, _ number: Int, _ thing: String) {
    self.name = name
    self.number = number
    self.thing = thing
  }

  /// As it is written.
  public var text: String { "\(name)-\(number)" }

  private struct Header: Decodable {
    let format: String
    let version: String?
  }

  /// Whether `data` is of a format that this version does not know yet.
  @_spi(Run) public func isNewer(_ data: Data) -> Bool {
    guard let header = try? header(data), let found = number(of: header.format) else { return false }  // damaged
    return found > number
  }

  private func number(of text: String) -> Int? {
    guard let found = Int(text.dropFirst(name.count + 1)), found > 0, "\(name)-\(found)" == text else { return nil }
    return found
  }

  /// The version of cutline that wrote a file, whatever its format; nil where that cannot be said.
  public static func writer(of path: String) -> String? {
    // Only for a sentence about something else that is wrong.
    guard let data = try? FileSystem.read(path, limit: 1 << 28) else { return nil }
    return (try? CanonicalJSON.decode(Header.self, from: data))?.version
  }

  private func header(_ data: Data) throws -> Header { try CanonicalJSON.decode(Header.self, from: data) }

  /// The number of the format in which `data`, a JSON object with `format` and perhaps `version`, was written.
  ///
  /// - Parameter writer: the version of cutline that wrote it, where the file itself does not say so.
  /// - Throws: `Faults` (integrity) when it is another thing, garbage, or of a newer format.
  public func check(_ data: Data, at path: String, writer: String? = nil) throws(Faults) -> Int {
    let header: Header
    do { header = try self.header(data) } catch {
      throw Faults.integrity(path, "is no \(thing): it is damaged, or something else", "Restore it or run again.")
    }
    guard let found = number(of: header.format) else {
      throw Faults.integrity(
        path, "is no \(thing): its format is \(Self.shown(header.format).debugDescription), not \(text)",
        "Name a file that cutline wrote.")
    }
    try check(found, at: path, writer: header.version ?? writer)
    return found
  }

  /// - Throws: `Faults` (integrity) when `found` is newer than this version knows.
  public func check(_ found: Int, at path: some Location, writer: String? = nil) throws(Faults) {
    guard found > number else { return }
    let version = writer.map { "cutline \(Self.shown($0))" } ?? "a newer cutline"
    throw Faults.integrity(
      path, "was written by \(version) in a newer format, \(name)-\(found); this version reads up to \(text)",
      "Use \(version) or a later one.")
  }

  // It comes from a file that may hold anything.
  private static func shown(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.prefix(60).filter { $0.value >= 32 && $0.value != 127 }))
  }
}
