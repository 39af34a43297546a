internal import CCompute

/// Rows in order of their groups, ready to be added up under the weights of many resamples.
///
/// Σ w·x per group, measure and resample are exact Int64 numbers: `scalar` is the definition; `block` gives the same bits by
/// C kernels that take whole numbers as doubles, where 8·Σ|x| of every group stays below 2⁵³, and the definition elsewhere.
public struct WeightedSums: Sendable {
  public let groupCount: Int
  public let measureCount: Int
  /// Per place: the row.
  public let order: [Int32]
  /// Per group its first place, and the number of rows at the end.
  private let starts: [UInt32]
  private let keys: [UInt64]
  /// Per place, its measures side by side: as whole doubles, or, where doubles could not hold the sums, as `wide`.
  private let values: [Double]
  private let wide: [Int64]

  /// - Parameters:
  ///   - group: of each row; below 0 leaves it out.
  ///   - keys: of each row, see `PoissonWeights`.
  ///   - measures: per measure, per row.
  /// - Throws: `ComputeError.shape` where columns have different lengths, for a group that does not exist, or 2³¹ rows.
  /// - Complexity: O(rows × measures).
  public init(group: [Int32], groupCount: Int, keys: [UInt64], measures: [[Int64]]) throws {
    guard keys.count == group.count, measures.allSatisfy({ $0.count == group.count }), group.count < Int(Int32.max),
      group.allSatisfy({ Int($0) < groupCount })
    else { throw ComputeError.shape("groups, keys and measures of different lengths") }
    var starts = [UInt32](repeating: 0, count: groupCount + 1)
    for own in group where own >= 0 { starts[Int(own) + 1] += 1 }
    for own in 0..<groupCount { starts[own + 1] += starts[own] }
    var next = starts
    var order = [Int32](repeating: 0, count: Int(starts[groupCount]))
    for (row, own) in group.enumerated() where own >= 0 {
      order[Int(next[Int(own)])] = Int32(row)
      next[Int(own)] += 1
    }
    self.groupCount = groupCount
    measureCount = measures.count
    self.order = order
    self.starts = starts
    self.keys = order.map { keys[Int($0)] }
    let isExact = measures.allSatisfy { column in
      // The sum over all rows bounds that of every group.
      let total = column.reduce(0.0) { $0 + Double($1.magnitude) }
      return Double(PoissonWeights.largest) * total < 0x1p53
    }
    func placed<Number: Numeric>(_ number: (Int64) -> Number) -> [Number] {
      var values = [Number](repeating: .zero, count: order.count * measures.count)
      for (measure, column) in measures.enumerated() {
        for (place, row) in order.enumerated() { values[place * measures.count + measure] = number(column[Int(row)]) }
      }
      return values
    }
    values = isExact ? placed { Double($0) } : []
    wide = isExact ? [] : placed { $0 }
  }

  /// Bytes of the sums of so many rows: those that stay, and the columns and groups that they are made of.
  public static func bytes(rows: Int, measures: Int) -> (kept: Int, making: Int) {
    (rows * (8 * measures + 12), rows * (8 * measures + 4))
  }

  /// Whether the C kernels are used.
  public var isFast: Bool { !values.isEmpty || order.isEmpty }

  /// Sums of one resample, `[group × measures + measure]`; the definition.
  /// - Parameter weight: of a row's key.
  /// - Throws: `ComputeError.sumOverflow` with the measure where a sum is not an Int64.
  public func scalar(_ weight: (UInt64) -> Int64) throws -> [Int64] {
    var sums = [Int128](repeating: 0, count: groupCount * measureCount)
    for group in 0..<groupCount {
      for place in Int(starts[group])..<Int(starts[group + 1]) {
        let own = Int128(weight(keys[place]))
        for measure in 0..<measureCount {
          let at = place * measureCount + measure
          sums[group * measureCount + measure] += own * Int128(values.isEmpty ? wide[at] : Int64(values[at]))
        }
      }
    }
    return try sums.enumerated().map { index, sum in
      guard let whole = Int64(exactly: sum) else {
        throw ComputeError.sumOverflow(column: index % measureCount, cell: index / measureCount)
      }
      return whole
    }
  }

  /// Sums under the weights of the resamples `8 · block ..< 8 · block + 8`:
  /// `[(group × measures + measure) × 8 + lane]`.
  ///
  /// - Parameter instructionSet: nil chooses the widest.
  /// - Throws: as `scalar`; `ComputeError.unsupported`.
  /// - Complexity: O(rows × measures).
  public func block(
    _ block: Int, _ weights: PoissonWeights, instructionSet: InstructionSet? = nil
  ) throws -> [Int64] {
    let set = try InstructionSet.chosen(instructionSet)
    let lanes = PoissonWeights.perBlock
    guard isFast else {
      let each = try (0..<lanes).map { lane in try scalar { weights.weight(of: $0, in: lanes * block + lane) } }
      return (0..<groupCount * measureCount * lanes).map { each[$0 % lanes][$0 / lanes] }
    }
    return [Int64](unsafeUninitializedCapacity: groupCount * measureCount * lanes) { buffer, count in
      count = groupCount * measureCount * lanes
      guard let base = buffer.baseAddress, count > 0 else { return }
      withUnsafePointer(to: weights.key) { key in
        key.withMemoryRebound(to: UInt32.self, capacity: 2) { key in
          cutline_poisson_sums(
            keys, values, measureCount, starts, groupCount, key, UInt32(truncatingIfNeeded: block), base, set.code)
        }
      }
    }
  }
}
