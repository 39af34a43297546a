internal import CProcess
internal import Foundation

/// A program that goes on when its starter ends: in a session of its own, with its standard output and error in files, and with no
/// other descriptor. Who it is lies in a file, so that another process finds it again.
@_spi(Run) public struct DetachedProgram: Sendable, Hashable {
  /// Its number.
  public let process: Int32
  /// When it said so, in nanoseconds since the machine began.
  private let moment: UInt64
  private let boot: String

  /// Starts `program`, a path, in `folder`.
  ///
  /// - Parameters:
  ///   - output: a new file for standard output, readable by this user only; `errors` likewise.
  ///   - note: a new file that says who it is, from the moment on at which it may run.
  /// - Throws: `Faults` (io) where a file cannot be made or the program cannot be started.
  public static func start(
    _ program: String, _ arguments: [String], environment: [String: String], in folder: String, output: String,
    errors: String, note: String
  ) throws -> DetachedProgram {
    var opened: [Int32] = []
    defer { for descriptor in opened { SystemCall.close(descriptor) } }
    let input = SystemCall.repeated { open("/dev/null", O_RDONLY | O_CLOEXEC) }
    guard input >= 0 else { throw FileSystem.failure("/dev/null", "cannot be opened") }
    opened.append(input)
    for path in [output, errors, note] {
      let descriptor = SystemCall.repeated {
        open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
      }
      guard descriptor >= 0 else { throw FileSystem.failure(path, "cannot be created") }
      opened.append(descriptor)
    }
    let boot = Self.currentBoot
    try Array("\(boot) ".utf8).withUnsafeBytes { try FileSystem.write($0, to: opened[3], of: note) }
    let words = ([program] + arguments).map { strdup($0) } + [nil]
    let settings = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + settings { free(text) } }
    var process: Int32 = 0
    let code = cutline_start_detached(program, words, settings, folder, Array(opened[0...2]), opened[3], &process)
    guard code == 0 else {
      throw Faults.io(program, "cannot be started: \(SystemCall.reason(code))", "See to the program and the folder.")
    }
    guard let own = DetachedProgram(note: note) else {
      throw Faults.io(note, "does not say who was started", "See to the disk.")
    }
    return own
  }

  /// Who was started, from its note; nil where nobody has got so far.
  public init?(note: String) {
    // What cannot be read is no note.
    guard let data = try? FileSystem.read(note, limit: 200) else { return nil }
    let words = String(decoding: data, as: UTF8.self).split(separator: " ")
    guard words.count == 3, data.last == UInt8(ascii: "\n"), let process = Int32(words[1]), process > 1,
      let moment = UInt64(words[2].dropLast())
    else { return nil }
    (self.process, self.moment, boot) = (process, moment, String(words[0]))
  }

  /// Whether it runs: a process of its number that began when it did, in this life of the machine, with `word` in its command line.
  public func isRunning(saying word: String) -> Bool {
    guard boot == Self.currentBoot,
      // A process that has gone has no such file.
      let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let name = status.lastIndex(of: ")")
    else { return false }
    let fields = status[name...].split(separator: " ")
    guard fields.count > 20, !["Z", "X", "x"].contains(fields[1]), let began = UInt64(fields[20]) else { return false }
    let tick = 1_000_000_000 / UInt64(max(1, sysconf(Int32(_SC_CLK_TCK))))
    guard began * tick <= moment + tick,
      let words = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(process)/cmdline"))
    else { return false }
    return words.range(of: Data(word.utf8)) != nil
  }

  /// Sends a signal to it and all that it has started in its group. It must be running: ask right before.
  public func signal(_ number: Int32) { kill(-process, number) }

  /// Waits for its end, at most `seconds`; it need not be a child of this process.
  ///
  /// - Returns: whether it has ended.
  public func hasEnded(within seconds: Double) -> Bool {
    let end = cutline_process_end(process)
    guard end >= 0 else {
      if errno == ESRCH { return true }
      // Without such descriptors it is looked after.
      usleep(UInt32(seconds * 1e6))
      return cutline_child_has_ended(process) != 0 && kill(process, 0) != 0
    }
    defer { SystemCall.close(end) }
    var one = [pollfd(fd: end, events: Int16(POLLIN), revents: 0)]
    return poll(&one, 1, Int32(seconds * 1000)) > 0
  }

  /// How a child of this process has ended, once; nil for another one's.
  public func reap() -> (code: Int32?, signal: Int32?)? {
    var status: Int32 = 0
    guard SystemCall.repeated({ waitpid(process, &status, 0) }) == process else { return nil }
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8 & 0xFF, nil) : (nil, signal)
  }

  private static var currentBoot: String {
    // Without one all lives of the machine are one.
    let text = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? ""
    let word = text.filter { $0.isHexDigit || $0 == "-" }
    return word.isEmpty ? "unknown" : word
  }
}
