/// What happens in a run. Libraries send events; the console draws them and the run folder keeps them.
public struct RunEvent: Sendable, Codable {
  public enum Kind: String, Sendable, Codable {
    case runStarted, stageStarted, progress, note, warning, stageReused, stageFinished, stageFailed, runFinished
    /// Where an operation ran; the message names it.
    case device
    /// A part of an operation, named by the message, has taken `duration`.
    case phase
    /// The fingerprint of a file that the stage reads: the message says whether the file was read for it or not.
    case input
  }

  public let kind: Kind
  /// The stage's id; empty for the run itself.
  public let stage: String
  /// What is said. Files keep it as `message`, without any value of an application.
  public let remark: Remark
  /// 0...1, for progress.
  public let fraction: Double?
  /// Seconds, for a phase.
  public let duration: Double?
  /// Seconds since the run began.
  public var seconds: Double

  public init(
    _ kind: Kind, stage: String = "", _ message: String = "", fraction: Double? = nil, duration: Double? = nil,
    seconds: Double = 0
  ) {
    self.kind = kind
    self.stage = stage
    remark = Remark(word: message)
    self.fraction = fraction
    self.duration = duration
    self.seconds = seconds
  }

  public var message: String { remark.masked }

  /// A stage has failed.
  @_spi(Run) public init(failed failure: StageFailure) {
    self.init(.stageFailed, stage: failure.stage, Remark(failure))
  }

  public init(_ kind: Kind, stage: String, _ remark: Remark) {
    self.kind = kind
    self.stage = stage
    self.remark = remark
    fraction = nil
    duration = nil
    seconds = 0
  }

  private enum CodingKeys: String, CodingKey {
    case kind, stage, message, fraction, duration, seconds
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    kind = try values.decode(Kind.self, forKey: .kind)
    stage = try values.decode(String.self, forKey: .stage)
    remark = Remark(word: try values.decode(String.self, forKey: .message))
    fraction = try values.decodeIfPresent(Double.self, forKey: .fraction)
    duration = try values.decodeIfPresent(Double.self, forKey: .duration)
    seconds = try values.decode(Double.self, forKey: .seconds)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(kind, forKey: .kind)
    try values.encode(stage, forKey: .stage)
    try values.encode(message, forKey: .message)
    try values.encodeIfPresent(fraction, forKey: .fraction)
    try values.encodeIfPresent(duration, forKey: .duration)
    try values.encode(seconds, forKey: .seconds)
  }
}

/// Where events go.
public typealias EventSink = @Sendable (RunEvent) -> Void
