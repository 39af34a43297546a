public import CutlineCompute
internal import Synchronization

/// What a stage may use besides its input: randomness, workers, a device, a place for remarks.
public struct RunContext: Sendable {
  /// The id of the stage in its plan.
  public let stageID: String
  public let seed: UInt64
  /// How many threads a stage may use.
  public private(set) var workers: Int
  public let device: DeviceChoice
  /// Where its files go; nil outside a run.
  let files: AttachedFiles?
  private let sink: EventSink
  /// Purposes and indices of the calls that lead to a stage inside another one.
  private var draws: [String] = []
  private(set) var isInner = false
  private let innerRemarks = InnerRemarks()
  /// Takes what inner stages say, where it is not to be kept with its count.
  private var listener: EventSink?

  /// - Parameter files: where `attach` puts its files; without one it refuses.
  public init(
    stageID: String, seed: UInt64, workers: Int = 1, device: DeviceChoice = .auto, files: AttachedFiles? = nil,
    sink: @escaping EventSink = { _ in }
  ) {
    self.stageID = stageID
    self.seed = seed
    self.workers = max(1, workers)
    self.device = device
    self.files = files
    self.sink = sink
  }

  /// The stream for `purpose`: it depends on the seed, the purpose, the indices, and where a stage runs inside another one
  /// on the purposes and indices of the calls.
  public func random(_ purpose: Purpose, _ indices: Int...) -> RandomStream {
    RandomStream(seed: seed, label: (draws + [Self.label(purpose, indices)]).joined(separator: "/"))
  }

  /// The context for a stage that this one runs: the same workers; progress is dropped, equal remarks are kept once with
  /// their count.
  public func inner(_ purpose: Purpose, _ indices: Int...) -> RunContext {
    var context = self
    context.draws.append(Self.label(purpose, indices))
    context.isInner = true
    return context
  }

  /// This context for one of many equal calls that run side by side: with one worker, and with `listener` hearing what they
  /// say, which is not repeated for each.
  public func alone(_ listener: @escaping EventSink = { _ in }) -> RunContext {
    var context = self
    context.workers = 1
    context.listener = listener
    context.isInner = true
    return context
  }

  private static func label(_ purpose: Purpose, _ indices: [Int]) -> String {
    ([purpose.name] + indices.map(String.init)).joined(separator: "/")
  }

  /// Sends what inner stages have said.
  func reportInner() {
    guard !isInner else { return }
    for (event, count) in innerRemarks.all {
      let times: Remark = count > 1 ? " (\(count) times)" : ""
      let remark = event.remark + times
      if event.kind == .warning { warn(remark) } else { note(remark) }
    }
  }

  private func send(_ event: RunEvent) {
    guard isInner else { return sink(event) }
    switch event.kind {
    case .note, .warning: if let listener { listener(event) } else { innerRemarks.add(event) }
    default: break
    }
  }

  /// A remark that a reader of the result should know.
  public func note(_ remark: Remark) { send(RunEvent(.note, stage: stageID, remark)) }

  /// Something that may make the result wrong for its purpose.
  public func warn(_ remark: Remark) { send(RunEvent(.warning, stage: stageID, remark)) }

  /// Where the stage's heavy part ran: `CPU, avx512`, or a device's name. The result does not depend on it.
  public func ran(on device: String) { send(RunEvent(.device, stage: stageID, device)) }

  /// A part of the stage's work has taken `seconds`.
  public func phase(_ name: String, seconds: Double) {
    send(RunEvent(.phase, stage: stageID, name, duration: seconds))
  }

  /// `fraction` of the stage's work is done.
  public func progress(_ fraction: Double) { send(RunEvent(.progress, stage: stageID, fraction: fraction)) }

  /// Throws when the run is being stopped.
  public func checkCancellation() throws { try Task.checkCancellation() }
}

/// What stages inside a stage have said, each remark once.
private final class InnerRemarks: Sendable {
  private let counts = Mutex<[Remark: (event: RunEvent, count: Int)]>([:])

  func add(_ event: RunEvent) {
    counts.withLock { $0[event.remark, default: (event, 0)].count += 1 }
  }

  /// In the order of their texts, as inner stages may run at the same time.
  var all: [(event: RunEvent, count: Int)] {
    counts.withLock { $0.values.sorted { $0.event.remark.shown < $1.event.remark.shown } }
  }
}
