internal import CProcess
public import Foundation

/// The folder in which a program has left its output: read strictly, and nothing may be left over.
public final class ExchangeFolder {
  /// The largest file that is read.
  static let fileLimit = 1 << 30

  public let path: String
  /// What is in the folder: paths relative to it, sorted.
  public let names: [String]
  private var taken: Set<String> = []

  /// - Throws: `Faults` (data) when the folder was replaced, or holds something that is no regular file.
  public init(_ path: String) throws {
    self.path = path
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw Faults.data("output", "the folder is gone, or is no folder any more", "Write files into it and leave it.")
    }
    // Folders that hold nothing are nothing.
    names = try FileSystem.filesBelow(path).filter { !$0.hasSuffix("/") }
  }

  public func has(_ name: String) -> Bool { names.contains(name) }

  /// The bytes of a file.
  /// - Throws: `Faults` (data) when it is not there, no regular file or too large.
  public func data(_ name: String) throws -> Data {
    guard has(name) else {
      let found = names.isEmpty ? "the folder is empty" : "found \(names.prefix(5).joined(separator: ", "))"
      throw Faults.data(name, "was not written; \(found)", "Write it into the output folder before ending.")
    }
    take(name)
    let descriptor = cutline_open_regular("\(path)/\(name)")
    guard descriptor >= 0 else {
      let reason =
        errno == EINVAL || errno == ELOOP ? "is no regular file" : "cannot be read: \(SystemCall.reason())"
      throw Faults.data(name, reason, "Write it as a plain file.")
    }
    defer { SystemCall.close(descriptor) }
    var data = Data()
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { block.deallocate() }
    while data.count <= Self.fileLimit {
      let count = SystemCall.read(descriptor, into: block, at: data.count)
      guard count >= 0 else {
        throw Faults.data(name, "cannot be read: \(SystemCall.reason())", "Write it as a plain file.")
      }
      if count == 0 { break }
      data.append(contentsOf: block[..<count])
    }
    guard data.count <= Self.fileLimit else {
      throw Faults.data(name, "is larger than \(Self.fileLimit >> 20) MiB", "Write less.")
    }
    return data
  }

  /// `name` is part of the output.
  func take(_ name: String) { taken.insert(name) }

  /// The value in a JSON file: no unknown key, none missing, no NaN.
  public func json<Value: Codable>(_ type: Value.Type, from name: String) throws -> Value {
    try ExchangeJSON.decode(type, from: data(name), file: name)
  }

  /// The records of a CSV file with exactly these columns, in any order.
  public func csv(_ name: String, columns: [String]) throws -> ExchangeCSV {
    try ExchangeCSV(data(name), file: name, columns: columns)
  }

  /// - Throws: `Faults` (data) naming a file that nobody has asked for.
  func refuseOthers(_ type: any Artifact.Type) throws {
    guard let other = names.first(where: { !taken.contains($0) }) else { return }
    throw Faults.data(
      other, "is not part of \(type.phrase)",
      "Leave only the files of the output there (read: \(taken.sorted().joined(separator: ", "))); "
        + "files of the program's own belong into its TMPDIR.")
  }

  /// Writes a new file; it does not have to survive a power failure.
  public static func write(_ bytes: UnsafeRawBufferPointer, to path: String) throws {
    let writer = try ExchangeWriter(path)
    try writer.append(bytes)
    try writer.finish()
  }
}

/// Writes one file in large pieces.
public final class ExchangeWriter {
  private let path: String
  private let descriptor: Int32
  private var buffer: [UInt8] = []

  /// - Throws: `Faults` (io).
  public init(_ path: String) throws {
    self.path = path
    descriptor = FileSystem.create(path, mode: 0o600)
    guard descriptor >= 0 else { throw FileSystem.failure(path, "cannot be created") }
    buffer.reserveCapacity(1 << 20)
  }

  deinit { SystemCall.close(descriptor) }

  public func append(_ text: String) throws {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= 1 << 20 { try flush() }
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws {
    try flush()
    try write(bytes)
  }

  /// Writes what is left.
  public func finish() throws { try flush() }

  private func flush() throws {
    try buffer.withUnsafeBytes { try write($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  private func write(_ bytes: UnsafeRawBufferPointer) throws {
    try FileSystem.write(bytes, to: descriptor, of: path)
  }
}
