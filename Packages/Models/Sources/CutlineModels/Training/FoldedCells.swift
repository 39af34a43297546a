internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Exposure and risk numerator of booked, mature applications per cell, in parts of applications, and how parts are set
/// against each other: those that a model is fitted to, and those that it then has to predict.
///
/// Parts are made before anything is compared, so no application is on both sides of a split. Random folds are a seeded
/// permutation of the cube's buckets, dealt out in turn: sizes differ by one bucket at most. Where the cube has no buckets,
/// the fold of an application is drawn from its key. Neither depends on the order of the file. Splits in time have months as
/// parts.
struct FoldedCells: Sendable {
  struct Split: Sendable {
    let train, validation: [Int]
  }

  let splits: [Split]
  let rows: Int
  /// Splits in time for which purging left nothing to learn from.
  let skipped: Int
  /// Per part, per cell of the grid, in the scale of the cube.
  private let numerator, denominator: [[Int64]]

  private var all: [Int] { Array(numerator.indices) }

  /// Each part in turn against all others.
  private static func folds(_ count: Int) -> [Split] {
    (0..<count).map { fold in Split(train: (0..<count).filter { $0 != fold }, validation: [fold]) }
  }

  /// Folds of the cube's buckets.
  ///
  /// - Returns: nil where it has none.
  /// - Throws: `Faults` (data) when a sum is not an Int64.
  /// - Complexity: O(combinations of the slice Folds).
  init?(_ cube: Cube, folds: Int, stream: RandomStream) throws {
    guard let buckets = cube.buckets else { return nil }
    var order = Array(0..<buckets)
    var stream = stream
    stream.shuffle(&order)
    var fold = [Int](repeating: 0, count: buckets)
    for (place, bucket) in order.enumerated() { fold[bucket] = place % folds }
    func sums(_ measure: Measure) throws -> [[Int64]] {
      let sums = try cube.sums(of: measure, [.bookedMature], fold: fold, folds: folds) ?? []
      return sums.map { Array($0.prefix(cube.grid.cellCount)) }
    }
    let rows = try sums(.rows).joined().reduce(Int128(0)) { $0 + Int128($1) }
    self.init(
      splits: Self.folds(folds), rows: Int(clamping: rows), numerator: try sums(Measure(.numerator)),
      denominator: try sums(Measure(.denominator)))
  }

  /// Splits in time: the months of the main period in `blocks + 1` runs, each but the first predicted from all that came
  /// before it, the last `purge` months before it left out.
  ///
  /// Outcomes take months to show, so that a model of June knows nothing yet of what was booked in May: with `purge` as long
  /// as the outcome window a split knows what could have been known.
  ///
  /// - Throws: `Faults` (data) where there are too few months.
  init(_ cube: Cube, blocks: Int, purge: Int) throws {
    let basis = cube.summary.basis
    let cells = cube.grid.cellCount
    func sums(_ measure: Measure) throws -> [[Int64]] {
      try cube.sumsByMonth(of: measure, [.bookedMature]).map { Array($0.prefix(cells)) }
    }
    let (numerator, denominator) = (try sums(Measure(.numerator)), try sums(Measure(.denominator)))
    let counts = try sums(.rows)
    let first = CalendarDate(iso: basis.periodStart).map(Month.init)
    let last = CalendarDate(iso: basis.periodEnd).map(Month.init)
    let used = cube.months.indices.filter { index in
      let month = cube.months[index]
      return first.map { month >= $0 } ?? true && last.map { month <= $0 } ?? true
        && denominator[index].contains { $0 > 0 }
    }
    guard used.count > blocks else {
      throw Faults.data(
        "training",
        "\(used.count) months hold booked applications with an outcome; \(blocks) splits in time need \(blocks + 1)",
        used.count > 2
          ? "Set cv_folds to at most \(used.count - 1), or split = \"random\"."
          : "Use split = \"random\", or a longer period.")
    }
    splits = (1...blocks).compactMap { block in
      let from = used.count * block / (blocks + 1)
      let to = used.count * (block + 1) / (blocks + 1)
      let start = cube.months[used[from]]
      let train = (0..<from).filter { cube.months[used[$0]] + purge < start }
      return train.isEmpty ? nil : Split(train: train, validation: Array(from..<to))
    }
    guard splits.count >= 2 else {
      throw Faults.data(
        "training",
        "with \(purge) months left out before each of \(blocks) splits in time nothing is left to learn from",
        "Use fewer purge_months or a longer period.")
    }
    skipped = blocks - splits.count
    self.numerator = used.map { numerator[$0] }
    self.denominator = used.map { denominator[$0] }
    rows = Int(clamping: used.map { counts[$0] }.joined().reduce(Int128(0)) { $0 + Int128($1) })
  }

