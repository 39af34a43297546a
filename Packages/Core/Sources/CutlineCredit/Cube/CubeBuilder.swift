internal import CutlineCore

extension Cube {
  /// Adds the rows of a sample up; the only way in which a cube is made of rows.
  ///
  /// Rows are taken in pieces, on `workers` threads; sums are exact, so that neither changes a bit.
  ///
  /// - Parameters:
  ///   - weights: whole numbers, one a row, by which every measure is multiplied, such as a bootstrap's counts; nil = 1.
  ///     The number of buckets does not depend on them.
  ///   - workers: threads; values below 1 mean 1.
  /// - Throws: `Faults` (data) naming the column when a sum is not an Int64; for more than 2³² combinations of cell, month
  ///   and state, or 2²⁴ cells; for an empty sample.
  /// - Complexity: O(rows × measures) time, O(workers × combinations) memory.
  public init(of sample: Sample, weights: [Int64]? = nil, workers: Int = 1) throws {
    let rows = try CubeRows(sample, weights: weights)
    let head = rows.head
    try head.grid.checkShape("cube", cellLimit: Cube.cellLimit)
    func slice(_ sizes: [Int], _ key: @escaping @Sendable (Int) -> Int) throws -> CubeSlice {
      try SliceSums(rows, sizes: sizes, key: key, workers: max(1, workers)).slice()
    }
    let states = ApplicationState.all.count
    let (monthCount, periodCount, buckets) = (head.months.count, head.periods.count, head.buckets ?? 1)
    let months = try slice(head.monthSizes) { row in
      (Int(sample.cell[row]) * monthCount + rows.monthPlace(row)) * states + rows.state(row)
    }
    let folds = try slice(head.foldSizes) { row in
      let bucket = buckets == 1 ? 0 : Bucket.of(key: sample.key[row]) % buckets
      return ((Int(sample.cell[row]) * periodCount + rows.periodPlace(row)) * states + rows.state(row)) * buckets
        + bucket
    }
    self.init(head, months: months, folds: folds)
  }
}

/// The measures of a sample, row by row.
struct CubeRows: Sendable {
  let sample: Sample
  let head: Cube.Head
  let weights: [Int64]?
  private let numerator, requested: [Int64]
  private let amounts: [[Int64]]
  private let scales: [ScoreScale]
  private let firstMonth: Int32
  private let monthPlaces, periodPlaces: [Int]

  /// - Throws: `Faults` (data) where the columns of the sample do not fit together.
  init(_ sample: Sample, weights: [Int64]?) throws {
    let rows = sample.rowCount
    let columns = try sample.amounts.map { try sample.values(of: $0) }
    let lengths =
      [sample.month.count, sample.period.count, sample.status.count, sample.outcome.count, sample.key.count]
      + columns.map(\.count) + sample.scores.map(\.count) + [weights?.count ?? rows]
    guard rows > 0, lengths.allSatisfy({ $0 == rows }), sample.scores.count == sample.grid.axes.count else {
      throw Faults.data("sample", "is empty, or its columns have different lengths", "Check the preparation.")
    }
    let cells = sample.cellCount
    if let row = sample.cell.firstIndex(where: { $0 < 0 || Int($0) >= cells }) {
      throw Faults.data(
        Place(column: "cell", row: row), "is \(sample.cell[row]) of \(cells) cells", "Report this stage.")
    }
    let indices = Self.monthIndices(sample.month)
    let months = indices.present.map { Month(index: Int($0)) }
    let periods = Period.allCases.filter(sample.period.contains)
    let grid = sample.grid
    let decided = sample.cell.indices.count { sample.isDecided($0) }
    let weight = weights.map { $0.reduce(0.0) { $0 + Double($1.magnitude) } } ?? Double(rows)
    let scales = try zip(grid.axes, sample.scores).map { try ScoreScale($0, $1, weight: weight) }
    let measures =
      [Measure.rows, .badRows] + sample.amounts.map { Measure($0) } + [.eligible, .eligibleBooked]
      + zip(grid.axes, scales).flatMap { axis, scale in
        [.score(axis, scale: scale.scale, isExact: scale.isExact), .scoreRows(axis)]
      }
    guard Set(measures).count == measures.count else {
      throw Faults.data("sample", "an amount has the name of another measure", "Give it another name.")
    }
    head = Cube.Head(
      grid: grid, measure: sample.measure, outside: sample.outside, measures: measures, months: months,
      periods: periods, buckets: Bucket.number(cells: grid.cellCount, rows: decided), summary: sample.summary)
    self.sample = sample
    self.weights = weights
    self.scales = scales
    amounts = columns
    numerator = try sample.values(of: .numerator)
    requested = try sample.values(of: .requested)
    firstMonth = indices.first
    monthPlaces = indices.places
    periodPlaces = Period.allCases.map { periods.firstIndex(of: $0) ?? 0 }
  }

