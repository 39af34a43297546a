internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Exposure and risk numerator of booked, mature applications per cell, split into folds of applications.
///
/// Folds are made before anything is compared, so no application is in both the training and the validation side of a fold.
/// They are a seeded permutation of the cube's buckets, dealt out in turn: sizes differ by one bucket at most. Where the
/// cube has no buckets, the fold of an application is drawn from its id. Neither depends on the order of the file.
struct FoldedCells: Sendable {
  let folds: Int
  let rows: Int
  /// Per fold, per cell of the grid, in the scale of the cube.
  private let numerator, denominator: [[Int64]]

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
      folds: folds, rows: Int(clamping: rows), numerator: try sums(Measure(.numerator)),
      denominator: try sums(Measure(.denominator)))
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
    self.init(folds: folds, rows: mature.count, numerator: try sums(.numerator), denominator: try sums(.denominator))
  }

  private init(folds: Int, rows: Int, numerator: [[Int64]], denominator: [[Int64]]) {
    self.folds = folds
    self.rows = rows
    self.numerator = numerator
    self.denominator = denominator
  }

  /// Risk as a fraction and weight (exposure) per cell: of one fold, or of all folds but one, or of all.
  func cells(_ part: Part, multiplier: Double) -> (risk: [Double], weight: [Double]) {
    let included = (0..<folds).filter { fold in
      switch part {
      case .fold(let wanted): fold == wanted
      case .allBut(let left): fold != left
      case .all: true
      }
    }
    let count = numerator.first?.count ?? 0
    var risk = [Double](repeating: 0, count: count)
    var weight = risk
    for cell in 0..<count {
      // At most 20 numbers of 64 bits.
      let d = included.reduce(Int128(0)) { $0 + Int128(denominator[$1][cell]) }
      guard d > 0 else { continue }
      let n = included.reduce(Int128(0)) { $0 + Int128(numerator[$1][cell]) }
      risk[cell] = multiplier * Double(n) / Double(d)
      weight[cell] = Double(d)
    }
    return (risk, weight)
  }

  enum Part { case fold(Int), allBut(Int), all }
}

extension FoldedCells {
  /// Folds of buckets, or of rows where there are none.
  /// - Throws: `Faults` (usage) where neither is there.
  static func make(_ input: Train.Input, folds: Int, in context: RunContext) throws -> FoldedCells {
    if let cells = try FoldedCells(input.cube, folds: folds, stream: context.random(.folds)) { return cells }
    guard let sample = input.sample else {
      throw Faults.usage(
        "port sample",
        "is not connected, and the cube has no buckets to make folds of: its grid is too fine for them",
        "Connect it with from = { cube = \"cube\", sample = \"prepare\" }, or use fewer bins.")
    }
    return try FoldedCells(sample, folds: folds, stream: context.random(.folds))
  }

  /// What such a training reads besides the cube.
  static func needs(_ input: Train.Input) -> [String] { input.cube.buckets == nil ? ["sample"] : [] }
}
