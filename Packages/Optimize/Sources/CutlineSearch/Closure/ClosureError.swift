public import CutlineCompute

/// Cells that the search over closed regions does not take, because its bounds would not hold. Positions count from 0.
public enum ClosureError: ComputeFailure, Hashable {
  case negativeProduction(position: [Int], value: Int64)
  case negativeDenominator(position: [Int], value: Int64)
  /// A negative numerator where the denominator is zero.
  case negativeNumerator(position: [Int], value: Int64)
  /// A threshold whose denominator is not positive.
  case threshold(numerator: Int64, denominator: Int64)
  /// A limit or tolerance outside its range.
  case limit(String)

  /// What is wrong and what was found; no full stop.
  public var problem: String {
    switch self {
    case .negativeProduction(let position, let value): "cell \(Self.text(position)) has a production of \(value)"
    case .negativeDenominator(let position, let value): "cell \(Self.text(position)) has a risk denominator of \(value)"
    case .negativeNumerator(let position, let value):
      "cell \(Self.text(position)) has a risk numerator of \(value) and a denominator of 0"
    case .threshold(let numerator, let denominator): "the risk threshold is \(numerator) / \(denominator)"
    case .limit(let text): text
    }
  }

  /// What to do, as a sentence.
  public var advice: String {
    switch self {
    case .negativeProduction, .negativeDenominator:
      "This search needs productions and denominators of at least 0; correct the cell, or use the exhaustive search."
    case .negativeNumerator:
      "This search needs a positive denominator in a cell with a negative numerator; correct the cell, or use the "
        + "exhaustive search."
    case .threshold: "State it as a ratio of whole numbers with a positive denominator."
    case .limit: "Choose a value in that range."
    }
  }

  public var origin: String { "search" }
  public var cause: ComputeCause {
    switch self {
    case .threshold, .limit: .settings
    default: .data
    }
  }

  private static func text(_ position: [Int]) -> String {
    "(" + position.map { String($0 + 1) }.joined(separator: ", ") + "), counted from the safe end,"
  }
}
