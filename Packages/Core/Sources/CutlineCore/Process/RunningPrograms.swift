internal import Foundation
internal import Synchronization

/// The programs that stages have started and that still run: what must end when this program does.
public enum RunningPrograms {
  private static let groups = Mutex<[pid_t: String]>([:])

  /// Kills all of them with their process groups and removes their folders, before the program itself ends by a signal.
  public static func endAll() {
    groups.withLock { groups in
      for (group, folder) in groups {
        kill(-group, SIGKILL)
        PrivateFolder.remove(folder)
      }
    }
  }

  static func add(_ group: pid_t, folder: String) { groups.withLock { $0[group] = folder } }
  static func remove(_ group: pid_t) { groups.withLock { $0[group] = nil } }
}
