internal import CSearch

/// Strategies found by label searches, before the last reduction.
struct CandidateStore {
  private let rows: Int
  private var points: [cutline_point] = []
  /// `rows` cutoffs per point.
  private var accepted: [UInt16] = []

  init(rows: Int) { self.rows = rows }

  var count: Int { points.count }

  /// Adds some of the points, evenly spread, first and last included.
  mutating func add(
    _ found: UnsafeBufferPointer<cutline_point>, _ cutoffs: UnsafeBufferPointer<UInt16>, atMost most: Int
  ) {
    guard found.count > most, most > 1 else { return add(found, cutoffs) }
    for index in 0..<most {
      var point = found[index * (found.count - 1) / (most - 1)]
      accepted.append(contentsOf: cutoffs[point.strategy * rows..<(point.strategy + 1) * rows])
      point.strategy = points.count
      points.append(point)
    }
  }

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
