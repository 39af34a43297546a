/// The least and most bins of the last variable that each combination of the others' bins may accept; pinned cells and
/// strategies to be nested in one another, as a constraint.
///
/// A monotone strategy that accepts a cell accepts every cell at least as safe in all variables, and one that rejects it
/// rejects every cell at least as risky. So a pinned cell bounds the counts on one side of it, and such bounds are all
/// that pins can say. Combinations ("lines") are in row-major order from the safe end, as in `GridSumsND`; of a grid of
/// two variables they are its rows.
public struct StrategyBounds: Sendable, Hashable {
  /// Bins per variable.
  public let shape: [Int]
  /// Per line; neither increases towards the risky end of any variable.
  public private(set) var least, most: [UInt16]

  /// No constraint on strategies of a grid with these bins per variable, the last one at most 65,535.
  public init(shape: [Int]) {
    self.shape = shape
    let lines = shape.dropLast().reduce(1, *)
    least = [UInt16](repeating: 0, count: lines)
    most = [UInt16](repeating: UInt16(clamping: shape.last ?? 0), count: lines)
  }

  /// The bounds of pinned cells.
  ///
  /// - Parameters:
  ///   - accepting, rejecting: positions of cells, per variable from the safe end from 0 on.
  /// - Throws: `FrontierError.outsideGrid`; `.contradictoryPins` where no strategy is left.
  /// - Complexity: O(lines × pins).
  public init(shape: [Int], accepting: [[Int]], rejecting: [[Int]]) throws {
    self.init(shape: shape)
    for cell in accepting + rejecting
    where cell.count != shape.count || !zip(cell, shape).allSatisfy({ (0..<$1).contains($0) }) {
      throw FrontierError.outsideGrid(
        "a pinned cell \(Self.text(cell)) of a grid of \(shape.map(String.init).joined(separator: " × "))")
    }
    for line in least.indices {
      let position = self.position(ofLine: line)
      for cell in accepting where zip(position, cell).allSatisfy({ $0 <= $1 }) {
        least[line] = max(least[line], UInt16((cell.last ?? 0) + 1))
      }
      for cell in rejecting where zip(position, cell).allSatisfy({ $0 >= $1 }) {
        most[line] = min(most[line], UInt16(cell.last ?? 0))
      }
    }
    try check()
  }

  /// These bounds and, besides, all that `inner` accepts and nothing that `outer` rejects.
  ///
  /// - Parameters:
  ///   - inner, outer: strategies of the same grid; nil for none.
  /// - Throws: `FrontierError.outsideGrid` for strategies of another grid; `.contradictoryPins` where none is left.
  public func between(_ inner: [UInt16]?, _ outer: [UInt16]?) throws -> StrategyBounds {
    var bounds = self
    for other in [inner, outer] where other.map({ $0.count != least.count }) ?? false {
      throw FrontierError.outsideGrid("a strategy of another grid")
    }
    for line in least.indices {
      if let inner { bounds.least[line] = max(least[line], inner[line]) }
      if let outer { bounds.most[line] = min(most[line], outer[line]) }
    }
    try bounds.check()
    return bounds
  }

  /// Whether a strategy honours the bounds.
  public func contains(_ accepted: [UInt16]) -> Bool {
    accepted.count == least.count
      && accepted.indices.allSatisfy { least[$0] <= accepted[$0] && accepted[$0] <= most[$0] }
  }

  /// Whether every strategy honours them.
  public var isTrivial: Bool {
    least.allSatisfy { $0 == 0 } && most.allSatisfy { Int($0) == (shape.last ?? 0) }
  }

  private func position(ofLine line: Int) -> [Int] {
    var rest = line
    var position: [Int] = []
    for size in shape.dropLast().reversed() {
      position.append(rest % size)
      rest /= size
    }
    return position.reversed()
  }

  private func check() throws {
    for line in least.indices where least[line] > most[line] {
      throw FrontierError.contradictoryPins(
        line: position(ofLine: line), least: Int(least[line]), most: Int(most[line]))
    }
  }

  static func text(_ position: [Int]) -> String { "(" + position.map { String($0 + 1) }.joined(separator: ", ") + ")" }
}
