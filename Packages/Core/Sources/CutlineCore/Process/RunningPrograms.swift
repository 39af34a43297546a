internal import Foundation
internal import Synchronization

/// The programs that stages have started and that still run: what must end when this program does.
public enum RunningPrograms {
  private static let groups = Mutex<Set<pid_t>>([])

  /// Kills all of them with their process groups, before the program itself ends by a signal.
  public static func endAll() {
    groups.withLock { groups in for group in groups { kill(-group, SIGKILL) } }
  }

  static func add(_ group: pid_t) { groups.withLock { _ = $0.insert(group) } }
  static func remove(_ group: pid_t) { groups.withLock { _ = $0.remove(group) } }
}
