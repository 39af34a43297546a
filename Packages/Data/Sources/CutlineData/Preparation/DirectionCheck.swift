internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Tests whether the data contradicts a declared direction.
///
/// The statistic is the exposure-weighted Pearson correlation of the ranks of the bins (by raw value) with the ranks
/// of their booked risk. Under permutation of the risks over the bins,
/// `p = (1 + #{|c*| ≥ |c|}) / (1 + permutations)`, two-sided.
///
/// With fewer than six bins no arrangement is rarer than 1 in 100, so ten equally filled groups of the raw score stand in
/// for the bins (see `RiskGroups`).
struct DirectionCheck {
  /// The fewest groups in which a perfect order has p < 0.01.
  static let fewestGroups = 6
  static let permutations = 999
  static let level = 0.01

  let correlation: Double
  let p: Double

  /// - Parameters: per bin in ascending raw order: numerator, denominator (in one scale). Bins without exposure are left out.
  /// - Returns: nil with fewer than three bins, or risks that do not vary.
  init?(numerator: [Int64], denominator: [Int64], stream: RandomStream) {
    let used = denominator.indices.filter { denominator[$0] > 0 }
    guard used.count >= 3 else { return nil }
    let weights = used.map { Double(denominator[$0]) }
    let risks = Self.ranks(used.map { Double(numerator[$0]) / Double(denominator[$0]) })
    let bins = used.indices.map(Double.init)
    let observed = Self.correlation(bins, risks, weights)
    guard observed.isFinite else { return nil }
    var stream = stream
    var shuffled = risks
    var extreme = 0
    for _ in 0..<Self.permutations {
      stream.shuffle(&shuffled)
      if abs(Self.correlation(bins, shuffled, weights)) >= abs(observed) { extreme += 1 }
    }
    correlation = observed
    p = Double(extreme + 1) / Double(Self.permutations + 1)
  }

  /// Whether risk runs against `direction`, beyond chance.
  func contradicts(_ direction: Direction) -> Bool {
    p < Self.level && (direction == .higherIsSafer ? correlation > 0 : correlation < 0)
  }

  /// Average ranks.
  private static func ranks(_ values: [Double]) -> [Double] {
    values.map { value in Double(values.count { $0 < value }) + Double(values.count { $0 == value } - 1) / 2 }
  }

  private static func correlation(_ x: [Double], _ y: [Double], _ w: [Double]) -> Double {
    let total = w.reduce(0, +)
    let meanX = zip(x, w).reduce(0) { $0 + $1.0 * $1.1 } / total
    let meanY = zip(y, w).reduce(0) { $0 + $1.0 * $1.1 } / total
    var xy = 0.0
    var xx = 0.0
    var yy = 0.0
    for i in x.indices {
      xy += w[i] * (x[i] - meanX) * (y[i] - meanY)
      xx += w[i] * (x[i] - meanX) * (x[i] - meanX)
      yy += w[i] * (y[i] - meanY) * (y[i] - meanY)
    }
    return xy / (xx * yy).squareRoot()
  }
}

/// Risk numerator and denominator by ascending raw score: of the bins, or of ten equally filled groups where the bins are
/// too few to tell chance from order.
struct RiskGroups {
  let numerator, denominator: [Int64]

  /// - Parameter rows: mature booked rows of the sample.
  /// - Throws: `Faults` (data) when a sum is not an Int64.
  init(_ sample: Sample, axis index: Int, rows: RowSet) throws {
    let (grid, cells, scores) = (sample.grid, sample.cell, sample.scores[index])
    let axis = grid.axes[index]
    let stride = grid.axes[(index + 1)...].reduce(1) { $0 * $1.binCount }
    var groups = axis.binCount
    var group: (Int) -> Int = { row in
      let bin = Int(cells[row]) / stride % axis.binCount
      return axis.numbering == .ascending ? bin : axis.binCount - 1 - bin
    }
    if axis.binCount < DirectionCheck.fewestGroups, !rows.isEmpty {
      groups = 10
      let sorted = rows.map { scores[$0] }.sorted()
      // Equal scores fall into one group: the one of their first place.
      group = { row in
        var low = 0
        var high = sorted.count
        while low < high {
          let middle = (low + high) / 2
          if sorted[middle] < scores[row] { low = middle + 1 } else { high = middle }
        }
        return low * 10 / sorted.count
      }
    }
    func sums(_ amount: Amount) throws -> [Int64] {
      let values = try sample.values(of: amount)
      var totals = [Int128](repeating: 0, count: groups)
      for row in rows { totals[group(row)] += Int128(values[row]) }
      return try totals.map { total in
        guard let sum = Int64(exactly: total) else {
          throw Faults.data(
            "column \(amount)", "its sum does not fit in 64 bits",
            "Check the values for some that cannot be, or state them in a larger unit.")
        }
        return sum
      }
    }
    numerator = try sums(.numerator)
    denominator = try sums(.denominator)
  }
}
