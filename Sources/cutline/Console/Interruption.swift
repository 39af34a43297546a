internal import CRefusal
@_spi(Run) internal import CutlineCore
internal import Dispatch
internal import Foundation
internal import Synchronization

/// Ends programs that stages have started before the tool itself ends by a signal, and leaves nothing unfinished behind.
struct Interruption {
  private let sources: [any DispatchSourceSignal]

  /// Watches as long as this value lives.
  init() {
    // What was ignored when the tool was started, as under nohup, stays ignored.
    sources = [SIGINT, SIGTERM, SIGHUP, SIGQUIT].filter { !Self.isIgnored($0) }.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        // A second signal does not wait.
        if let end = Self.gracefulEnd.withLock({ $0.take() }) { return end() }
        RunningPrograms.endAll()
        Unfinished.endAll()
        EventFile.end(signal: number)
        // Whoever started the tool may have blocked the signal; it must end here, as nothing goes on any more.
        signal(number, SIG_DFL)
        var own = sigset_t()
        sigemptyset(&own)
        sigaddset(&own, number)
        pthread_sigmask(SIG_UNBLOCK, &own, nil)
        raise(number)
        _exit(128 + number)
      }
      source.resume()
      return source
    }
  }

  /// What a command does in place of ending at the first signal: a server finishes what it has begun.
  static let gracefulEnd = Mutex<(@Sendable () -> Void)?>(nil)

  /// The same where the system refuses threads; on whichever thread that is.
  static func installRefusal() {
    cutline_refusal_install {
      RunningPrograms.endAll()
      Unfinished.endAll()
    }
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
