/// One test of whether a score knows what it could not have known.
struct LeakFinding: Sendable, Codable, Hashable {
  enum Test: String, Sendable, Codable {
    /// Its area lies above a ceiling that no score of applications is known to reach.
    case ceiling
    /// Its area lies above what all other scores together reach, by more than the margin.
    case beyondOthers = "beyond the others"
    /// Nearly all of the riskiest applications are bad, as many as there are bad ones.
    case nearCertain = "near certain"
    /// It is missing mostly where nothing was booked.
    case missingUnlessBooked = "missing unless booked"
    /// It orders outcomes better where its date lies after the application's month.
    case laterDates = "later dates"
  }

  let score: String
  let test: Test
  /// What was measured, and what the hypothesis allows.
  let value, allowed: Double?
  /// Of such a value, or one further off, where the hypothesis holds; nil where the test had nothing to look at.
  let p: Double?
  /// Held against all tests of all scores (Holm).
  let pHolm: Double?
  let isAlarm: Bool
  /// The mean area of the score where it is dealt anew, at random, among applications of other dates that all other scores take for
  /// alike: what it can reach before an outcome is known.
  let placebo: Double?
  /// Why there is no p.
  let reason: String?

  func with(adjusted: Double, level: Double) -> Self {
    Self(
      score: score, test: test, value: value, allowed: allowed, p: p, pHolm: adjusted, isAlarm: adjusted < level,
      placebo: placebo, reason: reason)
  }
}
