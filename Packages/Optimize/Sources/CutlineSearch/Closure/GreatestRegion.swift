internal import CutlineCompute

/// The monotone region of a grid with the greatest sum, of any sign of its cells; the smallest such region.
///
/// A maximum closure: flow from the cells that gain to those that lose, along arcs from a cell to its safer neighbours, which a
/// region holds with it; what a saturated flow still reaches from gaining cells is the region (J.-C. Picard, Management Science
/// 22, 1976). Flow by E. A. Dinic's layers.
public enum GreatestRegion {
  /// - Parameters:
  ///   - shape: cells per dimension, the last one fastest; position 0 is the safe end.
  ///   - gains: per cell.
  /// - Returns: how many cells of each line (all dimensions but the last) are in it, from the safe end.
  /// - Throws: `ComputeError.shape`, `.sumsTooLarge`.
  /// - Complexity: O(cells² · dimensions) at worst, near O(cells) where gains and losses lie apart.
  public static func accepted(shape: [Int], gains: [Int64]) throws -> [UInt16] {
    guard let last = shape.last, shape.allSatisfy({ $0 > 0 }), shape.reduce(1, *) == gains.count,
      last <= Int(UInt16.max)
    else { throw ComputeError.shape("\(gains.count) gains for a grid of \(shape)") }
    guard sumsAreExact(gains) else { throw ComputeError.sumsTooLarge("gains") }
    var flow = Flow(shape, gains)
    flow.saturate()
    return stride(from: 0, to: gains.count, by: last).map { line in
      UInt16((0..<last).count { flow.level[line + $0] >= 0 })
    }
  }

  private struct Flow {
    private let cells: Int
    private let strides: [Int]
    private let sizes: [Int]
    /// What a cell still has to send, or can still take.
    private var supply, demand: [Int64]
    /// Per cell and dimension: to its safer neighbour.
    private var flow: [Int64]
    /// Arcs from a gaining cell; −1 where none leads.
    private(set) var level: [Int32]
    private var next: [UInt8]

    init(_ shape: [Int], _ gains: [Int64]) {
      cells = gains.count
      sizes = shape
      var stride = 1
      var strides: [Int] = []
      for size in shape.reversed() {
        strides.append(stride)
        stride *= size
      }
      self.strides = strides.reversed()
      supply = gains.map { max(0, $0) }
      demand = gains.map { max(0, -$0) }
      flow = [Int64](repeating: 0, count: gains.count * shape.count)
      level = [Int32](repeating: -1, count: gains.count)
      next = [UInt8](repeating: 0, count: gains.count)
    }

    /// The end of an arc with room, and the room; arcs are numbered: to the safer neighbour of each dimension, then back from it.
    private func arc(_ cell: Int, _ arc: Int) -> (to: Int, room: Int64)? {
      let dimension = arc % sizes.count
      let place = cell / strides[dimension] % sizes[dimension]
      if arc < sizes.count { return place > 0 ? (cell - strides[dimension], .max) : nil }
      guard place + 1 < sizes[dimension] else { return nil }
      let riskier = cell + strides[dimension]
      let back = flow[riskier * sizes.count + dimension]
      return back > 0 ? (riskier, back) : nil
    }

    private mutating func push(_ amount: Int64, from cell: Int, _ arc: Int) {
      let dimension = arc % sizes.count
      if arc < sizes.count {
        flow[cell * sizes.count + dimension] += amount
      } else {
        flow[(cell + strides[dimension]) * sizes.count + dimension] -= amount
      }
    }

    /// Whether a cell that can take something is reached.
    private mutating func layer() -> Bool {
      level = [Int32](repeating: -1, count: cells)
      var queue: [Int32] = []
      for cell in 0..<cells where supply[cell] > 0 {
        level[cell] = 0
        queue.append(Int32(cell))
      }
      var isReached = false
      var first = 0
      while first < queue.count {
        let cell = Int(queue[first])
        first += 1
        if demand[cell] > 0 { isReached = true }
        for number in 0..<2 * sizes.count {
          guard let (to, _) = arc(cell, number), level[to] < 0 else { continue }
          level[to] = level[cell] + 1
          queue.append(Int32(to))
        }
      }
      return isReached
    }

    mutating func saturate() {
      while layer() {
        next = [UInt8](repeating: 0, count: cells)
        for cell in 0..<cells where level[cell] == 0 {
          while supply[cell] > 0, send(from: cell) {}
        }
      }
    }

    /// Sends along one path; false where none is left.
    private mutating func send(from start: Int) -> Bool {
      var path: [(cell: Int, arc: Int, room: Int64)] = []
      var cell = start
      while true {
        if demand[cell] > 0 {
          let amount = path.reduce(min(supply[start], demand[cell])) { min($0, $1.room) }
          supply[start] -= amount
          demand[cell] -= amount
          for step in path { push(amount, from: step.cell, step.arc) }
          return true
        }
        var isExtended = false
        while Int(next[cell]) < 2 * sizes.count {
          let number = Int(next[cell])
          if let (to, room) = arc(cell, number), level[to] == level[cell] + 1 {
            path.append((cell, number, room))
            cell = to
            isExtended = true
            break
          }
          next[cell] += 1
        }
        guard !isExtended else { continue }
        guard let back = path.popLast() else { return false }
        next[back.cell] += 1
        cell = back.cell
      }
    }
  }
}
