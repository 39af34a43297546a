internal import CutlineCompute
public import CutlineCore
internal import CutlineCredit

/// The bins of the variables of a scorecard, with good and bad of the training rows: what weights of evidence are made of.
public struct CardBinning: StoredArtifact {
  public static let typeName = "card binning"

  public struct Variable: Sendable, Codable, Hashable {
    public let name, column: String
    public let bins: CharacteristicBins
    /// Per bin.
    public let good, bad: [Int64]
    /// Smoothed; 0 of a bin without rows.
    public let woe: [Double]
    public let informationValue: Double
    public let reason: Characteristic.ReasonText?
    /// Per bin, nil where it has none of its own; empty where none has.
    public let binReasons: [Characteristic.ReasonText?]
    public let isProtected: Bool
    /// Whether the data says that the other end is safe.
    public let contradictsDirection: Bool

    /// Standard deviation of the weight of evidence on the training rows.
    public var deviation: Double {
      let weights = zip(good, bad).map { Double($0 + $1) }
      let rows = weights.reduce(0, +)
      guard rows > 0 else { return 0 }
      let mean = zip(weights, woe).reduce(0) { $0 + $1.0 * $1.1 } / rows
      return (zip(weights, woe).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) } / rows).squareRoot()
    }
  }

  /// A variable that has no bins, and why.
  public struct Dropped: Sendable, Codable, Hashable {
    public let name, reason: String
    /// How well it alone tells bad from good; nil where nothing was measured.
    public let area: SingleArea?
  }

  public let variables: [Variable]
  public let dropped: [Dropped]
  public let smoothing: Double
}

/// Cuts the variables of a scorecard into bins.
public enum CardBinnings: Kind {
  public struct Input: Sendable {
    public let table: TrainingTable
  }
  public typealias Output = CardBinning
  public static let name = "card-binning"
  public static let summary = "Cuts the variables of a scorecard into bins, with the weight of evidence of each."
  public static let ports = Ports(Input.init, .one("table", \.table))

  /// Every training row is in one bin of each variable.
  public static func check(_ output: CardBinning, against input: Input) throws {
    let rows = zip(input.table.isBad, input.table.isTest).filter { !$0.1 }
    let (bad, good) = (Int64(rows.count { $0.0 }), Int64(rows.count { !$0.0 }))
    for variable in output.variables {
      let bins = variable.bins.count
      guard variable.good.count == bins, variable.bad.count == bins, variable.woe.count == bins,
        variable.good.reduce(0, +) == good, variable.bad.reduce(0, +) == bad
      else {
        throw Faults.data(
          "variable \(variable.name)", "its bins do not hold each training row once", "Count every row in one bin.")
      }
    }
  }
}
