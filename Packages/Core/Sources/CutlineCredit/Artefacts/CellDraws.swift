public import CutlineCore

/// Cell tables as resamples of the applications would have had them: what intervals are made of.
///
/// Per draw and cell three sums (production, numerator, denominator) of booked applications and as many of swap-ins, in the
/// scale of the cells. The draws are resamples, then jackknife groups: all applications but those of one hash class. A
/// resample in which a stage failed is not there, and counted with its reason.
public struct CellDraws: BinaryArtifact {
  public static let typeName = "cell draws"

  /// Resamples, or groups, that could not be made.
  public struct Failure: Sendable, Codable, Hashable {
    public let reason: String
    public let draws: Int

    public init(reason: String, draws: Int) { (self.reason, self.draws) = (reason, draws) }
  }

  /// Everything but the numbers.
  public struct Head: Sendable, Codable {
    public let grid: CellGrid
    public let measure: RiskMeasure
    /// Decimals of the amounts.
    public let decimals: Int
    public let method: String
    public let seed: UInt64
    /// Resamples asked for, and the numbers of those that were made, ascending.
    public let resamples: Int
    public let made: [Int]
    /// Jackknife groups asked for, and those that were made.
    public let groups: Int
    public let groupsMade: [Int]
    public let failures: [Failure]
    /// Whether the risk model was fitted anew in each draw; false where it was taken from elsewhere.
    public let isRefitted: Bool
    /// What the draws take as it is, in words: what an interval made of them does not cover.
    public let fixed: [String]

    public init(
      grid: CellGrid, measure: RiskMeasure, decimals: Int, method: String, seed: UInt64, resamples: Int, made: [Int],
      groups: Int, groupsMade: [Int], failures: [Failure], isRefitted: Bool, fixed: [String]
    ) {
      (self.grid, self.measure, self.decimals, self.method, self.seed) = (grid, measure, decimals, method, seed)
      (self.resamples, self.made, self.groups, self.groupsMade) = (resamples, made, groups, groupsMade)
      (self.failures, self.isRefitted, self.fixed) = (failures, isRefitted, fixed)
    }
  }

  public let head: Head
  /// `[(draw · cells + cell) · 6 + quantity]`: of booked production, numerator, denominator, then the same of swap-ins.
  public let sums: [Int64]

  /// Sums of a draw and cell.
  public static let perCell = 6

  /// - Throws: `Faults` (data) where the numbers are not those that the head says.
  public init(head: Head, sums: [Int64]) throws {
    try head.grid.checkShape("draws", cellLimit: Cube.cellLimit)
    func isPart(_ numbers: [Int], of all: Int) -> Bool {
      zip(numbers, numbers.dropFirst()).allSatisfy(<) && (numbers.first ?? 0) >= 0 && (numbers.last ?? -1) < all
    }
    let draws = head.made.count + head.groupsMade.count
    guard isPart(head.made, of: head.resamples), isPart(head.groupsMade, of: head.groups),
      sums.count == draws * head.grid.cellCount * Self.perCell
    else {
      throw Faults.data(
        "draws", "hold \(sums.count) sums for \(draws) draws of \(head.grid.cellCount) cells",
        "Give six for each cell of each draw that was made.")
    }
    self.head = head
    self.sums = sums
  }

  /// Draws that are there: resamples, then groups.
  public var resampleCount: Int { head.made.count }
  public var groupCount: Int { head.groupsMade.count }

  /// What one draw has in a cell.
  public func cell(_ cell: Int, ofDraw draw: Int) -> (booked: CellSums, swapIn: CellSums) {
    let at = (draw * head.grid.cellCount + cell) * Self.perCell
    return (
      CellSums(numerator: sums[at + 1], denominator: sums[at + 2], production: sums[at]),
      CellSums(numerator: sums[at + 4], denominator: sums[at + 5], production: sums[at + 3])
    )
  }

  /// The sums of a strategy in one draw. O(cells).
  /// - Parameter accepts: per cell.
  public func totals(of accepts: [Bool], inDraw draw: Int) -> StrategyTotals {
    var (kept, out, swapIn) = (CellSums.zero, CellSums.zero, CellSums.zero)
    var at = draw * head.grid.cellCount * Self.perCell
    for accepted in accepts {
      if accepted {
        kept.production += sums[at]
        kept.numerator += sums[at + 1]
        kept.denominator += sums[at + 2]
        swapIn.production += sums[at + 3]
        swapIn.numerator += sums[at + 4]
        swapIn.denominator += sums[at + 5]
      } else {
        out.production += sums[at]
        out.numerator += sums[at + 1]
        out.denominator += sums[at + 2]
      }
      at += Self.perCell
    }
    return StrategyTotals(kept: kept, swapOut: out, swapIn: swapIn)
  }

  /// The cell table of one draw; what the draws do not have is taken from `own`.
  public func table(ofDraw draw: Int, like own: CellTable) -> CellTable {
    let cells = (0..<own.grid.cellCount).map { cell($0, ofDraw: draw) }
    return CellTable(
      grid: own.grid, measure: own.measure, booked: cells.map(\.booked), rejected: own.rejected,
      rejectedRows: own.rejectedRows, swapIn: cells.map(\.swapIn), predictedRisk: own.predictedRisk,
      rejectMultiplier: own.rejectMultiplier, exposureRatio: own.exposureRatio, basis: own.basis, scale: own.scale)
  }

  public func encode(to writer: inout BinaryWriter) throws {
    try writer.append(json: head)
    writer.append(column: sums)
  }

  public init(decoding reader: inout BinaryReader) throws {
    let head = try reader.json(Head.self)
    let sums = try reader.column(of: Int64.self)
    do { try self.init(head: head, sums: sums) } catch let error as Faults {
      throw reader.refusal("\(error.location): \(error.problem)")
    }
  }
}
