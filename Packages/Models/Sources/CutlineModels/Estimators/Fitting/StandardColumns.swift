internal import CModels
internal import CutlineCompute

/// The features of a fit, standardised as they are read: z = (x − centre) · factor has weighted mean 0 and deviation 1.
///
/// A feature that does not vary has factor 0. Nothing is copied: blocks of rows are standardised when a kernel needs them.
struct StandardColumns: Sendable {
  let columns: [[Double]]
  let centres, factors: [Double]
  let chunks: RowChunks

  var count: Int { columns.count }
  var rows: Int { chunks.rows }

  /// - Complexity: O(*n·p*).
  init(_ columns: [[Double]], weights: [Double], workers: Int, instructionSet: InstructionSet? = nil) {
    self.columns = columns
    let total = FitData.sum(weights)
    chunks = RowChunks(rows: weights.count, workers: workers, instructionSet: instructionSet)
    let memory = UnsafeMutableBufferPointer<Double>.allocate(capacity: 2 * columns.count)
    defer { memory.deallocate() }
    memory.initialize(repeating: 0)
    // Shared without a lock: each column writes two numbers of its own.
    nonisolated(unsafe) let shared = memory
    let set = chunks.instructionSet
    RowChunks.each(columns.count, workers: workers) { column in
      let (centre, factor) = Self.scale(columns[column], weights, total, set)
      shared[2 * column] = centre
      shared[2 * column + 1] = factor
    }
    centres = columns.indices.map { memory[2 * $0] }
    factors = columns.indices.map { memory[2 * $0 + 1] }
  }

  /// Centre and factor of one column; a power of two keeps its squares within what doubles hold.
  private static func scale(
    _ x: [Double], _ weights: [Double], _ total: Double, _ set: Int32
  ) -> (Double, Double) {
    var low = Double.infinity
    var high = -Double.infinity
    for value in x {
      low = value < low ? value : low
      high = value > high ? value : high
    }
    guard low < high else { return (low.isFinite ? low : 0, 0) }
    let unit = FitData.power(of: -max(low.magnitude, high.magnitude).exponent)
    let mean = moments(x, weights, 0, unit, set).first / total / unit
    let spread = FitData.power(of: -max(high - mean, mean - low, .leastNormalMagnitude).exponent)
    let second = moments(x, weights, mean, spread, set)
    // The mean once more from the deviations: large values with small differences keep their digits.
    let shift = second.first / total
    let centre = mean + shift / spread
    let variance = second.second / total - shift * shift
    guard variance > 0 else { return (low, 0) }
    let factor = spread / variance.squareRoot()
    return factor.isFinite ? (centre, factor) : (low, 0)
  }

  /// Σ w z and Σ w z² of one column, chunk by chunk.
  private static func moments(
    _ x: [Double], _ weights: [Double], _ centre: Double, _ factor: Double, _ set: Int32
  ) -> (first: Double, second: Double) {
    let lanes = Scratch(16)
    var sums = (0.0, 0.0)
    x.withUnsafeBufferPointer { x in
      weights.withUnsafeBufferPointer { weights in
        guard let x = x.baseAddress, let w = weights.baseAddress else { return }
        for start in stride(from: 0, to: weights.count, by: RowChunks.chunk) {
          lanes.first.update(repeating: 0, count: 16)
          let rows = min(RowChunks.chunk, weights.count - start)
          cmodels_moments(x + start, w + start, rows, centre, factor, lanes.first, lanes.first + 8, set)
          sums.0 += RowChunks.joined(lanes.first)
          sums.1 += RowChunks.joined(lanes.first + 8)
        }
      }
    }
    return sums
  }

  /// Rows of a block with what a multiple of the lanes needs.
  static func padded(_ rows: Int) -> Int { (rows + Int(CMODELS_LANES) - 1) / Int(CMODELS_LANES) * Int(CMODELS_LANES) }

  /// The standardised rows `start..<start + rows` at `block`, a column every `RowChunks.block`, padded with zeros.
  func fill(_ block: UnsafeMutablePointer<Double>, from start: Int, rows: Int) {
    let padding = Self.padded(rows) - rows
    for column in columns.indices {
      columns[column].withUnsafeBufferPointer { x in
        guard let x = x.baseAddress else { return }
        cmodels_standardise(
          x + start, rows, centres[column], factors[column], block + column * RowChunks.block, padding,
          chunks.instructionSet)
      }
    }
  }

  /// Coefficients and intercept for the features as they are, from those for the standardised ones.
  func original(intercept: Double, _ beta: [Double]) -> LinearFit {
    let coefficients = beta.indices.map { beta[$0] * factors[$0] }
    // Small terms first would need sorting; in the order of the features the result is the same everywhere.
    let start = coefficients.indices.reduce(intercept) { $0 - coefficients[$1] * centres[$1] }
    return LinearFit(intercept: start, coefficients: coefficients)
  }
}
