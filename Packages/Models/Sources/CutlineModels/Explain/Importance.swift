internal import CutlineCompute
public import CutlineCore
public import CutlineCredit

/// Says how much a model's predictions need each feature.
public enum Importance: ExchangedKind {
  public struct Input: Sendable {
    public let model: Model
    public let design: Design

    public init(model: Model, design: Design) {
      self.model = model
      self.design = design
    }
  }
  public typealias Output = FeatureImportance
  public static let name = "importance"
  public static let summary = "Says how much a model's predictions need each feature."
  public static let ports = Ports(Input.init, .one("model", \.model), .one("design", \.design))

  /// The features of the model, each with as many finite numbers.
  public static func check(_ output: FeatureImportance, against input: Input) throws {
    guard output.features.map(\.name) == input.model.features.map(\.name) else {
      throw Faults.data("features", "are not those of the model", "Keep their names and their order.")
    }
    let counts = Set(output.features.map(\.increases.count))
    guard counts.count <= 1, !counts.contains(0), output.rows == input.design.rowCount else {
      throw Faults.data("features", "have different numbers of repetitions, or none", "Repeat each feature as often.")
    }
    guard output.baseline.isFinite, output.features.allSatisfy({ $0.increases.allSatisfy(\.isFinite) }) else {
      throw Faults.data("features", "hold a number that is not finite", "Use another loss.")
    }
  }

  public static func specimens() throws -> [Input] {
    try Explain.specimens().suffix(1).map { Input(model: $0.model, design: $0.background) }
  }
}

extension Purpose {
  /// In which order the values of a permuted feature are dealt out; the same for all features of a repetition.
  static let permutationImportance: Purpose = "permutation-importance"
}

/// What a prediction that misses costs.
enum PredictionLoss: String, CaseIterable, Sendable {
  /// (y − f)²
  case squared
  /// −y ln f − (1 − y) ln (1 − f), f kept 10⁻¹⁵ away from 0 and 1.
  case logistic
  /// 2 (y ln (y / f) − y + f), f kept above 10⁻¹⁵.
  case poisson

  func callAsFunction(_ y: Double, _ f: Double) -> Double {
    switch self {
    case .squared: return (y - f) * (y - f)
    case .logistic:
      let p = min(max(f, 1e-15), 1 - 1e-15)
      return -y * Link.log.sum(of: p) - (1 - y) * Link.log.sum(of: 1 - p)
    case .poisson:
      let mean = max(f, 1e-15)
      return 2 * ((y > 0 ? y * Link.log.sum(of: y / mean) : 0) - y + mean)
    }
  }
}
