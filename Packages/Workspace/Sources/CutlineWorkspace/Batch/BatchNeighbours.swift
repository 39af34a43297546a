public import CutlineCore
public import CutlineCredit
public import CutlineRun

/// What a batch asks of rooms that it does not know.
public struct BatchNeighbours: Sendable {
  /// The ends of an interval; nil where too few draws define it.
  public typealias Ends = (low: Double?, high: Double?)

  /// Groups the rows of a source by the segments that take them; per segment its keys of the plan's table.
  let groups: @Sendable (SourceTable, [[ConfigTable.Entry]]) throws -> [SegmentCoverage.Group]
  /// The interval of draws around an estimate: draws, estimate, jackknife estimates, method, confidence.
  let interval: @Sendable ([Double], Double?, [Double], String, Double) -> Ends
  /// The cells of a run's recent period, and how far its outcomes are known; nil where it has none.
  let recent: @Sendable (Manifest, _ folder: String) throws -> (cells: CellTable, outcomes: String)?
  /// The gates of a run that have not passed, in words that may be empty; nil where it has none.
  let gates: @Sendable (Manifest, _ folder: String) throws -> String?

  public init(
    groups: @escaping @Sendable (SourceTable, [[ConfigTable.Entry]]) throws -> [SegmentCoverage.Group],
    interval: @escaping @Sendable ([Double], Double?, [Double], String, Double) -> Ends,
    recent: @escaping @Sendable (Manifest, _ folder: String) throws -> (cells: CellTable, outcomes: String)?,
    gates: @escaping @Sendable (Manifest, _ folder: String) throws -> String?
  ) {
    (self.groups, self.interval, self.recent, self.gates) = (groups, interval, recent, gates)
  }
}

/// What happens in a batch.
public enum BatchEvent: Sendable {
  /// How many units there are, and what they run in.
  case began(units: Int, sentence: String)
  case started(String)
  /// Of the run of a unit.
  case run(String, RunEvent)
  case ended(BatchState.Unit, (any EndingError)?)
  /// What a reader of the result should know, of the batch as a whole.
  case note(String)
  case warning(String)
}
