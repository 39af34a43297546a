/// The number of closed regions of a grid of four and more variables.
///
/// Along the variable with most bins a region is a chain H₁ ⊇ H₂ ⊇ … of closed regions of the other variables. With
/// f(H) the number of chains that end in H, one more bin replaces f(H) by its sum over all regions that contain H. That
/// is done in place, cell by cell from the riskiest to the safest: f(H∖c) += f(H) for every H in which nothing depends on
/// c. In that order each pair of regions G ⊇ H is joined by exactly one path through closed regions.
struct RegionChains {
  /// Closed regions of the other variables.
  static let regionLimit = 200_000
  /// Additions of limbs: some seconds.
  static let workLimit = 4e9
  /// Limbs at once: some hundred megabytes.
  static let tableLimit = 5e7

  private let regions: Int
  /// Per cell, from the riskiest on, the pairs of regions with it and without it.
  private let removals: [(with: Int32, without: Int32)]
  private let bins: Int
  private let limbs: Int
  private let digitsPerBin: Int

  /// - Parameter sizes: bins per variable, ascending, at least two of each.
  /// - Returns: nil beyond the limits.
  init?(sizes: [Int]) {
    guard let bins = sizes.last, let tree = RegionTree(shape: Array(sizes.dropLast()), limit: Self.regionLimit) else {
      return nil
    }
    self.bins = bins
    regions = tree.regions
    // At most regionsᵇⁱⁿˢ chains, and at most (bins + 1)ᶜᵉˡˡˢ, as each cell of the others has one cutoff. Both numbers are
    // below the power of ten with their digits.
    digitsPerBin = String(regions).count
    let cells = sizes.dropLast().reduce(1, *)
    limbs = 1 + min(bins * digitsPerBin, cells * String(bins + 1).count) / BigNatural.digitsPerLimb
    guard Double(regions) * Double(limbs) <= Self.tableLimit else { return nil }
    removals = tree.removals()
    guard Double(removals.count) * Double(bins) * Double(limbs) <= Self.workLimit else { return nil }
  }

  /// - Complexity: O(removals × bins × limbs) time, O(regions × limbs) memory.
  var count: BigNatural {
    var table = [UInt64](repeating: 0, count: regions * limbs)
    // The last region accepts everything.
    table[(regions - 1) * limbs] = 1
    table.withUnsafeMutableBufferPointer { table in
      for bin in 1...bins {
        let used = min(limbs, 1 + bin * digitsPerBin / BigNatural.digitsPerLimb)
        for (with, without) in removals { add(table, Int(with), to: Int(without), used) }
      }
    }
    var sum = BigNatural(limbs: [])
    for region in 0..<regions { sum += BigNatural(limbs: table[region * limbs..<(region + 1) * limbs]) }
    return sum
  }

  private func add(_ table: UnsafeMutableBufferPointer<UInt64>, _ from: Int, to: Int, _ used: Int) {
    var carry: UInt64 = 0
    for place in 0..<used {
      let value = table[to * limbs + place] + table[from * limbs + place] + carry
      carry = value >= BigNatural.base ? 1 : 0
      table[to * limbs + place] = carry == 1 ? value - BigNatural.base : value
    }
  }
}
