internal import CSearch

/// Strategies found by label searches, before the last reduction.
struct CandidateStore {
  private let rows: Int
  private var points: [cutline_point] = []
  /// `rows` cutoffs per point.
  private var accepted: [UInt16] = []

  init(rows: Int) { self.rows = rows }

  var count: Int { points.count }

  mutating func add(_ found: UnsafeBufferPointer<cutline_point>, _ cutoffs: UnsafeBufferPointer<UInt16>) {
    let first = points.count
    for point in found {
      var moved = point
      moved.strategy += first
      points.append(moved)
    }
    accepted.append(contentsOf: cutoffs)
  }

  mutating func add(_ other: CandidateStore) {
    if points.isEmpty {
      self = other
    } else {
      other.points.withUnsafeBufferPointer { found in
        other.accepted.withUnsafeBufferPointer { add(found, $0) }
      }
    }
  }

  /// Reduces to the frontier.
  mutating func frontier() -> [FrontierPoint] {
    let kept = cutline_points_frontier(&points, points.count, accepted, rows)
    return points[..<kept]
      .map { point in
        FrontierPoint(
          production: point.production, numerator: point.numerator, denominator: point.denominator,
          accepted: Array(accepted[point.strategy * rows..<(point.strategy + 1) * rows]))
      }
  }
}