  /// Folds of rows: `bits(key) mod folds`.
  ///
  /// - Throws: `Faults` (data) when a sum is not an Int64.
  /// - Complexity: O(rows).
  init(_ sample: Sample, folds: Int, stream: RandomStream) throws {
    let mature = sample.mature
    let cells = sample.grid.cellCount
    var place = [Int32](repeating: -1, count: sample.rowCount)
    for row in mature {
      place[row] = Int32(Int(stream.bits(at: sample.key[row]) % UInt32(folds)) * cells) + sample.cell[row]
    }
    func sums(_ amount: Amount) throws -> [[Int64]] {
      do {
        let flat = try sumByCell(cell: place, cellCount: folds * cells, values: [sample.values(of: amount)]).sums[0]
        return (0..<folds).map { Array(flat[$0 * cells..<($0 + 1) * cells]) }
      } catch ComputeError.sumOverflow {
        throw Faults.data(
          "column \(amount)", "its sum does not fit in 64 bits", "Check the values for some that cannot be.")
      }
    }
    self.init(
      splits: Self.folds(folds), rows: mature.count, numerator: try sums(.numerator),
      denominator: try sums(.denominator))
  }

  private init(splits: [Split], rows: Int, numerator: [[Int64]], denominator: [[Int64]]) {
    self.splits = splits
    self.rows = rows
    skipped = 0
    self.numerator = numerator
    self.denominator = denominator
  }

  /// The nearest double; of what fits in 64 bits by the processor's own conversion, which rounds alike.
  private static func double(_ value: Int128) -> Double { Int64(exactly: value).map(Double.init) ?? Double(value) }

  /// Risk as a fraction and weight (exposure) per cell: of some parts, or of all.
  func cells(_ parts: [Int]? = nil, multiplier: Double) -> (risk: [Double], weight: [Double]) {
    let included = parts ?? all
    let count = numerator.first?.count ?? 0
    var risk = [Double](repeating: 0, count: count)
    var weight = risk
    for cell in 0..<count {
      // At most some hundred numbers of 64 bits.
      let d = included.reduce(Int128(0)) { $0 + Int128(denominator[$1][cell]) }
      guard d > 0 else { continue }
      let n = included.reduce(Int128(0)) { $0 + Int128(numerator[$1][cell]) }
      risk[cell] = multiplier * Self.double(n) / Self.double(d)
      weight[cell] = Self.double(d)
    }
    return (risk, weight)
  }
}

/// How applications are set against each other in a comparison.
struct ValidationConfig: StageConfig {
  enum Split: String, Sendable, CaseIterable { case random, time }

  var folds = 5
  var repeats = 1
  var split = Split.random
  var purgeMonths = 0

  static let fields: [Field<Self>] = [
    .shared(.int("cv_folds", \.folds, in: 2...20, "Folds of applications, or splits in time.")),
    .int("repeats", \.repeats, in: 1...50, "How often random folds are drawn anew."),
    .choice(
      "split", \.split, "Folds of applications drawn at random, or splits in time that predict later months."),
    .int(
      "purge_months", \.purgeMonths, in: 0...60, unit: "months",
      "Months before a split in time that are left out, as their outcomes are not known yet."),
  ]

  func validate(at places: FieldPlaces) throws {
    guard split == .random || repeats == 1 else {
      throw Faults.usage(
        places["repeats"], "repeats is \(repeats), and splits in time are always the same", "Leave it out.")
    }
    guard split == .time || purgeMonths == 0 else {
      throw Faults.usage(
        places["purge_months"], "purge_months is set without split = \"time\"", "Leave it out, or set both.")
    }
  }

  /// One comparison, or as many as there are repeats.
  /// - Throws: `Faults` (usage) where there are neither buckets nor rows to make folds of.
  func cells(_ input: Train.Input, in context: RunContext) throws -> [FoldedCells] {
    if split == .time {
      let cells = try FoldedCells(input.cube, blocks: folds, purge: purgeMonths)
      if cells.skipped > 0 {
        context.warn(
          "\(cells.skipped) of \(folds) splits in time are left out: purge_months leaves nothing before them")
      }
      return [cells]
    }
    return try (0..<repeats).map { turn in
      // The first draw is that of a single one, whatever repeats says.
      let stream = turn == 0 ? context.random(.folds) : context.random(.folds, turn)
      if let cells = try FoldedCells(input.cube, folds: folds, stream: stream) { return cells }
      guard let sample = input.sample else {
        throw Faults.usage(
          "port sample",
          "is not connected, and the cube has no buckets to make folds of: its grid is too fine for them",
          "Connect it with from = { cube = \"cube\", sample = \"prepare\" }, or use fewer bins.")
      }
      return try FoldedCells(sample, folds: folds, stream: stream)
    }
  }

  /// What such a training reads besides the cube.
  func needs(_ input: Train.Input) -> [String] {
    // A choice that is kept is not compared.
    split == .random && input.cube.buckets == nil && input.chosen == nil ? ["sample"] : []
  }
}
