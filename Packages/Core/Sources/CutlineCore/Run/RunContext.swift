public import CutlineCompute

/// What a stage may use besides its input: randomness, workers, a device, a place for remarks.
public struct RunContext: Sendable {
  /// The id of the stage in its plan.
  public let stageID: String
  public let seed: UInt64
  /// How many threads a stage may use.
  public let workers: Int
  public let device: DeviceChoice
  private let sink: EventSink

  public init(
    stageID: String, seed: UInt64, workers: Int = 1, device: DeviceChoice = .auto, sink: @escaping EventSink = { _ in }
  ) {
    self.stageID = stageID
    self.seed = seed
    self.workers = max(1, workers)
    self.device = device
    self.sink = sink
  }

  /// The stage's own stream: it depends on the seed, the stage's id and `purpose` only.
  public func random(_ purpose: String = "") -> RandomStream {
    RandomStream(seed: seed, label: purpose.isEmpty ? stageID : "\(stageID)/\(purpose)")
  }

  /// A remark that a reader of the result should know.
  public func note(_ remark: Remark) { sink(RunEvent(.note, stage: stageID, remark)) }

  /// Something that may make the result wrong for its purpose.
  public func warn(_ remark: Remark) { sink(RunEvent(.warning, stage: stageID, remark)) }

  /// Where the stage's heavy part ran: `CPU, avx512`, or a device's name. The result does not depend on it.
  public func ran(on device: String) { sink(RunEvent(.device, stage: stageID, device)) }

  /// A part of the stage's work has taken `seconds`.
  public func phase(_ name: String, seconds: Double) {
    sink(RunEvent(.phase, stage: stageID, name, duration: seconds))
  }

  /// `fraction` of the stage's work is done.
  public func progress(_ fraction: Double) { sink(RunEvent(.progress, stage: stageID, fraction: fraction)) }

  /// Throws when the run is being stopped.
  public func checkCancellation() throws { try Task.checkCancellation() }
}

/// Where heavy operations run.
public enum DeviceChoice: String, Sendable, Codable, CaseIterable {
  /// The fastest that is there.
  case auto
  /// The scalar definition, for checks.
  case scalar
  /// SIMD on all cores.
  case cpu
  /// OpenCL devices where an operation can use them, otherwise SIMD.
  case opencl
}
