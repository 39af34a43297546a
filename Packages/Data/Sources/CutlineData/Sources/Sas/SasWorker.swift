internal import CSystem
@_spi(Run) internal import CutlineCore
internal import Dispatch
internal import Glibc

/// The reader program for one SAS file: started, listened to, and ended.
final class SasWorker: SasProgram {
  private let path: String
  private var reader = cutline_reader()
  private let patienceMilliseconds: Int32
  private var isReaped = false
  private var isRunning = false
  /// As in `protocol.h`.
  static let slotCount = 3
  static let slotBytes = 192 << 10

  /// Starts `program` on the open file.
  ///
  /// - Throws: `Faults` (io) when it cannot be started.
  init(program: String, path: String, descriptor: Int32, fileSize: Int, options: ReadOptions) throws {
    self.path = path
    // Longer than its limit of processor time, so that only a reader that waits for something runs into it.
    patienceMilliseconds = Int32(clamping: options.sasPatienceMilliseconds ?? min(600_000, 15_000 + fileSize / 4000))
    let code = cutline_start_reader(
      program, options.encoding ?? "", options.member ?? "", descriptor, Self.slotCount * Self.slotBytes, &reader)
    guard code == 0 else {
      isReaped = true
      throw Self.failed(program, code)
    }
    isRunning = true
  }

  deinit {
    if !isReaped {
      kill(reader.process, SIGKILL)
      _ = reap()
    }
    if isRunning { cutline_release_reader(&reader) }
  }

  /// A part of the common memory; the program may change it at any time, so that nothing in it is read twice.
  /// - Returns: nil for a slot or count that does not exist.
  func slot(_ slot: Int, count: Int) -> UnsafeRawBufferPointer? {
    guard slot >= 0, slot < Self.slotCount, count >= 0, count <= Self.slotBytes, let shared = reader.shared else {
      return nil
    }
    return UnsafeRawBufferPointer(start: shared + slot * Self.slotBytes, count: count)
  }

  /// Lets the program fill a slot again.
  func releaseSlot() {
    var one: UInt64 = 1
    // It cannot fail short of a counter at its end, which the program would have to be gone for.
    SystemCall.repeated { write(reader.free, &one, 8) }
  }

  /// Reads exactly `count` bytes.
  /// - Returns: false where the program has ended before the first of them.
  func read(into place: UnsafeMutableRawPointer, count: Int) throws -> Bool {
    var done = 0
    while done < count {
      let got = SystemCall.repeated { Glibc.read(reader.output, place + done, count - done) }
      if got < 0, errno == EAGAIN {
        try wait(forMessage: done == 0)
        continue
      }
      if got < 0 { throw Self.failed(path, errno) }
      if got == 0 {
        if done == 0 { return false }
        throw stopped()
      }
      done += got
    }
    return true
  }

  /// Sleeps until there is something to read: at the beginning of a message until the counter is raised, which says so
  /// without moving this thread to the program's processor; within one until the pipe has more.
  private func wait(forMessage isBeginning: Bool) throws {
    var both = [
      pollfd(fd: reader.output, events: isBeginning ? 0 : Int16(POLLIN), revents: 0),
      pollfd(fd: reader.ready, events: isBeginning ? Int16(POLLIN) : 0, revents: 0),
    ]
    let ready = poll(&both, 2, patienceMilliseconds)
    if ready == 0 {
      throw Faults.data(
        path, "reading it has made no progress for \(patienceMilliseconds / 1000) s and was given up",
        "Check the file, and the disk or network that it lies on.")
    }
    var count: UInt64 = 0
    if isBeginning { SystemCall.repeated { Glibc.read(reader.ready, &count, 8) } }
  }

  /// Answers the program's question. That it may be gone is noticed when it is listened to again.
  func send(_ bytes: [UInt8]) {
    var done = 0
    bytes.withUnsafeBytes { buffer in
      while done < buffer.count, let start = buffer.baseAddress {
        let sent = SystemCall.repeated {
          Glibc.send(reader.control, start + done, buffer.count - done, Int32(MSG_NOSIGNAL))
        }
        if sent <= 0 { return }
        done += sent
      }
    }
  }

  /// Lets the program end in its own time, after it has said everything.
  func leave() {
    guard !isReaped else { return }
    isReaped = true
    let process = reader.process
    DispatchQueue.global().async {
      var status: Int32 = 0
      SystemCall.repeated { waitpid(process, &status, 0) }
    }
  }

  /// Why the program has ended without a word.
  func stopped() -> Faults {
    let status = reap()
    let signal = status & 0x7F
    let advice = "The file is damaged, or not what its name says; get it again from where it came."
    switch signal {
    case 0:
      return Faults.data(path, "reading it ended early, with status \(status >> 8 & 0xFF)", advice)
    case SIGXCPU, SIGKILL:
      return Faults.data(path, "reading it took far longer than a file of its size should and was stopped", advice)
    default:
      return Faults.data(
        path, "reading it failed inside the parser: signal \(signal), \(String(cString: strsignal(signal)))", advice)
    }
  }

  private func reap() -> Int32 {
    var status: Int32 = 0
    SystemCall.repeated { waitpid(reader.process, &status, 0) }
    isReaped = true
    return status
  }

  private static func failed(_ what: String, _ code: Int32) -> Faults {
    Faults.io(
      what, "the reader for SAS files cannot be run: \(SystemCall.reason(code))",
      "It is installed as cutline-sas-reader beside the program; install both together.")
  }
}
