internal import CSearch
internal import CutlineCompute

/// One worker's bounds and candidates.
///
/// Unchecked, because it owns a C structure: each worker has its own and alone changes it.
final class ScanEnvelope: @unchecked Sendable {
  private let pointer: OpaquePointer

  private init(_ pointer: OpaquePointer) { self.pointer = pointer }

  deinit { cutline_envelope_destroy(pointer) }

  /// Bounds for productions `lowest...highest`, seeded with good strategies of the grid.
  static func seeded(for grid: GridSums) throws -> ScanEnvelope {
    let range = productionRange(grid)
    guard
      let pointer = cutline_envelope_create(
        range.lowest, range.highest, absoluteSum(grid.numerator), absoluteSum(grid.denominator))
    else { throw ComputeError.outOfMemory }
    let envelope = ScanEnvelope(pointer)
    envelope.lower(production: 0, numerator: 0, denominator: 0)
    LagrangianSeeds(grid: grid).visit { envelope.lower(production: $0, numerator: $1, denominator: $2) }
    return envelope
  }

  /// A copy without candidates.
  func copy() throws -> ScanEnvelope {
    guard let copy = cutline_envelope_copy(pointer) else { throw ComputeError.outOfMemory }
    return ScanEnvelope(copy)
  }

  /// Lowers the bounds by the sums of a real strategy.
  func lower(production: Int64, numerator: Int64, denominator: Int64) {
    cutline_envelope_lower(pointer, production, numerator, denominator)
  }

  /// Scans outer groups of a junction against its whole inner side.
  func scan(
    _ junction: PartialStrategies.Junction, groups: Range<Int>, instructionSet: InstructionSet
  ) throws {
    let done = junction.outer.withPartials { outer in
      junction.inner.withPartials { inner in
        cutline_scan(pointer, &outer, groups.lowerBound, groups.upperBound, &inner, instructionSet.code)
      }
    }
    if !done { throw ComputeError.outOfMemory }
  }

  /// What a device must know of the bounds.
  var shape: cutline_envelope_shape { cutline_envelope_describe(pointer) }

  /// The bounds in a device's form, one word for each bucket.
  func words() -> [UInt32] {
    [UInt32](unsafeUninitializedCapacity: shape.buckets) { words, count in
      if let start = words.baseAddress { cutline_envelope_words(pointer, start) }
      count = words.count
    }
  }

  /// Looks exactly at pairs of a pool that a device let through.
  ///
  /// - Returns: how many of them do not exist, which is none unless the device errs.
  func consider(_ pairs: ArraySlice<SIMD2<UInt32>>, of pool: PackedPartials) throws -> Int {
    var outside = 0
    let done = pool.withPartials { pool in
      pairs.withUnsafeBytes { bytes in
        guard let words = bytes.bindMemory(to: UInt32.self).baseAddress else { return true }
        return cutline_consider_pairs(pointer, &pool, words, pairs.count, &outside)
      }
    }
    if !done { throw ComputeError.outOfMemory }
    return outside
  }

  /// The candidates that the bounds still allow, in no order.
  func candidates() -> [cutline_candidate] {
    var found: UnsafePointer<cutline_candidate>?
    let count = cutline_envelope_candidates(pointer, &found)
    return Array(UnsafeBufferPointer(start: found, count: count))
  }

  /// Candidates that were ever kept.
  var survivors: UInt64 { cutline_envelope_survivors(pointer) }

  private static func absoluteSum(_ values: [Int64]) -> Double { values.reduce(0) { $0 + Double($1.magnitude) } }

  /// The least and greatest production of a strategy, by dynamic programming over rows.
  private static func productionRange(_ grid: GridSums) -> (lowest: Int64, highest: Int64) {
    let sums = grid.rowSums(grid.production)
    let width = grid.columns + 1
    // Best sums of the rows from `row` on that accept at most `k` columns.
    var least = [Int64](repeating: 0, count: width)
    var greatest = least
    for row in stride(from: grid.rows - 1, through: 0, by: -1) {
      for k in 0..<width {
        least[k] += sums[row * width + k]
        greatest[k] += sums[row * width + k]
        if k > 0 {
          least[k] = min(least[k], least[k - 1])
          greatest[k] = max(greatest[k], greatest[k - 1])
        }
      }
    }
    return (least[width - 1], greatest[width - 1])
  }
}
