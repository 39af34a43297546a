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

/// Memory of this process as the kernel counts it.
public enum ProcessMemory {
  /// Peak resident bytes so far; 0 where the kernel does not say.
  public static func peak() -> Int {
    // A missing /proc only costs a figure in the manifest.
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return 0 }
    for line in text.split(separator: "\n") where line.hasPrefix("VmHWM:") {
      let digits = line.filter { ("0"..."9").contains($0) }
      return (Int(digits) ?? 0) * 1024
    }
    return 0
  }
}
