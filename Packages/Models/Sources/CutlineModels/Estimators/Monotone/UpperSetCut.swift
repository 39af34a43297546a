/// The upper set of cells with the greatest sum of gains: a maximum closure, as a minimum cut by Dinic's algorithm.
///
/// A cell with a positive gain gets flow from the source, one with a negative gain gives it to the sink, and flow may go from
/// a cell to those above it without a limit. Capacities are integers, so that the flow is exact and ends.
///
/// Source: J.-C. Picard, *Maximal closure of a graph and applications to combinatorial problems*, Management Science 22 (1976);
/// E. A. Dinic, *Algorithm for solution of a problem of maximum flow in networks with power estimation*, 1970.
struct UpperSetCut {
  private let cells: OrderedCells
  private let axes: Int
  /// Per cell: the part that is cut now; cells of other parts are walls.
  private var part: [Int32]
  private var current: Int32 = 0
  /// What a cell may still get from the source, or give to the sink.
  private var supply, demand: [Int64]
  /// Per cell and axis: what flows to the neighbour above.
  private var flow: [Int64]
  private var level: [Int32]
  /// Per cell: the next of its arcs to try, those up first.
  private var next: [UInt8]
  private var order: [Int] = []

  init(_ cells: OrderedCells) {
    self.cells = cells
    axes = cells.strides.count
    part = [Int32](repeating: 0, count: cells.count)
    supply = [Int64](repeating: 0, count: cells.count)
    demand = supply
    flow = [Int64](repeating: 0, count: cells.count * axes)
    level = part
    next = [UInt8](repeating: 0, count: cells.count)
  }

  /// - Parameters:
  ///   - places: the cells of a part; the order within it is that of the grid.
  ///   - gains: per place; they add up to about 0.
  /// - Returns: the smallest of the best upper sets; empty where its sum is not positive beyond rounding.
  mutating func upperSet(of places: [Int], gains: [Double]) -> [Int] {
    let total = gains.reduce(0) { $0 + $1.magnitude }
    guard total > 0, total.isFinite else { return [] }
    current += 1
    // Whole numbers whose sums stay below 2⁶¹.
    let scale = 0x1p60
    var surplus: Int64 = 0
    for (place, cell) in places.enumerated() {
      let units = Int64((gains[place] / total * scale).rounded())
      part[cell] = current
      supply[cell] = max(units, 0)
      demand[cell] = max(-units, 0)
      surplus += supply[cell]
      for axis in 0..<axes { flow[cell * axes + axis] = 0 }
    }
    while layer(places) {
      for cell in places { next[cell] = 0 }
      for cell in places where supply[cell] > 0 { surplus -= push(from: cell) }
    }
    guard surplus > max(Int64(places.count), 1 << 12) else { return [] }
    return places.filter { level[$0] >= 0 }
  }

  /// The distance of every cell from the supplies that are left; whether a demand can be reached.
  private mutating func layer(_ places: [Int]) -> Bool {
    order.removeAll(keepingCapacity: true)
    for cell in places {
      level[cell] = supply[cell] > 0 ? 0 : -1
      if supply[cell] > 0 { order.append(cell) }
    }
    var isReached = false
    var head = 0
    while head < order.count {
      let cell = order[head]
      head += 1
      if demand[cell] > 0 { isReached = true }
      for arc in 0..<2 * axes {
        guard let other = target(of: arc, from: cell), level[other] < 0 else { continue }
        level[other] = level[cell] + 1
        order.append(other)
      }
    }
    return isReached
  }

  /// The cell at the end of an arc with room: up along an axis, or back down where something flows up.
  private func target(of arc: Int, from cell: Int) -> Int? {
    let axis = arc < axes ? arc : arc - axes
    let place = cells.place(cell, axis)
    if arc < axes {
      let other = cell + cells.strides[axis]
      return place < cells.coordinates[axis].count - 1 && part[other] == current ? other : nil
    }
    let other = cell - cells.strides[axis]
    return place > 0 && part[other] == current && flow[other * axes + axis] > 0 ? other : nil
  }

  /// Sends what a cell has left along shortest ways; what went through.
  private mutating func push(from source: Int) -> Int64 {
    var sent: Int64 = 0
    var way: [(cell: Int, arc: Int)] = []
    var cell = source
    while supply[source] > 0 {
      if demand[cell] > 0 {
        let amount = room(way, from: source, to: cell)
        for step in way { add(amount, along: step.arc, from: step.cell) }
        supply[source] -= amount
        demand[cell] -= amount
        sent += amount
        way.removeAll(keepingCapacity: true)
        cell = source
      } else if let arc = advance(cell) {
        way.append((cell, arc))
        cell = target(of: arc, from: cell) ?? cell
      } else {
        guard let last = way.popLast() else { break }
        next[last.cell] += 1
        cell = last.cell
      }
    }
    return sent
  }

  private mutating func advance(_ cell: Int) -> Int? {
    while Int(next[cell]) < 2 * axes {
      let arc = Int(next[cell])
      if let other = target(of: arc, from: cell), level[other] == level[cell] + 1 { return arc }
      next[cell] += 1
    }
    return nil
  }

  private func room(_ way: [(cell: Int, arc: Int)], from source: Int, to sink: Int) -> Int64 {
    way.reduce(min(supply[source], demand[sink])) { least, step in
      guard step.arc >= axes else { return least }
      let axis = step.arc - axes
      return min(least, flow[(step.cell - cells.strides[axis]) * axes + axis])
    }
  }

  private mutating func add(_ amount: Int64, along arc: Int, from cell: Int) {
    if arc < axes {
      flow[cell * axes + arc] += amount
    } else {
      let axis = arc - axes
      flow[(cell - cells.strides[axis]) * axes + axis] -= amount
    }
  }
}
