import CutlineTesting
import Foundation
import Testing

/// Broken files through the whole tool: a table or one clear error, little memory, no hang.
@Suite struct HostileFileTests {
  private static let folders = ["data/sas_corrupt", "data/csv_torture"].compactMap {
    SharedFiles.path($0, from: #filePath)
  }

  private static var files: [String] {
    folders.flatMap { folder in
      (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []).sorted()
        .map { folder + "/" + $0 }
        .filter { ["csv", "tsv", "sas7bdat", "txt"].contains(($0 as NSString).pathExtension) }
    }
  }

  @Test(.enabled(if: folders.count == 2, "needs the folder of real files beside the repository"))
  func everyOneEndsInATableOrOneError() throws {
    let files = Self.files
    #expect(files.count > 40)
    for file in files {
      let (code, peak) = try run(["table", file])
      let name = (file as NSString).lastPathComponent
      #expect([0, 3, 7].contains(code), "\(name) ends with \(code)")
      // A child begins with the peak of the process that starts it.
      var own = rusage()
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &own)
      #expect(peak < max(512 << 20, own.ru_maxrss * 1024 + 1), "\(name) takes \(peak >> 20) MiB")
    }
  }

  /// The exit code, and the peak memory of the tool and the reader that it starts.
  private func run(_ arguments: [String]) throws -> (code: Int32, peak: Int) {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    var words: [UnsafeMutablePointer<CChar>?] = ([Tool.executable] + arguments).map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    try #require(posix_spawn(&child, Tool.executable, &actions, nil, words, environ) == 0)
    var status: Int32 = 0
    var usage = rusage()
    while wait4(child, &status, 0, &usage) < 0 { try #require(errno == EINTR) }
    let signal = status & 0x7F
    return (signal == 0 ? (status >> 8) & 0xFF : 128 + signal, usage.ru_maxrss * 1024)
  }
}
