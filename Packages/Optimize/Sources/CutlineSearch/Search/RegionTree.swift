/// All closed regions of a small grid, numbered in the ascending order of their counts.
///
/// A tree over the lines of the grid, in which the children of a node, one for each count that the line may have, are
/// numbered one after another: a region is found from its counts in one step per line.
struct RegionTree {
  let shape: [Int]
  /// Closed regions.
  var regions: Int { counts.count / lines }
  private let lines: Int
  /// Per line and node, the number of its first child.
  private var firstChild: [[Int32]]
  /// Per region, the count of each line.
  private var counts: [UInt16] = []
  private let safer: [[Int]]

  /// - Parameters:
  ///   - shape: bins per variable, two at least; the last one at most 65,535.
  ///   - limit: of regions.
  /// - Returns: nil where there are more.
  init?(shape: [Int], limit: Int) {
    // The count comes first, since a tree that grows too large is one of long paths.
    guard let known = StrategyCount.decimal(shape: shape).flatMap({ Int($0) }), known <= limit else { return nil }
    guard let last = shape.last, last <= Int(UInt16.max) else { return nil }
    self.shape = shape
    lines = shape.dropLast().reduce(1, *)
    safer = GridSumsND.saferLines(shape: shape)
    firstChild = [[Int32]](repeating: [], count: lines)
    var path = [UInt16](repeating: 0, count: lines)
    grow(line: 0, &path, UInt16(last))
  }

  private mutating func grow(line: Int, _ path: inout [UInt16], _ most: UInt16) {
    guard line < lines else {
      counts += path
      return
    }
    firstChild[line].append(Int32(line + 1 < lines ? firstChild[line + 1].count : regions))
    for count in 0...safer[line].reduce(most, { min($0, path[$1]) }) {
      path[line] = count
      grow(line: line + 1, &path, most)
    }
  }

  /// Per cell from the riskiest on, the regions from which it alone can be taken, with what is then left.
  func removals() -> [(with: Int32, without: Int32)] {
    guard let last = shape.last else { return [] }
    var perCell = [[(with: Int32, without: Int32)]](repeating: [], count: lines * last)
    var riskier = [[Int]](repeating: [], count: lines)
    for line in 0..<lines { for neighbour in safer[line] { riskier[neighbour].append(line) } }
    for region in 0..<regions {
      let own = region * lines
      for line in 0..<lines {
        let count = counts[own + line]
        guard count > 0, riskier[line].allSatisfy({ counts[own + $0] < count }) else { continue }
        var node = 0
        for other in 0..<lines {
          node = Int(firstChild[other][node]) + Int(counts[own + other]) - (other == line ? 1 : 0)
        }
        perCell[line * last + Int(count) - 1].append((Int32(region), Int32(node)))
      }
    }
    return perCell.reversed().flatMap { $0 }
  }
}