  /// The place of a row's month, period and state among those that occur.
  func monthPlace(_ row: Int) -> Int { monthPlaces[Int(sample.month[row].index - firstMonth)] }
  func periodPlace(_ row: Int) -> Int { periodPlaces[Int(sample.period[row].rawValue)] }
  func state(_ row: Int) -> Int {
    let status = sample.status[row]
    return status == .booked ? min(1, Int(sample.outcome[row].rawValue)) : Int(status.rawValue) + 1
  }

  /// The measures of some rows, in order; without weights `rows` is left out, as it is the number of rows.
  /// - Returns: nil where a product with a weight leaves Int64.
  func columns(_ range: Range<Int>) -> [[Int64]]? {
    func made(_ value: (Int) -> Int64) -> [Int64] { range.map(value) }
    var columns: [[Int64]] = weights == nil ? [] : [made { _ in 1 }]
    columns.append(made { sample.outcome[$0] == .mature && numerator[$0] > 0 ? 1 : 0 })
    for amount in amounts { columns.append(Array(amount[range])) }
    let isEligible = range.map(sample.eligible.contains)
    columns.append(made { isEligible[$0 - range.lowerBound] ? requested[$0] : 0 })
    columns.append(made { isEligible[$0 - range.lowerBound] && sample.status[$0] == .booked ? requested[$0] : 0 })
    for (scale, scores) in zip(scales, sample.scores) {
      columns.append(made { scale.value(scores[$0]) })
      columns.append(made { scores[$0].isNaN ? 0 : 1 })
    }
    guard let weights else { return columns }
    for column in columns.indices {
      for (place, row) in range.enumerated() {
        let (product, overflow) = columns[column][place].multipliedReportingOverflow(by: weights[row])
        if overflow { return nil }
        columns[column][place] = product
      }
    }
    return columns
  }

  /// One measure of one row in 128 bits; the definition.
  func value(_ measure: Int, _ row: Int) -> Int128 {
    let weight = Int128(weights?[row] ?? 1)
    if measure == 0 { return weight }
    if measure == 1 { return sample.outcome[row] == .mature && numerator[row] > 0 ? weight : 0 }
    var rest = measure - 2
    if rest < amounts.count { return Int128(amounts[rest][row]) * weight }
    rest -= amounts.count
    if rest < 2 {
      let counts = sample.eligible.contains(row) && (rest == 0 || sample.status[row] == .booked)
      return counts ? Int128(requested[row]) * weight : 0
    }
    rest -= 2
    let score = sample.scores[rest / 2][row]
    return rest % 2 == 0 ? Int128(scales[rest / 2].value(score)) * weight : score.isNaN ? 0 : weight
  }

  private static func monthIndices(_ months: [Month]) -> (first: Int32, present: [Int32], places: [Int]) {
    guard let first = months.min()?.index, let last = months.max()?.index else { return (0, [], []) }
    var isPresent = [Bool](repeating: false, count: Int(last - first) + 1)
    for month in months { isPresent[Int(month.index - first)] = true }
    var places = [Int](repeating: 0, count: isPresent.count)
    var present: [Int32] = []
    for offset in isPresent.indices where isPresent[offset] {
      places[offset] = present.count
      present.append(first + Int32(offset))
    }
    return (first, present, places)
  }
}

/// The decimals in which the scores of one variable are added up.
struct ScoreScale: Sendable {
  let scale: Int
  let isExact: Bool
  private let power: Double

  /// The fewest decimals, up to 9, in which every score is exact; where there are none such, as many as leave room for the
  /// sum of all.
  /// - Throws: `Faults` (data) for scores so large that no sum of them fits.
  init(_ axis: GridAxis, _ scores: [Double], weight: Double) throws {
    let largest = scores.reduce(0.0) { max($0, $1.magnitude) }
    var limit = -1
    while limit < 9, largest * Double(FixedPoint.powers[limit + 1]) * max(1, weight) < 9e18 { limit += 1 }
    guard limit >= 0, largest.isFinite else {
      throw Faults.data("column \(axis.source)", "holds scores too large to add up in 64 bits", "Check the column.")
    }
    var scale = 0
    var isExact = true
    for score in scores where !score.isNaN {
      while isExact, !Self.isWhole(score, scale) {
        if scale < limit { scale += 1 } else { isExact = false }
      }
      if !isExact { break }
    }
    self.scale = isExact ? scale : limit
    self.isExact = isExact
    power = Double(FixedPoint.powers[isExact ? scale : limit])
  }

  /// The score as a whole number, half to even; 0 where there is none.
  func value(_ score: Double) -> Int64 { score.isNaN ? 0 : Int64((score * power).rounded(.toNearestOrEven)) }

  private static func isWhole(_ score: Double, _ scale: Int) -> Bool {
    let power = Double(FixedPoint.powers[scale])
    return (score * power).rounded(.toNearestOrEven) / power == score
  }
}
