internal import Foundation
internal import Synchronization

/// What must not outlive the program when a signal ends it: files and folders that are still being made.
@_spi(Run) public enum Unfinished {
  private static let paths = Mutex<[String]>([])
  /// Held while something is put in its place, and for good once the program ends.
  private static let step = NSRecursiveLock()

  public static func add(_ path: String) { paths.withLock { $0.append(path) } }

  /// A folder that goes only when it is empty by then.
  public static func addFolder(_ path: String) { add(path + "/") }

  public static func remove(_ path: String) {
    paths.withLock { all in all.removeAll { $0 == path || $0 == path + "/" } }
  }

  /// A step that a signal must not divide. Once the program is ending it does not begin, and does not return.
  public static func undisturbed<Result>(_ body: () throws -> Result) rethrows -> Result {
    step.lock()
    defer { step.unlock() }
    return try body()
  }

  /// Removes all of it, the latest first, and lets nobody make more: to be called when the program ends by a signal.
  public static func endAll() {
    step.lock()
    // What cannot be removed now is removed by the next writer of its name.
    for path in paths.withLock({ $0.reversed() }) {
      if path.hasSuffix("/") { rmdir(path) } else { try? FileSystem.remove(path) }
    }
  }
}
