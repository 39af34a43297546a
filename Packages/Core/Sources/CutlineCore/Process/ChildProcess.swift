internal import CProcess
internal import Foundation

/// How a program ended, with what it wrote to standard error.
struct ProgramEnding: Sendable {
  enum Cause: Sendable, Equatable {
    case status(Int32)
    case signal(Int32)
    case timeLimit
    case cancelled
  }
  let cause: Cause
  let errors: KeptText
}

/// Takes what a program writes to standard output, as it comes.
protocol ProgramListener: Sendable {
  mutating func take(_ bytes: UnsafeRawBufferPointer)
  /// Nothing more comes.
  mutating func finish()
  /// Whether nothing more is wanted: the program is then ended.
  var isFull: Bool { get }
}

extension ProgramListener {
  var isFull: Bool { false }
}

/// One program: started, listened to, and ended with all that it has started.
struct ChildProcess: Sendable {
  let program: String
  let arguments: [String]
  let environment: [String: String]
  let request: String
  let timeLimitSeconds: Double
  let memoryLimitMiB: Int

  /// Runs the program to its end and gives `listener` what it prints; a cancelled task kills it.
  ///
  /// - Throws: `StartFailure` when it cannot be started, `Faults` (io) when the system has no room for it.
  func run<Listener: ProgramListener>(_ listener: Listener) async throws -> (ending: ProgramEnding, heard: Listener) {
    let stop = try StopSignal()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        // A thread of its own: the kernel kills the program when the thread that started it ends.
        let thread = Thread { continuation.resume(with: Result { try follow(listener, stop) }) }
        thread.name = "cutline-process"
        thread.start()
      }
    } onCancel: {
      stop.raise()
    }
  }

  /// The program could not be started.
  struct StartFailure: Error {
    let code: Int32
  }

  private func follow<Listener: ProgramListener>(
    _ listener: Listener, _ stop: StopSignal
  ) throws -> (ending: ProgramEnding, heard: Listener) {
    var child = try start()
    RunningPrograms.add(child.process)
    var messages = listener
    var errors = KeptText()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { buffer.deallocate() }
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(timeLimitSeconds)
    var forced: ProgramEnding.Cause?
    while forced == nil, cutline_child_has_ended(child.process) == 0 {
      let left = (deadline - clock.now).inSeconds
      if left <= 0 {
        forced = .timeLimit
        break
      }
      // Without a descriptor for its end, it is looked after twenty times a second.
      let patience = child.ended >= 0 ? min(left, 60) : min(left, 0.05)
      var all = [child.output, child.errors, child.ended, stop.descriptor].map {
        pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
      }
      guard poll(&all, 4, Int32((patience * 1000).rounded(.up))) > 0 else { continue }
      if all[3].revents != 0 { forced = .cancelled }
      if all[0].revents != 0 { Self.read(&child.output, buffer) { messages.take($0) } }
      if messages.isFull { break }
      if all[1].revents != 0 { Self.read(&child.errors, buffer) { errors.take($0) } }
    }
    // Its number is not free before it is reaped, so that this can reach nobody else's group.
    kill(-child.process, SIGKILL)
    var status: Int32 = 0
    SystemCall.repeated { waitpid(child.process, &status, 0) }
    RunningPrograms.remove(child.process)
    // What is still in the pipes, and no more: something that left the group may go on writing.
    for _ in 0..<64 where child.output >= 0 { Self.read(&child.output, buffer) { messages.take($0) } }
    for _ in 0..<64 where child.errors >= 0 { Self.read(&child.errors, buffer) { errors.take($0) } }
    for descriptor in [child.output, child.errors, child.ended] where descriptor >= 0 { close(descriptor) }
    messages.finish()
    let signal = status & 0x7F
    let ending = ProgramEnding(
      cause: forced ?? (signal == 0 ? .status(status >> 8 & 0xFF) : .signal(signal)), errors: errors)
    return (ending, messages)
  }

  /// Reads once; at the end, and on any error, the descriptor is closed and becomes -1.
  private static func read(
    _ descriptor: inout Int32, _ buffer: UnsafeMutableRawBufferPointer, _ take: (UnsafeRawBufferPointer) -> Void
  ) {
    let count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
    if count > 0 { return take(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
    if count < 0, errno == EAGAIN || errno == EINTR { return }
    close(descriptor)
    descriptor = -1
  }

  private func start() throws -> cutline_child {
    var request = request
    let input = request.withUTF8 { cutline_memory_file($0.baseAddress, $0.count) }
    guard input >= 0 else { throw FileSystem.failure("standard input of \(program)", "cannot be made") }
    defer { close(input) }
    let words = ([program] + arguments).map { strdup($0) } + [nil]
    let settings = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + settings { free(text) } }
    var child = cutline_child()
    let code = cutline_start_child(program, words, settings, input, UInt64(memoryLimitMiB) << 20, &child)
    guard code == 0 else { throw StartFailure(code: code) }
    return child
  }
}

/// Wakes a thread that waits for descriptors.
private final class StopSignal: Sendable {
  let descriptor: Int32
  private let writer: Int32

  init() throws {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw FileSystem.failure("pipe", "cannot be made") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (descriptor, writer) = (ends[0], ends[1])
  }

  deinit {
    close(descriptor)
    close(writer)
  }

  func raise() {
    var one: UInt8 = 1
    // It cannot fail short of a full pipe, in which case it was raised before.
    _ = write(writer, &one, 1)
  }
}
