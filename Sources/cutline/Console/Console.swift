@_spi(Run) internal import CutlineCore
internal import CutlineWorkspace
internal import Foundation
internal import Synchronization

/// Standard output and standard error.
enum Console {
  /// What people read: names of files and of columns in it must not steer the terminal.
  static func out(_ text: String) { write(plain(text), to: STDOUT_FILENO) }

  /// What other programs read, in every byte; a terminal is no program.
  static func data(_ text: String) { write(isatty(STDOUT_FILENO) == 1 ? plain(text) : text, to: STDOUT_FILENO) }

  static func error(_ line: String) { write(plain(line) + "\n", to: STDERR_FILENO) }

  /// What data, names and programs bring must not steer the terminal. The tool's own lines end in line feeds.
  static func plain(_ text: String) -> String { TerminalText.escaped(text, keepingLines: true) }

  /// Prints how a command ended, with values of applications where they are asked for.
  static func failure(_ error: some EndingError) {
    let text = error.text(disclosure)
    Self.error("error: \(text)")
    if text != error.text(.full) { Self.error("What is left out is shown with --show-values.") }
  }

  /// What a reader of the result should know.
  static func note(_ remark: Remark, of source: String? = nil) {
    error("  \(source.map { $0 + ": " } ?? "")\(text(of: remark))")
  }

  static func text(of remark: Remark) -> String { disclosure == .full ? remark.shown : remark.discreet }

  /// Whether values of applications may be shown: `--show-values`.
  static var disclosure: Disclosure {
    get { shown.withLock { $0 } }
    set { shown.withLock { $0 = newValue } }
  }
  private static let shown = Mutex<Disclosure>(.discreet)

  /// Why standard output could not be written; 0 where it could.
  static var outputFailure: Int32 { lostOutput.withLock { $0 } }
  private static let lostOutput = Mutex<Int32>(0)

  /// To be called where the results of a command are in their place: what is printed then is no result.
  static func published() { hasPublished.withLock { $0 = true } }
  static var isPublished: Bool { hasPublished.withLock { $0 } }
  private static let hasPublished = Mutex(false)

  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  private static func write(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { bytes in
      guard !SystemCall.write(UnsafeRawBufferPointer(bytes), to: descriptor) else { return }
      // A reader that has gone wants no more; anything else means that output is lost.
      if errno != EPIPE, descriptor == STDOUT_FILENO { lostOutput.withLock { $0 = errno } }
    }
  }
}

/// Shows the events of a run on standard error: a moving bar on a terminal, plain lines elsewhere.
final class ProgressView: Sendable {
  private struct State {
    var barIsShown = false
    var unseen = 0
    var lastDrawn = -1
  }
  private let isTerminal = Console.isTerminal
  private let verbosity: Verbosity
  private let state = Mutex(State())

  init(_ verbosity: Verbosity) { self.verbosity = verbosity }

  func show(_ event: RunEvent) {
    let isTold = verbosity <= .info
    state.withLock { state in
      switch event.kind {
      case .progress:
        guard isTold, isTerminal, let fraction = event.fraction else { return }
        let percent = Int(100 * max(0, min(1, fraction)))
        guard percent != state.lastDrawn else { return }
        state.lastDrawn = percent
        let filled = percent * 30 / 100
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        clear(&state)
        draw("\(Console.plain(event.stage)) \(bar) \(percent) %")
        state.barIsShown = true
      case .stageStarted:
        guard isTold, isTerminal else { return }
        clear(&state)
        draw("\(Console.plain(event.stage)) …")
        state.barIsShown = true
      case .stageFinished: if isTold { line("✓ \(event.stage)", &state) }
      case .stageReused: if isTold { line("= \(event.stage) (unchanged)", &state) }
      case .note: if isTold { line("  \(event.stage): \(text(event))", &state) }
      case .warning:
        guard verbosity <= .warning else {
          state.unseen += 1
          return
        }
        line("  \(event.stage.isEmpty ? "" : event.stage + ": ")warning: \(text(event))", &state)
      case .runFinished where state.unseen > 0:
        line("  \(state.unseen) warning\(state.unseen == 1 ? "" : "s") not shown; events.jsonl has them", &state)
      case .runStarted, .runFinished, .stageFailed: clear(&state)
      case .device, .phase, .input:
        // Always in events.jsonl and --json.
        guard verbosity == .debug else { return }
        let took = event.duration.map { " (\(Int((1000 * $0).rounded())) ms)" } ?? ""
        line("  \(event.stage): \(event.kind.rawValue) \(text(event))\(took)", &state)
      }
    }
  }

  private func text(_ event: RunEvent) -> String { Console.text(of: event.remark) }

  private func line(_ text: String, _ state: inout State) {
    clear(&state)
    Console.error(text)
  }

  private func draw(_ text: String) {
    // A bar that cannot be drawn is no loss.
    _ = Array(text.utf8).withUnsafeBytes { SystemCall.write($0, to: STDERR_FILENO) }
  }

  private func clear(_ state: inout State) {
    guard state.barIsShown else { return }
    draw("\r\u{1B}[K")
    state.barIsShown = false
  }
}
