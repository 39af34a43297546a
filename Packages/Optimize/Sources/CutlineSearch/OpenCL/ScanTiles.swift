internal import CSearch

/// The work of a scan in parts: some groups of one half, each against the same groups of the other half of a junction.
struct ScanTile: Sendable, Hashable {
  /// Places of groups in the pool.
  var held, swept: Range<Int>

  /// As the kernel reads it.
  var words: SIMD4<UInt32> {
    SIMD4(UInt32(held.lowerBound), UInt32(held.count), UInt32(swept.lowerBound), UInt32(swept.upperBound))
  }

  /// Pairs of entries, padding included.
  var pairs: UInt64 { UInt64(held.count) * UInt64(swept.count) * UInt64(CUTLINE_GROUP * CUTLINE_GROUP) }

  /// Two halves of it; nil for a single pair of groups.
  var halves: (ScanTile, ScanTile)? {
    func cut(_ range: Range<Int>) -> (Range<Int>, Range<Int>) {
      let middle = range.lowerBound + range.count / 2
      return (range.lowerBound..<middle, middle..<range.upperBound)
    }
    if swept.count > 1 {
      let (first, second) = cut(swept)
      return (ScanTile(held: held, swept: first), ScanTile(held: held, swept: second))
    }
    if held.count > 1 {
      let (first, second) = cut(held)
      return (ScanTile(held: first, swept: swept), ScanTile(held: second, swept: swept))
    }
    return nil
  }
}

/// All halves of a grid's strategies one behind the other, and the pairs among them that are strategies.
struct ScanPool: Sendable {
  let partials: PackedPartials
  /// Groups of the longer and the shorter half of each junction.
  private let junctions: [(held: Range<Int>, swept: Range<Int>)]

  init(_ parts: PartialStrategies) {
    var lists: [PackedPartials] = []
    var junctions: [(held: Range<Int>, swept: Range<Int>)] = []
    var end = 0
    for junction in parts.junctions {
      // The longer half is spread over work-items, the shorter one swept by each.
      let outer = end..<end + junction.outer.groups
      let inner = outer.upperBound..<outer.upperBound + junction.inner.groups
      end = inner.upperBound
      junctions.append(outer.count >= inner.count ? (outer, inner) : (inner, outer))
      lists += [junction.outer, junction.inner]
    }
    partials = PackedPartials(joining: lists)
    self.junctions = junctions
  }

  /// Pairs of entries, padding included.
  var pairs: UInt64 { junctions.reduce(0) { $0 + ScanTile(held: $1.held, swept: $1.swept).pairs } }

  /// Tiles of at most `held` × `swept` groups.
  func tiles(held: Int, swept: Int) -> [ScanTile] {
    var tiles: [ScanTile] = []
    for junction in junctions {
      for first in stride(from: junction.swept.lowerBound, to: junction.swept.upperBound, by: swept) {
        let sweptRange = first..<min(first + swept, junction.swept.upperBound)
        for start in stride(from: junction.held.lowerBound, to: junction.held.upperBound, by: held) {
          tiles.append(ScanTile(held: start..<min(start + held, junction.held.upperBound), swept: sweptRange))
        }
      }
    }
    return tiles
  }
}
