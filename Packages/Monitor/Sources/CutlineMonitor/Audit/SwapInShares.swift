internal import CutlineCore
internal import CutlineCredit

/// What is predicted of the rejected applications of each cell, given to the applications in whole units, so that the rows
/// of a cell add up to the cell exactly.
///
/// With the cell's amount V and the requested amounts wᵢ of its n applications, W = Σ wᵢ, each gets ⌊V · wᵢ / W⌋, and the
/// V − Σ ⌊V · wᵢ / W⌋ < n units that are left go one each to those with the largest remainders (largest remainders, or
/// Hamilton's method; ties by the application's key, then its row). Where W is 0 all weigh the same.
///
/// Source: Balinski, Young, *Fair Representation*, 2nd ed., 2001, ch. 3.
struct SwapInShares: Sendable {
  private let amounts: [Int64]
  private let weights: [Int64]
  private let cell: [Int32]
  /// Per cell: Σ weights, and how many applications.
  private let sums: [Int128]
  private let counts: [Int]
  /// Rows that get one unit more.
  private let extra: RowSet

  /// - Parameters:
  ///   - amounts: per cell, what is to be given.
  ///   - weights: per row of the sample.
  ///   - isIn: whether a row takes part.
  /// - Complexity: O(rows log rows); memory of some bytes a row that takes part while it is made, a bit a row then.
  init(_ amounts: [Int64], among sample: Sample, weights: [Int64], isIn: (Int) -> Bool) {
    var sums = [Int128](repeating: 0, count: amounts.count)
    var counts = [Int](repeating: 0, count: amounts.count)
    let rows = sample.cell.indices.filter(isIn)
    for row in rows {
      sums[Int(sample.cell[row])] += Int128(weights[row])
      counts[Int(sample.cell[row])] += 1
    }
    // One cell behind the other, in order of rows.
    var starts = [0]
    for count in counts { starts.append(starts[starts.count - 1] + count) }
    var places = starts
    var order = [Int32](repeating: 0, count: rows.count)
    for row in rows {
      order[places[Int(sample.cell[row])]] = Int32(row)
      places[Int(sample.cell[row])] += 1
    }
    var extra = RowSet(rowCount: sample.rowCount)
    for cell in amounts.indices where counts[cell] > 0 {
      var left = Int128(amounts[cell])
      let own = order[starts[cell]..<starts[cell + 1]].map { row -> (remainder: Int128, row: Int) in
        let (share, remainder) = Self.share(
          amounts[cell], of: weights[Int(row)], among: sums[cell], count: counts[cell])
        left -= share
        return (remainder, Int(row))
      }
      guard left > 0 else { continue }
      let sorted = own.sorted {
        ($1.remainder, sample.key[$0.row], $0.row) < ($0.remainder, sample.key[$1.row], $1.row)
      }
      for (_, row) in sorted.prefix(Int(left)) { extra.insert(row) }
    }
    (self.amounts, self.weights, cell, self.sums, self.counts) = (amounts, weights, sample.cell, sums, counts)
    self.extra = extra
  }

  /// Of a row that takes part. O(1).
  func share(of row: Int) -> Int64 {
    let cell = Int(self.cell[row])
    let (share, _) = Self.share(amounts[cell], of: weights[row], among: sums[cell], count: counts[cell])
    return Int64(clamping: share) + (extra.contains(row) ? 1 : 0)
  }

  /// ⌊V · w / W⌋ and the remainder, in 0..<|W|.
  private static func share(
    _ amount: Int64, of weight: Int64, among sum: Int128, count: Int
  ) -> (share: Int128, remainder: Int128) {
    // Below 2⁵³ each, as all that is added up is: the product fits.
    let isEven = sum == 0
    let sign: Int128 = sum < 0 ? -1 : 1
    let (over, under) = isEven ? (Int128(amount), Int128(count)) : (sign * Int128(amount) * Int128(weight), sign * sum)
    var (quotient, remainder) = over.quotientAndRemainder(dividingBy: under)
    if remainder < 0 {
      quotient -= 1
      remainder += under
    }
    return (quotient, remainder)
  }
}
