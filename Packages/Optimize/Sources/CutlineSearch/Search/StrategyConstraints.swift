internal import CutlineCompute

/// Constraints on a strategy beyond its bounds; every sum is over the accepted cells.
public struct StrategyConstraints: Sendable, Hashable {
  /// Σ values ≤ `atMost`.
  public struct SumLimit: Sendable, Hashable {
    /// One per cell in row-major order, of any sign.
    public let values: [Int64]
    public let atMost: Int64

    public init(values: [Int64], atMost: Int64) {
      self.values = values
      self.atMost = atMost
    }

    func admits(_ sum: Int64) -> Bool { sum <= atMost }
  }

  /// Σ numerator / Σ denominator is feasible and at most `limit`, exactly. 0 over 0 is 0; any other numerator over 0, and
  /// every negative denominator, is infeasible.
  public struct RiskLimit: Sendable, Hashable {
    /// One per cell in row-major order, of any sign.
    public let numerator, denominator: [Int64]
    public let limit: RiskRatio

    public init(numerator: [Int64], denominator: [Int64], limit: RiskRatio) {
      self.numerator = numerator
      self.denominator = denominator
      self.limit = limit
    }

    func admits(numerator: Int64, denominator: Int64) -> Bool {
      limit.admits(FrontierPoint(production: 0, numerator: numerator, denominator: denominator, accepted: []))
    }
  }

  /// Pinned cells; nil for none.
  public var bounds: StrategyBounds?
  /// The least production; nil for any.
  public var productionFloor: Int64?
  public var sums: [SumLimit]
  public var risks: [RiskLimit]

  public init(
    bounds: StrategyBounds? = nil, productionFloor: Int64? = nil, sums: [SumLimit] = [], risks: [RiskLimit] = []
  ) {
    self.bounds = bounds
    self.productionFloor = productionFloor
    self.sums = sums
    self.risks = risks
  }

  /// Whether a strategy honours all of them. Its own risk need not be feasible.
  ///
  /// - Parameter accepted: counts as in `GridSumsND`.
  /// - Throws: as `check(for:)`; `ComputeError.shape` when the counts are no strategy of the grid.
  /// - Complexity: O(cells × (dimensions + constraints)).
  public func admits(_ accepted: [UInt16], of grid: GridSumsND) throws -> Bool {
    try check(for: grid)
    let production = try grid.sums(accepted: accepted).production
    func sum(_ values: [Int64]) -> Int64 {
      accepted.indices.reduce(0) { total, line in
        let first = line * grid.lastSize
        return values[first..<first + Int(accepted[line])].reduce(total, +)
      }
    }
    return production >= productionFloor ?? .min && bounds?.contains(accepted) ?? true
      && sums.allSatisfy { $0.admits(sum($0.values)) }
      && risks.allSatisfy { $0.admits(numerator: sum($0.numerator), denominator: sum($0.denominator)) }
  }

  /// - Throws: `FrontierError.outsideGrid` for bounds of another grid; `ComputeError.shape` where an array does not have
  ///   one value per cell; `.sumsTooLarge` where Σ|x| of an array is 2⁵³ or more.
  public func check(for grid: GridSumsND) throws {
    if let bounds { try bounds.check(for: grid) }
    for (name, values) in sums.map({ ("values of a limited sum", $0.values) })
      + risks.flatMap({ [("numerators of a limited risk", $0.numerator), ("denominators of it", $0.denominator)] })
    {
      guard values.count == grid.cellCount else {
        throw ComputeError.shape("\(values.count) \(name) for a grid of \(grid.cellCount) cells")
      }
      guard sumsAreExact(values) else { throw ComputeError.sumsTooLarge(name) }
    }
  }
}
