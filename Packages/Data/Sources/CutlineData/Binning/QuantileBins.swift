internal import CutlineCore
internal import CutlineCredit

/// Bins with about equally many applications, booked and rejected by score: edges at the values at which k/n of them is
/// reached. A value that many share makes fewer bins. O(values).
struct QuantileBins: Stage {
  typealias Kind = Bin
  static let name = "quantile"
  static let summary = "Bins that hold about equally many applications."

  struct Config: StageConfig {
    var bins = 10
    static let fields: [Field<Self>] = [
      .int("max_bins", \.bins, in: 2...100, "Their number, where the variable states no max_bins.")
    ]
  }
  let config: Config

  func run(_ input: Bin.Input, in context: RunContext) async throws -> BinProposal {
    BinProposal(cuts: FineValues(input.evidence, .quantile, most: input.evidence.mostBins ?? config.bins).cuts)
  }
}

/// Bins of equal width between the smallest and the largest value that is no code, each edge moved to a value that occurs.
/// Bins without a value are left out. O(values · bins).
struct EqualWidthBins: Stage {
  typealias Kind = Bin
  static let name = "equal-width"
  static let summary = "Bins of equal width between the smallest and the largest value."
  typealias Config = QuantileBins.Config
  let config: Config

  func run(_ input: Bin.Input, in context: RunContext) async throws -> BinProposal {
    BinProposal(cuts: FineValues(input.evidence, .equalWidth, most: input.evidence.mostBins ?? config.bins).cuts)
  }
}
