internal import CutlineCredit

/// Draws as they are made, each put in its place behind the one before it.
struct MadeDraws {
  /// Six a cell of each draw that was made, see `CellDraws`.
  private(set) var sums: [Int64] = []
  /// Their numbers, and how many there were with those that failed.
  private(set) var made: [Int] = []
  private(set) var count = 0
  private var reasons: [String: Int] = [:]
  /// The first warning of the stages, and the draws with one.
  private(set) var warning: String?
  private(set) var warned = 0

  /// - Parameter capacity: sums of all draws.
  init(capacity: Int) { sums.reserveCapacity(capacity) }

  mutating func add(_ outcome: ResampledPipeline.Outcome) {
    if let reason = outcome.failure {
      reasons[reason, default: 0] += 1
    } else {
      made.append(count)
      sums += outcome.sums
    }
    if let own = outcome.warning {
      warning = warning ?? own
      warned += 1
    }
    count += 1
  }

  /// The most frequent first.
  var failures: [CellDraws.Failure] {
    reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
      CellDraws.Failure(reason: $0.key, draws: $0.value)
    }
  }
}
