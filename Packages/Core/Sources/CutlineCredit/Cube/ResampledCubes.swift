public import CutlineCompute
internal import CutlineCore

/// The cubes of the resamples of a sample, in blocks of eight.
///
/// Each is what `Cube(of: sample, weights:, withBuckets: false)` gives with the same weights, in every bit; the rows are
/// sorted once, and the sums of eight resamples made in one pass. Where scores need more than their own decimals allow for
/// the sum of all weights, the definition rounds them and this does not.
public struct ResampledCubes: Sendable {
  private let rows: CubeRows
  private let sums: WeightedSums
  /// Per slice, per group: the place of its combination.
  private let places: [[Int]]
  private let keys: [[UInt32]?]
  private let sizes: [[Int]]
  private let counts: [Int]
  /// Per measure of the cube: where it stands among those that are summed.
  private let columns: [Int]

  /// - Throws: as `Cube(of:)`.
  /// - Complexity: O(rows × measures).
  public init(_ sample: Sample) throws {
    let rows = try CubeRows(sample, weights: nil, withBuckets: false)
    let head = rows.head
    try head.grid.checkShape("cube", cellLimit: Cube.cellLimit)
    let (states, periods) = (ApplicationState.all.count, head.periods.count)
    let all = 0..<sample.rowCount
    guard let size = CubeSlice.keyCount(head.monthSizes) else {
      throw Faults.data(
        "bootstrap", "cells, months and states combine to more than 2^32", "Use fewer bins or months.")
    }
    func monthKey(_ row: Int) -> Int { rows.monthKey(row, cell: Int(rows.sample.cell[row])) }
    let monthly = OccupiedKeys(count: size, rows: sample.rowCount, monthKey)
    // Month, then period, as a month may lie in two: of combinations that occur, so that no grid that has a cube is too fine.
    func key(_ row: Int) -> Int {
      monthly.place(monthKey(row)) * periods + rows.periodKey(row) / states % periods
    }
    guard let both = CubeSlice.keyCount([monthly.keys.count, periods]) else {
      throw Faults.data("bootstrap", "has too many applications to sort", "Use fewer.")
    }
    let occupied = OccupiedKeys(count: both, rows: sample.rowCount, key)
    guard let amounts = rows.columns(all) else {
      throw Faults.data("bootstrap", "the amounts are too large to multiply", "State them in a larger unit.")
    }
    sums = try WeightedSums(
      group: all.map { Int32(occupied.place(key($0))) }, groupCount: occupied.keys.count, keys: sample.key,
      measures: [[Int64](repeating: 1, count: sample.rowCount)] + amounts)
    let months = occupied.keys.map { Int(monthly.keys[Int($0) / periods]) }
    let folds = zip(months, occupied.keys).map { month, own in
      let period = Int(own) % periods
      return (month / states / head.months.count * periods + period) * states + month % states
    }
    self.rows = rows
    sizes = [head.monthSizes, head.foldSizes]
    var (places, keys, counts): ([[Int]], [[UInt32]?], [Int]) = ([], [], [])
    for (own, sizes) in zip([months, folds], sizes) {
      let size = sizes.reduce(1, *)
      let distinct = OccupiedKeys(count: size, rows: own.count) { own[$0] }
      let isDense = CubeSlice.isDense(size, occupied: distinct.keys.count, measures: head.measures.count)
      places.append(isDense ? own : own.map(distinct.place))
      keys.append(isDense ? nil : distinct.keys)
      counts.append(isDense ? size : distinct.keys.count)
    }
    (self.places, self.keys, self.counts) = (places, keys, counts)
    // The numbers of the columns instead of their sums, put in the order of the measures.
    columns = rows.measures((1...amounts.count).map { [Int64($0)] }, counts: [0]).map { Int($0[0]) }
  }

  /// Bytes of the rows of a sample, in order and while they are put into it; known before anything is made.
  public static func bytes(of sample: Sample) -> Int {
    // Rows, bad ones, amounts, two of what is eligible, and the score of each axis with its count.
    let measures = 1 + 1 + sample.amounts.count + 2 + 2 * sample.grid.axes.count
    let own = WeightedSums.bytes(rows: sample.rowCount, measures: measures)
    return own.kept + own.making + 3 * sample.rowCount
  }

  /// Bytes that a block of eight needs while it is made.
  public var blockBytes: Int {
    let measures = sums.measureCount
    return 64 * (sums.groupCount * measures + counts.reduce(0, +) * columns.count)
  }

  /// Whether sums are made by the C kernels.
  public var isFast: Bool { sums.isFast }

  /// The cubes of the resamples `8 · block ..< 8 · block + 8`.
  /// - Throws: `Faults` (data) naming the column when a sum is not an Int64.
  /// - Complexity: O(rows × measures).
  public func block(_ block: Int, _ weights: PoissonWeights) throws -> [Cube] {
    let lanes = PoissonWeights.perBlock
    let all = try reporting { try sums.block(block, weights) }
    return try (0..<lanes).map { try cube(all, lane: $0, of: lanes) }
  }

  /// The cube under weights of one's own.
  public func cube(_ weight: (UInt64) -> Int64) throws -> Cube {
    try cube(reporting { try sums.scalar(weight) }, lane: 0, of: 1)
  }

  private func reporting(_ sums: () throws -> [Int64]) throws -> [Int64] {
    do { return try sums() } catch ComputeError.sumOverflow(let column, _) {
      throw rows.head.measures[columns.firstIndex(of: column) ?? 0].overflow()
    }
  }

  private func cube(_ sums: [Int64], lane: Int, of lanes: Int) throws -> Cube {
    let measures = self.sums.measureCount
    let slices = try zip(places, zip(counts, zip(keys, sizes))).map { places, slice in
      let values = try columns.indices.map { measure -> [Int64] in
        var isSum = true
        let own = [Int64](unsafeUninitializedCapacity: slice.0) { buffer, count in
          buffer.initialize(repeating: 0)
          count = slice.0
          var from = columns[measure] * lanes + lane
          for place in places {
            let (sum, overflow) = buffer[place].addingReportingOverflow(sums[from])
            buffer[place] = sum
            isSum = isSum && !overflow
            from += measures * lanes
          }
        }
        guard isSum else { throw rows.head.measures[measure].overflow() }
        return own
      }
      return CubeSlice(sizes: slice.1.1, keys: slice.1.0, values: values)
    }
    return Cube(rows.head, months: slices[0], folds: slices[1])
  }
}
