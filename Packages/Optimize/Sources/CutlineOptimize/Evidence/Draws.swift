internal import CutlineCompute
public import CutlineCore
public import CutlineCredit

/// Draws cell tables as resamples of the applications would have had them.
public enum Draws: ExchangedKind {
  public struct Input: Sendable {
    /// Those of the run.
    public let surface: RiskSurface
    public let cells: CellTable
    /// The rows; their keys say which ones move together.
    public let sample: Sample?
  }
  public typealias Output = CellDraws
  public static let name = "draws"
  public static let summary = "Draws cell tables as resamples of the applications would have had them."
  public static let ports = Ports(
    Input.init, .one("surface", \.surface), .one("cells", \.cells), .optional("sample", \.sample))

  public static func check(_ output: CellDraws, against input: Input) throws {
    let head = output.head
    guard head.grid == input.cells.grid else {
      throw Faults.data("draws", "are of another grid than the cells", "Hand the grid on unchanged.")
    }
    guard head.measure == input.cells.measure, head.decimals == input.cells.scale.decimals else {
      throw Faults.data(
        "draws", "have another multiplier or scale than the cells", "Give sums as the cells have them.")
    }
    let failed = head.failures.reduce(0) { $0 + $1.draws }
    guard head.made.count + head.groupsMade.count + failed == head.resamples + head.groups else {
      throw Faults.data(
        "failures",
        "count \(failed) draws, and \(head.resamples + head.groups - head.made.count - head.groupsMade.count) are not there",
        "Name a reason for every draw that could not be made.")
    }
    // Totals of any cells of a draw can then be added up without asking, and are exact as doubles.
    let size = head.grid.cellCount * CellDraws.perCell
    for draw in 0..<output.resampleCount + output.groupCount {
      for quantity in 0..<CellDraws.perCell {
        let places = stride(from: draw * size + quantity, to: (draw + 1) * size, by: CellDraws.perCell)
        guard sumsAreExact(places.lazy.map { output.sums[$0] }) else {
          throw Faults.data(
            "sums", "of one draw add up to 2^53 or more, by their sizes", "State fewer decimals: amount_scale.")
        }
      }
    }
  }

  public static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [
      Input(surface: small.surface, cells: small.cells, sample: small.sample),
      Input(surface: small.surface, cells: small.cells, sample: nil),
    ]
  }
}

extension CellDraws {
  /// Without any draw: none asked for, or none of `resamples` and `groups` that could be made, for the reasons.
  static func nothing(
    _ method: String, _ cells: CellTable, seed: UInt64, resamples: Int = 0, groups: Int = 0,
    because reasons: [Failure] = []
  ) throws -> CellDraws {
    try CellDraws(
      head: Head(
        grid: cells.grid, measure: cells.measure, decimals: cells.scale.decimals, method: method, seed: seed,
        resamples: resamples, made: [], groups: groups, groupsMade: [], failures: reasons, isRefitted: false,
        fixed: []),
      sums: [])
  }
}
