@_spi(Run) internal import CutlineCore
internal import Foundation

/// Says that one process writes to a store, as long as this value lives.
///
/// It is a lock of the system (`flock`) and ends with the process, however that ends; what stands in the file is for the sentence
/// that another one gets.
final class StoreLock: Sendable {
  private let descriptor: Int32

  /// - Parameter waitSeconds: how long one waits for another process to end.
  /// - Throws: `Faults` (integrity) where another process has it, `Faults` (io).
  init(_ place: StorePlace, waitSeconds: Double) throws {
    let path = place.lock
    let descriptor = Unfinished.undisturbed {
      SystemCall.repeated { open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600) }
    }
    guard descriptor >= 0 else { throw FileSystem.failure(path, "cannot be made; it says who writes to the store") }
    let end = FileStamp.now() + Int(waitSeconds * 1e9)
    while SystemCall.repeated({ flock(descriptor, LOCK_EX | LOCK_NB) }) != 0 {
      guard errno == EWOULDBLOCK else {
        SystemCall.close(descriptor)
        throw FileSystem.failure(path, "cannot be locked")
      }
      guard FileStamp.now() < end else {
        let holder = Self.holder(descriptor)
        SystemCall.close(descriptor)
        throw Faults.integrity(
          place.stated, "is open for writing in another process\(holder)",
          "Ask that one (cutline serve), or wait until it has ended: one process writes to a store.")
      }
      usleep(20_000)
    }
    self.descriptor = descriptor
    let text = Array("process \(getpid()) since \(Self.startTicks()), boot \(Self.boot())\n".utf8)
    // Who has the lock is a courtesy: that it cannot be written does not matter.
    ftruncate(descriptor, 0)
    _ = text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
  }

  /// The file stays: who would remove it could take it from another one that has just opened it.
  deinit { SystemCall.close(descriptor) }

  private static func holder(_ descriptor: Int32) -> String {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 200, alignment: 1)
    defer { buffer.deallocate() }
    let count = SystemCall.read(descriptor, into: buffer, at: 0)
    let text = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    return text.prefixMatch(of: /process (\d+)/).map { ", number \($0.1)" } ?? ""
  }

  private static func boot() -> String {
    // For the sentence only.
    ((try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? "unknown")
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// When this process began, in ticks since the machine did.
  private static func startTicks() -> String {
    let text = (try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8)) ?? ""  // as above
    let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
    return fields.count > 20 ? String(fields[20]) : "unknown"
  }
}
