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
  ///   - withBuckets: false leaves the hash classes out, for what makes no folds.
  /// - Throws: `Faults` (data) naming the column when a sum is not an Int64; for more than 2³² combinations of cell, month
  ///   and state, or 2²⁴ cells; for an empty sample.
  /// - Complexity: O(rows × measures) time, O(workers × combinations) memory.
  public init(of sample: Sample, weights: [Int64]? = nil, workers: Int = 1, withBuckets: Bool = true) throws {
    let rows = try CubeRows(sample, weights: weights, withBuckets: withBuckets)
    let head = rows.head
    try head.grid.checkShape("cube", cellLimit: Cube.cellLimit)
    let (buckets, key) = (head.buckets ?? 1, sample.key)
    let months = SliceKeys(sizes: head.monthSizes) { row in rows.monthKey(row, cell: Int(rows.sample.cell[row])) }
    let folds = SliceKeys(sizes: head.foldSizes) { row in
      rows.periodKey(row) * buckets + (buckets == 1 ? 0 : Bucket.of(key: key[row]) % buckets)
    }
    let slices = try SliceSums(rows, [months, folds], workers: max(1, workers)).made()
    self.init(head, months: slices[0], folds: slices[1])
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
  /// Per row: the place of its month and of its state in one number, and of its period and its state.
  private let monthStates: [UInt16]
  private let periodStates: [UInt8]
  private let months, periods: Int
  /// Per axis: whether every row has its score.
  private let isComplete: [Bool]

  /// - Throws: `Faults` (data) where the columns of the sample do not fit together.
  init(_ sample: Sample, weights: [Int64]?, withBuckets: Bool = true) throws {
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
    let decided = Self.decidedRows(sample)
    let indices = Self.indices(sample)
    let months = indices.present.map { Month(index: Int($0)) }
    let periods = Period.allCases.filter { indices.periods[Int($0.rawValue)] }
    let grid = sample.grid
    let weight = weights.map { $0.reduce(0.0) { $0 + Double($1.magnitude) } } ?? Double(rows)
    let scales = try zip(grid.axes, sample.scores).map { try ScoreScale($0, $1, weight: weight) }
    let decimals = sample.amounts.first { $0 == .requested }?.scale ?? AmountScale.hundredths.decimals
    let measures =
      [Measure.rows, .badRows] + sample.amounts.map { Measure($0) }
      + [Measure.eligible, .eligibleBooked].map { $0.with(scale: decimals) }
      + zip(grid.axes, scales).flatMap { axis, scale in
        [.score(axis, scale: scale.scale, isExact: scale.isExact), .scoreRows(axis)]
      }
    guard Set(measures).count == measures.count else {
      throw Faults.data("sample", "an amount has the name of another measure", "Give it another name.")
    }
    head = Cube.Head(
      grid: grid, measure: sample.measure, outside: sample.outside, measures: measures, months: months,
      periods: periods, buckets: withBuckets ? Bucket.number(cells: grid.cellCount, rows: decided) : nil,
      summary: sample.summary)
    self.sample = sample
    self.weights = weights
    self.scales = scales
    amounts = columns
    numerator = try sample.values(of: .numerator)
    requested = try sample.values(of: .requested)
    isComplete = sample.scores.map { !$0.contains(where: \.isNaN) }
    (self.months, self.periods) = (months.count, periods.count)
    let states = ApplicationState.all.count
    guard months.count <= Int(UInt16.max) / states else {
      throw Faults.data("sample", "spans \(months.count) months", "Check the dates.")
    }
    let place = Period.allCases.map { periods.firstIndex(of: $0) ?? 0 }
    var monthStates = [UInt16](repeating: 0, count: rows)
    var periodStates = [UInt8](repeating: 0, count: rows)
    let (places, first) = (indices.places, Int(indices.first))
    for (row, ((status, outcome), (month, period))) in zip(
      zip(sample.status, sample.outcome), zip(sample.month, sample.period)
    ).enumerated() {
      let state = status == .booked ? min(1, Int(outcome.rawValue)) : Int(status.rawValue) + 1
      monthStates[row] = UInt16(places[Int(month.index) - first] * states + state)
      periodStates[row] = UInt8(place[Int(period.rawValue)] * states + state)
    }
    self.monthStates = monthStates
    self.periodStates = periodStates
  }

  /// The combination of a cell with a row's month and state.
  @inline(__always)
  func monthKey(_ row: Int, cell: Int) -> Int { cell * months * ApplicationState.all.count + Int(monthStates[row]) }

  /// The combination of a row's cell, period and state.
  @inline(__always)
  func periodKey(_ row: Int) -> Int {
    Int(sample.cell[row]) * periods * ApplicationState.all.count + Int(periodStates[row])
  }

  /// What is added up of some rows: with weights the weights first, then the measures in order without `rows` and without
  /// the counts of scores that every row has.
  /// - Returns: nil where a product with a weight leaves Int64.
  func columns(_ range: Range<Int>) -> [[Int64]]? {
    var columns: [[Int64]] = []
    if let weights { columns.append(Array(weights[range])) }
    columns.append(
      zip(sample.outcome[range], numerator[range]).map { outcome, numerator in
        outcome == .mature && numerator > 0 ? 1 : 0
      })
    for amount in amounts { columns.append(Array(amount[range])) }
    let eligible = sample.eligible
    let asked =
      eligible.count == eligible.rowCount
      ? Array(requested[range]) : zip(range, requested[range]).map { eligible.contains($0) ? $1 : 0 }
    columns.append(asked)
    columns.append(zip(sample.status[range], asked).map { $0 == .booked ? $1 : 0 })
    for (axis, scores) in sample.scores.enumerated() {
      let scale = scales[axis]
      columns.append(scores[range].map(scale.value))
      if !isComplete[axis] { columns.append(scores[range].map { $0.isNaN ? 0 : 1 }) }
    }
    guard let weights else { return columns }
    for column in columns.indices.dropFirst() {
      for (place, row) in range.enumerated() {
        let (product, overflow) = columns[column][place].multipliedReportingOverflow(by: weights[row])
        if overflow { return nil }
        columns[column][place] = product
      }
    }
    return columns
  }

  /// The measures in order, from the sums of those columns and the numbers of rows.
  func measures(_ sums: [[Int64]], counts: [Int64]) -> [[Int64]] {
    var rest = sums[...]
    let rows = weights == nil ? counts : rest.removeFirst()
    var measures = [rows] + rest.prefix(1 + amounts.count + 2)
    rest = rest.dropFirst(1 + amounts.count + 2)
    for axis in isComplete.indices {
      measures.append(rest.removeFirst())
      measures.append(isComplete[axis] ? rows : rest.removeFirst())
    }
    return measures
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

  /// What a strategy decides about.
  private static func decidedRows(_ sample: Sample) -> Int {
    let cells = Int32(clamping: sample.grid.cellCount)
    var count = 0
    for (cell, (period, status)) in zip(sample.cell, zip(sample.period, sample.status))
    where cell < cells && period == .main && status.isDecidedByScore { count += 1 }
    return count
  }

  /// The months and periods that occur, and the place of each month, counted from the first, among them.
  private static func indices(
    _ sample: Sample
  ) -> (first: Int32, present: [Int32], places: [Int], periods: [Bool]) {
    var (first, last) = (Int32.max, Int32.min)
    for month in sample.month { (first, last) = (min(first, month.index), max(last, month.index)) }
    guard first <= last else { return (0, [], [], []) }
    var isPresent = [Bool](repeating: false, count: Int(last) - Int(first) + 1)
    for month in sample.month { isPresent[Int(month.index) - Int(first)] = true }
    var periods = [Bool](repeating: false, count: Period.allCases.count)
    for period in sample.period { periods[Int(period.rawValue)] = true }
    var places = [Int](repeating: 0, count: isPresent.count)
    var present: [Int32] = []
    for offset in isPresent.indices where isPresent[offset] {
      places[offset] = present.count
      present.append(first + Int32(offset))
    }
    return (first, present, places, periods)
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
    var largest = 0.0
    for score in scores where score.magnitude > largest { largest = score.magnitude }
    var limit = -1
    while limit < 9, largest * Double(FixedPoint.powers[limit + 1]) * max(1, weight) < 9e18 { limit += 1 }
    guard limit >= 0, largest.isFinite else {
      throw Faults.data("column \(axis.source)", "holds scores too large to add up in 64 bits", "Check the column.")
    }
    var scale = 0
    var isExact = true
    var power = 1.0
    for score in scores where !score.isNaN {
      while isExact, (score * power).rounded(.toNearestOrEven) / power != score {
        guard scale < limit else {
          isExact = false
          break
        }
        scale += 1
        power = Double(FixedPoint.powers[scale])
      }
      if !isExact { break }
    }
    self.scale = isExact ? scale : limit
    self.isExact = isExact
    self.power = Double(FixedPoint.powers[isExact ? scale : limit])
  }

  /// The score as a whole number, half to even; 0 where there is none.
  func value(_ score: Double) -> Int64 { score.isNaN ? 0 : Int64((score * power).rounded(.toNearestOrEven)) }
}
