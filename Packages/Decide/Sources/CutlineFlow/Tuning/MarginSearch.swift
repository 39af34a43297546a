/// The two ends of one grey zone with the least loss, over all that differ on a sample: the distinct probabilities.
///
/// Rows are grouped by p, ascending. The first i groups are approved, those from j on declined, those between stay open, with i ≤ k ≤ j where
/// k groups lie below the threshold. Loss(i, j) = Σ approve + Σ open + Σ decline; reviews(i, j) = Σ reviews of the open ones.
struct MarginSearch {
  /// What becomes of a row, in ten-thousandths of money.
  struct Row: Sendable {
    let p: Double
    let approve, decline, open: Int64
    /// Reviews that it takes where it stays open: 0 or 1.
    let reviews: Int
  }

  struct Point: Sendable, Equatable {
    /// Groups that are approved, and the first that is declined.
    let approved, declined: Int
    let loss: Int64
    let reviews: Int
  }

  /// The distinct probabilities, ascending.
  let values: [Double]
  private let below: Int
  /// Of the first so many groups: losses where approved, open, declined; reviews.
  private let approve, open, decline: [Int64]
  private let reviews: [Int]
  /// By the number of groups from `below` on: the best first declined group among them.
  private let bestDeclined: [Int]

  /// - Parameter rows: in any order; p is a probability.
  /// - Returns: nil where a sum does not fit into 64 bits.
  /// - Complexity: O(n log n).
  init?(_ rows: [Row], threshold: Double) {
    var values: [Double] = []
    var (approve, open, decline, reviews): ([Int64], [Int64], [Int64], [Int]) = ([0], [0], [0], [0])
    for row in rows.sorted(by: { $0.p < $1.p }) {
      if values.last != row.p {
        values.append(row.p)
        approve.append(approve[approve.count - 1])
        open.append(open[open.count - 1])
        decline.append(decline[decline.count - 1])
        reviews.append(reviews[reviews.count - 1])
      }
      let last = values.count
      let sums = [(approve[last], row.approve), (open[last], row.open), (decline[last], row.decline)]
        .map { $0.0.addingReportingOverflow($0.1) }
      // Twice as much room, for the sum of the three.
      guard sums.allSatisfy({ !$0.overflow && $0.partialValue.magnitude < 1 << 61 }) else { return nil }
      (approve[last], open[last], decline[last]) = (sums[0].partialValue, sums[1].partialValue, sums[2].partialValue)
      reviews[last] += row.reviews
    }
    below = values.firstIndex { $0 >= threshold } ?? values.count
    (self.values, self.approve, self.open, self.decline, self.reviews) = (values, approve, open, decline, reviews)
    func tail(_ place: Int) -> Int64 { open[place] - decline[place] }
    var best: [Int] = []
    for place in below...values.count {
      // Of equal ones the first: it leaves fewer open.
      if let last = best.last, tail(last) <= tail(place) { best.append(last) } else { best.append(place) }
    }
    bestDeclined = best
  }

  func loss(_ approved: Int, _ declined: Int) -> Int64 {
    approve[approved] + open[declined] - open[approved] + decline[values.count] - decline[declined]
  }

  func reviews(_ approved: Int, _ declined: Int) -> Int { reviews[declined] - reviews[approved] }

  /// The least loss with at most so many reviews; of equal ones the one with fewer reviews, then with more approvals.
  /// - Parameter capacity: at least 0: leaving nothing open takes no review.
  /// - Complexity: O(distinct p).
  func best(capacity: Int) -> Point {
    var found: Point?
    var reach = below
    for approved in 0...below {
      guard reviews(approved, below) <= capacity else { continue }
      while reach < values.count, reviews(approved, reach + 1) <= capacity { reach += 1 }
      let declined = bestDeclined[reach - below]
      let own = Point(
        approved: approved, declined: declined, loss: loss(approved, declined), reviews: reviews(approved, declined))
      if found.map({ (own.loss, own.reviews) <= ($0.loss, $0.reviews) }) ?? true { found = own }
    }
    // Approving all below and declining all others is always allowed.
    return found ?? Point(approved: below, declined: below, loss: loss(below, below), reviews: 0)
  }
}
