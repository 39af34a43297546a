public import CutlineCore
public import CutlineCredit

/// Where the risk of booked exposure of the recent period comes from, the best first.
enum RiskSource: String, Sendable, Codable, CodingKeyRepresentable, CaseIterable {
  /// The outcome itself.
  case observed
  /// The outcome after three months, carried on to six by the ladder.
  case carried = "h3_carried"
  /// The risk of the same cell in the main period.
  case mainCell = "main_cell"
  /// The risk surface, where the main period has no exposure in the cell.
  case model
}

/// What the recent period looks like: the cells as the scenarios decide about them, and how its risk compares.
public struct RecentRisk: StoredArtifact {
  public static let typeName = "recent risk"

  enum State: String, Sendable, Codable {
    /// No dates are set.
    case notAskedFor = "not asked for"
    /// Dates are set, and no booked or score-rejected application lies between them.
    case empty
    /// No booked application has an outcome yet.
    case immature
    case partlyMature = "partly mature"
    case mature
  }

  let state: State
  /// Of the recent period, with its own annual coefficient; nil where there is nothing to look at.
  public let cells: CellTable?
  /// Per source, per cell: what of the booked numerator and denominator comes from it.
  let sources: [RiskSource: [CellSums]]
  /// How booked applications develop from three months to six; nil where the file does not say.
  let ladder: Ladder?
  let tests: [BackTest]

  /// How far the outcomes of what was booked in it are known: `mature`, `partly mature`, `immature`.
  public var outcomes: String { state.rawValue }

  static func nothing(_ state: State) -> RecentRisk {
    RecentRisk(state: state, cells: nil, sources: [:], ladder: nil, tests: [])
  }

  /// The cells with the risk of known outcomes only.
  var observed: CellTable? {
    cells.map { cells in
      var known = cells.booked
      for cell in known.indices {
        let own = sources[.observed]?[cell] ?? .zero
        (known[cell].numerator, known[cell].denominator) = (own.numerator, own.denominator)
      }
      var table = CellTable(
        grid: cells.grid, measure: cells.measure, booked: known, rejected: cells.rejected,
        rejectedRows: cells.rejectedRows, swapIn: cells.swapIn, predictedRisk: cells.predictedRisk,
        rejectMultiplier: cells.rejectMultiplier, exposureRatio: cells.exposureRatio, basis: cells.basis,
        scale: cells.scale)
      table.rates = cells.rates
      return table
    }
  }

  /// Its numbers fit together: of every cell the sources are its numerator and denominator.
  func check() throws {
    guard let cells else { return }
    for cell in cells.booked.indices {
      let sum = RiskSource.allCases.reduce(CellSums.zero) { $0 + (sources[$1]?[cell] ?? .zero) }
      guard sum.numerator == cells.booked[cell].numerator, sum.denominator == cells.booked[cell].denominator else {
        throw Faults.integrity(
          "recent period, cell \(cell + 1)", "its sources do not add up to its risk", "Report this stage.")
      }
    }
  }
}
