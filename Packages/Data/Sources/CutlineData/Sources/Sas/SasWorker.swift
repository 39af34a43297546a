internal import CSystem
internal import CutlineCore
internal import Glibc

/// The reader program for one SAS file: started, listened to, and ended.
final class SasWorker {
  private let path: String
  private let process: pid_t
  private let control: Int32
  private let output: Int32
  private let patienceMilliseconds: Int32
  private var isReaped = false

  /// Starts `program` on the open file.
  ///
  /// - Throws: `FileError` when it cannot be started.
  init(program: String, path: String, descriptor: Int32, fileSize: Int, encoding: String?) throws {
    self.path = path
    // Longer than its limit of processor time, so that only a reader that waits for something runs into it.
    patienceMilliseconds = Int32(min(600_000, 15_000 + fileSize / 4000))
    var process: pid_t = 0
    var control: Int32 = -1
    var output: Int32 = -1
    let code = cutline_start_reader(program, encoding ?? "", descriptor, &process, &control, &output)
    guard code == 0 else { throw Self.failed(program, code) }
    self.process = process
    self.control = control
    self.output = output
  }

  deinit {
    if !isReaped {
      kill(process, SIGKILL)
      _ = reap()
    }
    close(control)
    close(output)
  }

  /// Reads exactly `count` bytes.
  /// - Returns: false where the program has ended before the first of them.
  func read(into place: UnsafeMutableRawPointer, count: Int) throws -> Bool {
    var done = 0
    while done < count {
      var wait = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      let ready = poll(&wait, 1, patienceMilliseconds)
      if ready < 0, errno == EINTR { continue }
      if ready == 0 {
        throw DataError(
          path, "reading it has made no progress for \(patienceMilliseconds / 1000) s and was given up",
          "Check the file, and the disk or network that it lies on.")
      }
      let got = Glibc.read(output, place + done, count - done)
      if got < 0, errno == EINTR { continue }
      if got < 0 { throw Self.failed(path, errno) }
      if got == 0 {
        if done == 0 { return false }
        throw stopped()
      }
      done += got
    }
    return true
  }

  /// Answers the program's question. That it may be gone is noticed when it is listened to again.
  func send(_ bytes: [UInt8]) {
    var done = 0
    bytes.withUnsafeBytes { buffer in
      while done < buffer.count, let start = buffer.baseAddress {
        let sent = Glibc.send(control, start + done, buffer.count - done, Int32(MSG_NOSIGNAL))
        if sent < 0, errno == EINTR { continue }
        if sent <= 0 { return }
        done += sent
      }
    }
  }

  /// Why the program has ended without a word.
  func stopped() -> DataError {
    let status = reap()
    let signal = status & 0x7F
    let advice = "The file is damaged, or not what its name says; get it again from where it came."
    switch signal {
    case 0:
      return DataError(path, "reading it ended early, with status \(status >> 8 & 0xFF)", advice)
    case SIGXCPU, SIGKILL:
      return DataError(path, "reading it took far longer than a file of its size should and was stopped", advice)
    default:
      return DataError(
        path, "reading it failed inside the parser: signal \(signal), \(String(cString: strsignal(signal)))", advice)
    }
  }

  private func reap() -> Int32 {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    isReaped = true
    return status
  }

  private static func failed(_ what: String, _ code: Int32) -> FileError {
    FileError(
      what, "the reader for SAS files cannot be run: \(String(cString: strerror(code)))",
      "It is installed as cutline-sas-reader beside the program; install both together.")
  }
}
