/// The time of one call of a search stage: what it takes to arrange the cells counts.
struct SearchTime {
  private let start = ContinuousClock.now
  let limitSeconds: Double?

  /// What is left; nil for no limit.
  var left: Double? { limitSeconds.map { max(0, $0 - (ContinuousClock.now - start) / .seconds(1)) } }
}
