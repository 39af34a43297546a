extension StrategyBounds {
  /// The same strategies by bounds that do not increase along any variable, as those of pins are anyway: what a line must
  /// accept, safer lines must accept too.
  ///
  /// - Throws: `FrontierError.contradictoryPins` where no strategy honours the bounds.
  /// - Complexity: O(lines × variables).
  func tightened() throws -> StrategyBounds {
    var inner = least
    var outer = most
    var stride = least.count
    for size in shape.dropLast() {
      stride /= size
      for line in outer.indices where (line / stride) % size > 0 {
        outer[line] = min(outer[line], outer[line - stride])
      }
      for line in inner.indices.reversed() where (line / stride) % size > 0 {
        inner[line - stride] = max(inner[line - stride], inner[line])
      }
    }
    return try between(inner, outer)
  }

  /// Per cell in row-major order 0 where it is free, 1 where every strategy accepts it, 2 where none does.
  ///
  /// - Throws: `FrontierError.outsideGrid` for bounds of another grid; `.contradictoryPins`.
  func fates(of grid: GridSumsND) throws -> [UInt8] {
    try check(for: grid)
    let bounds = try tightened()
    var fates = [UInt8](repeating: 0, count: grid.cellCount)
    for line in bounds.least.indices {
      let first = line * grid.lastSize
      for cell in first..<first + Int(bounds.least[line]) { fates[cell] = 1 }
      for cell in first + Int(bounds.most[line])..<first + grid.lastSize { fates[cell] = 2 }
    }
    return fates
  }

  /// - Throws: `FrontierError.outsideGrid` for bounds of another grid.
  func check(for grid: GridSumsND) throws {
    guard shape == grid.shape else {
      let text = grid.shape.map(String.init).joined(separator: " × ")
      throw FrontierError.outsideGrid("bounds of another grid than \(text)")
    }
  }
}
