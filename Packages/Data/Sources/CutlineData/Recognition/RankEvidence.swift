internal import CutlineCore
internal import CutlineCredit

/// How a score orders two groups: the AUC of one before the other, with its interval.
///
/// The area is the share of pairs in which the event has the higher value, ties counting half. Its standard error is
/// Hanley and McNeil's (Radiology 143, 1982, p. 29), the interval is ±1.96 of it.
struct RankEvidence: Equatable {
  let auc: Double
  let error: Double

  /// - Returns: nil where one of the groups is empty.
  /// - Complexity: O(n log n).
  init?(_ rows: [(value: Double, isEvent: Bool)]) {
    let events = rows.count { $0.isEvent }
    guard events > 0, events < rows.count else { return nil }
    let sorted = rows.sorted { $0.value < $1.value }
    var (rank, sum, at) = (1, 0.0, 0)
    while at < sorted.count {
      var end = at
      var here = 0
      while end < sorted.count, sorted[end].value == sorted[at].value {
        if sorted[end].isEvent { here += 1 }
        end += 1
      }
      sum += Double(here) * (Double(rank) + Double(end - at - 1) / 2)
      rank += end - at
      at = end
    }
    let (n, m) = (Double(events), Double(rows.count - events))
    auc = (sum - n * (n + 1) / 2) / (n * m)
    // The same for either direction.
    let a = max(auc, 1 - auc)
    let (q1, q2) = (a / (2 - a), 2 * a * a / (1 + a))
    error = max(0, (a * (1 - a) + (n - 1) * (q1 - a * a) + (m - 1) * (q2 - a * a)) / (n * m)).squareRoot()
  }

  /// Whether its interval leaves 0.5 out.
  var isClear: Bool { abs(auc - 0.5) > 1.96 * error }

  /// The event has higher values: it is a bad outcome, or a rejection.
  var direction: Direction { auc > 0.5 ? .higherIsRiskier : .higherIsSafer }

  var strength: Double { max(auc, 1 - auc) }

  /// `0.66 (0.63 to 0.69)`.
  var phrase: String {
    "\(Rounded(strength, 2)) (\(Rounded(max(0, strength - 1.96 * error), 2)) to \(Rounded(min(1, strength + 1.96 * error), 2)))"
  }
}
