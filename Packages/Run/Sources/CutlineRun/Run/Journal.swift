@_spi(Run) internal import CutlineCore
internal import Foundation
internal import Synchronization

/// Collects the events of a run for `events.jsonl` and passes them on.
final class Journal: Sendable {
  private let sink: EventSink
  private let start = ContinuousClock().now
  private let events = Mutex<[RunEvent]>([])

  init(sink: @escaping EventSink) { self.sink = sink }

  var seconds: Double { (ContinuousClock().now - start).inSeconds }

  func send(_ event: RunEvent) {
    var event = event
    event.seconds = seconds
    // Progress is for people who watch; the log keeps what happened.
    if event.kind != .progress { events.withLock { $0.append(event) } }
    sink(event)
  }

  /// Reports a reused stage and repeats what it had said when it ran.
  func hold(_ event: RunEvent, remarks: [Manifest.Remark]) {
    send(event)
    for remark in remarks { send(RunEvent(remark.kind, stage: event.stage, remark.message)) }
  }

  /// One JSON object a line.
  func lines() throws -> Data {
    var data = Data()
    for event in events.withLock({ $0 }) {
      data.append(try CanonicalJSON.encode(event))
      data.append(10)
    }
    return data
  }
}
