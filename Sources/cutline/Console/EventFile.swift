@_spi(Run) internal import CutlineCore
internal import CutlineWorkspace
internal import Foundation
internal import Synchronization

/// What happens in a command, while it happens, as lines of JSON in a file that another program reads: `--events FILE`.
///
/// Lines are those of `events.jsonl`, with `progress` besides; in a batch `unit` names the segment. The last line says how the command
/// ended: `{"code":0,"kind":"ended","message":""}`, or `signal` in place of `code`. No value of an application is among them.
final class EventFile: Sendable {
  static let option = Option.value(
    "events", "FILE", "Write what happens, while it happens, as lines of JSON into a new file.")

  /// Beyond this only the end is written.
  private static let byteLimit = 1 << 22
  private static let current = Mutex<EventFile?>(nil)

  private struct State {
    var written = 0
    var percent: [String: Int] = [:]
    var message = ""
    var hasEnded = false
  }
  private let descriptor: Int32
  private let state = Mutex(State())

  /// Opens the file that the arguments name; nil where they name none.
  ///
  /// - Throws: `Faults` (io) where it is there already or cannot be made.
  static func open(_ arguments: Arguments) throws -> EventFile? {
    guard let path = arguments[option.name] else { return nil }
    let descriptor = SystemCall.repeated {
      Foundation.open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
    }
    guard descriptor >= 0 else {
      throw FileSystem.failure(path, "cannot be created", advice: "Name a new file in a folder that is there.")
    }
    let file = EventFile(descriptor)
    current.withLock { $0 = file }
    return file
  }

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { SystemCall.close(descriptor) }

  /// Remembers why the command fails, without any value of an application.
  static func fail(_ error: any EndingError) {
    current.withLock { $0 }?.state.withLock { $0.message = error.masked }
  }

  /// Writes how the command ends. Only the first end counts.
  static func end(code: Int32? = nil, signal: Int32? = nil) { current.withLock { $0 }?.end(code, signal) }

  private func end(_ code: Int32?, _ signal: Int32?) {
    state.withLock { state in
      guard !state.hasEnded else { return }
      state.hasEnded = true
      append(Ended(code: code, signal: signal, message: state.message), &state, isEnd: true)
    }
  }

  func write(_ event: RunEvent, of unit: String? = nil) {
    state.withLock { state in
      if event.kind == .progress {
        let place = "\(unit ?? "") \(event.stage)"
        let percent = Int(100 * max(0, min(1, event.fraction ?? 0)))
        guard state.percent.updateValue(percent, forKey: place) != percent else { return }
      }
      append(Line(unit: unit, event: event), &state)
    }
  }

  func write(_ event: BatchEvent) {
    switch event {
    case .began(let units, _): state.withLock { append(Unit(kind: "batchStarted", units: units), &$0) }
    case .started(let name): state.withLock { append(Unit(kind: "unitStarted", unit: name), &$0) }
    case .run(let name, let event): write(event, of: name)
    case .ended(let unit, _):
      let line = Unit(
        kind: "unitEnded", unit: unit.label, condition: unit.condition.rawValue, code: unit.exitCode,
        message: unit.reason)
      state.withLock { append(line, &$0) }
    case .note, .warning: break
    }
  }

  private func append(_ line: some Encodable, _ state: inout State, isEnd: Bool = false) {
    // Progress is for who watches: a line that cannot be written does not end a run.
    // The end is the last line, whatever threads still do when a signal ends the program.
    guard isEnd || (!state.hasEnded && state.written < Self.byteLimit), var data = try? CanonicalJSON.encode(line)
    else { return }
    data.append(UInt8(ascii: "\n"))
    state.written += data.count
    _ = data.withUnsafeBytes { SystemCall.write($0, to: descriptor) }
  }

  private struct Line: Encodable {
    let unit: String?
    let event: RunEvent
    private enum Key: String, CodingKey { case unit }

    func encode(to encoder: any Encoder) throws {
      try event.encode(to: encoder)
      var values = encoder.container(keyedBy: Key.self)
      try values.encodeIfPresent(unit, forKey: .unit)
    }
  }

  private struct Unit: Encodable {
    let kind: String
    var units: Int?
    var unit: String?
    var condition: String?
    var code: Int32?
    var message: String?
  }

  private struct Ended: Encodable {
    let code, signal: Int32?
    let message: String
    let kind = "ended"
  }
}
