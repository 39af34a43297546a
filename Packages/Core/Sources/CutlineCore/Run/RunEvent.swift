/// What happens in a run. Libraries send events; the console draws them and the run folder keeps them.
public struct RunEvent: Sendable, Codable {
  public enum Kind: String, Sendable, Codable {
    case runStarted, stageStarted, progress, note, warning, stageReused, stageFinished, stageFailed, runFinished
    /// Where an operation ran; the message names it.
    case device
    /// A part of an operation, named by the message, has taken `duration`.
    case phase
  }

  public let kind: Kind
  /// The stage's id; empty for the run itself.
  public let stage: String
  public let message: String
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
    self.message = message
    self.fraction = fraction
    self.duration = duration
    self.seconds = seconds
  }
}

/// Where events go.
public typealias EventSink = @Sendable (RunEvent) -> Void
