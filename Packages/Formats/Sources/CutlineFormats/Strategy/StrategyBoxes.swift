internal import CutlineCredit

/// The bins of all axes but the last as boxes of one cutoff: disjoint, covering, in ascending order of raw values.
///
/// A box starts at the first combination that no box holds, and is grown along the last of these axes, then along the one
/// before, while all that would be added has its cutoff and is free. With one such axis these are the runs of equal cutoffs, and
/// no fewer boxes do; with more, finding the fewest is NP-hard, and this is within one pass.
///
/// Source: on the hardness, Culberson, Reckhow, *Covering polygons is hard*, J. Algorithms 17, 1994 (here in n dimensions).
struct StrategyBoxes {
  struct Box {
    /// Per axis, its bins by ascending raw value.
    let bins: [ClosedRange<Int>]
    /// How many bins of the last axis are accepted.
    let accepted: Int
  }

  private(set) var boxes: [Box] = []

  init(_ strategy: Strategy, on grid: CellGrid) {
    let axes = Array(grid.axes.dropLast())
    let counts = axes.map(\.binCount)
    let outer = CellGrid(axes: axes)
    // By ascending raw value, whatever the numbering.
    let accepted = (0..<outer.cellCount).map { place in
      let bins = zip(axes, outer.bins(place)).map { axis, bin in
        axis.numbering == .ascending ? bin : axis.binCount - 1 - bin
      }
      return strategy.accepted[outer.index(bins)]
    }
    var isTaken = [Bool](repeating: false, count: accepted.count)
    for start in accepted.indices where !isTaken[start] {
      var bins = outer.bins(start).map { $0...$0 }
      for axis in axes.indices.reversed() {
        while bins[axis].upperBound + 1 < counts[axis] {
          var added = bins
          added[axis] = bins[axis].upperBound + 1...bins[axis].upperBound + 1
          guard Self.places(added, outer).allSatisfy({ !isTaken[$0] && accepted[$0] == accepted[start] }) else { break }
          bins[axis] = bins[axis].lowerBound...bins[axis].upperBound + 1
        }
      }
      for place in Self.places(bins, outer) { isTaken[place] = true }
      boxes.append(Box(bins: bins, accepted: accepted[start]))
    }
  }

  /// The combinations in a box.
  private static func places(_ bins: [ClosedRange<Int>], _ outer: CellGrid) -> [Int] {
    bins.indices.reduce([0]) { places, axis in
      places.flatMap { place in bins[axis].map { place * outer.axes[axis].binCount + $0 } }
    }
  }
}
