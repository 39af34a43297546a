internal import CProcess
internal import Foundation

/// Files that a program leaves in `output/files/` beside its artefact's: they are attached to the stage that it stands for.
extension ExchangeFolder {
  private static let attachedPrefix = "files/"
  static let attachedCountLimit = 10_000
  /// All of them together. They are copied, never held in memory.
  static let attachedByteLimit = 1 << 36

  /// The files to attach, under the paths that they will have in the run.
  /// - Throws: `Faults` (data) when there are too many, or one has a name that the run keeps for itself.
  func attachedPaths() throws -> [String] {
    let found = names.filter { $0.hasPrefix(Self.attachedPrefix) }
    guard found.count <= Self.attachedCountLimit else {
      throw Faults.data("output/files", "holds \(found.count) files", "Write at most \(Self.attachedCountLimit).")
    }
    return try found.map { name in
      take(name)
      let path = String(name.dropFirst(Self.attachedPrefix.count))
      guard RunPath.isFree(path) else {
        throw Faults.data(
          name, "is a name that the run keeps for itself", "Write it under another name, as files/data/….")
      }
      return path
    }
  }

  /// Copies them into the run.
  /// - Throws: `Faults` (data) for what is no regular file and for too many bytes; as `RunContext.attach`.
  func attach(_ paths: [String], to context: RunContext, byteLimit: Int = attachedByteLimit) async throws {
    var room = byteLimit
    for path in paths {
      try context.checkCancellation()
      try await context.attach(path, personal: true) { writer in
        room -= try copy(Self.attachedPrefix + path, to: writer, room: room)
      }
    }
  }

  private func copy(_ name: String, to writer: AttachedWriter, room: Int) throws -> Int {
    let descriptor = cutline_open_regular("\(path)/\(name)")
    guard descriptor >= 0 else {
      throw Faults.data(name, "is no regular file, or cannot be read", "Write it as a plain file.")
    }
    defer { close(descriptor) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { buffer.deallocate() }
    var total = 0
    while true {
      let count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw FileSystem.failure(name, "cannot be read") }
      if count == 0 { return total }
      total += count
      guard total <= room else {
        throw Faults.data(
          "output/files", "holds more than \(ExchangeFolder.attachedByteLimit >> 30) GiB", "Write less.")
      }
      try writer.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
  }
}
