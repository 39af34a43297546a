internal import CutlineCore
internal import CutlineWorkspace
internal import Foundation
internal import Synchronization

/// Shows what happens in a batch on standard error: one moving line for all of it on a terminal, a line for each segment that
/// begins or ends elsewhere. What a segment has to say keeps its name in front.
final class BatchView: Sendable {
  private struct State {
    var units = 0
    var ended = 0
    /// Stages that run now, by segment, with the share that is done.
    var stages: [String: (stage: String, fraction: Double?)] = [:]
    /// Stages that have ended, by segment.
    var counts: [String: (done: Int, all: Int)] = [:]
    var isShown = false
    var lastDrawn = ""
    /// Warnings of runs by their text, with the segments that gave them: the data of all is one file.
    var warned: Set<String> = []
  }
  private let isTerminal = Console.isTerminal
  private let state = Mutex(State())

  func show(_ event: BatchEvent) {
    state.withLock { state in
      switch event {
      case .began(let units, let sentence):
        state.units = units
        line("\(units) runs, \(sentence)", &state)
      case .started(let name):
        state.counts[name] = (0, 0)
        if isTerminal { draw(&state) } else { line("\(name) …", &state) }
      case .run(let name, let event): show(event, of: name, &state)
      case .ended(let unit, let error):
        state.ended += 1
        state.stages[unit.label] = nil
        state.counts[unit.label] = nil
        end(unit, error, &state)
        draw(&state)
      case .note(let text): line("  \(text)", &state)
      case .warning(let text): line("  warning: \(text)", &state)
      }
    }
  }

  func end() { state.withLock { clear(&$0) } }

  private func end(_ unit: BatchState.Unit, _ error: (any EndingError)?, _ state: inout State) {
    switch unit.condition {
    case .unchanged: line("= \(unit.label) (unchanged)", &state)
    case .reused: line("= \(unit.label) (its models are reused)", &state)
    case .failed, .infeasible:
      line("✗ \(unit.label), exit \(unit.exitCode): \(error?.text(Console.disclosure) ?? unit.reason ?? "")", &state)
    case .done, .waiting: line("✓ \(unit.label)", &state)
    }
  }

  private func show(_ event: RunEvent, of name: String, _ state: inout State) {
    switch event.kind {
    case .runStarted:
      state.counts[name] = (0, Int(event.message.prefix { $0.isNumber }) ?? 0)
    case .stageStarted: state.stages[name] = (event.stage, nil)
    case .progress: state.stages[name] = (event.stage, event.fraction)
    case .stageFinished, .stageReused: state.counts[name]?.done += 1
    case .warning:
      let text = "\(event.stage.isEmpty ? "" : event.stage + ": ")\(Console.text(of: event.remark))"
      // What each segment says of the one file is said once.
      if state.warned.insert(text).inserted { line("  \(name): warning: \(text)", &state) }
    default: break
    }
    draw(&state)
  }

  private func line(_ text: String, _ state: inout State) {
    clear(&state)
    Console.error(text)
  }

  private func draw(_ state: inout State) {
    guard isTerminal, state.units > 0 else { return }
    let parts = state.counts.values.reduce(0.0) { $0 + ($1.all > 0 ? Double($1.done) / Double($1.all) : 0) }
    let share = min(1, (Double(state.ended) + parts) / Double(state.units))
    let filled = Int(share * 20)
    let running = state.stages.sorted { $0.key < $1.key }.map { name, now in
      "\(name): \(now.stage)" + (now.fraction.map { " \(Int(100 * max(0, min(1, $0)))) %" } ?? "")
    }
    var text =
      "\(state.ended)/\(state.units) " + String(repeating: "█", count: filled)
      + String(repeating: "░", count: 20 - filled) + " \(Int(100 * share)) %  " + running.joined(separator: ", ")
    // Longer than a line it would leave its upper part behind.
    if text.count > 78 { text = text.prefix(77) + "…" }
    guard text != state.lastDrawn || !state.isShown else { return }
    clear(&state)
    FileHandle.standardError.write(Data(Console.plain(text).utf8))
    state.lastDrawn = text
    state.isShown = true
  }

  private func clear(_ state: inout State) {
    guard state.isShown else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
    state.isShown = false
  }
}
