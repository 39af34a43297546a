public import CutlineCore
internal import CutlineCredit

/// A logistic regression on weights of evidence, in log-odds of bad.
public struct CardModel: StoredArtifact {
  public static let typeName = "card model"

  public struct Term: Sendable, Codable, Hashable {
    public let variable: String
    /// Below 0 where points fall with risk.
    public let coefficient: Double
    /// Of the inverse information; nil under a penalty, and where the information is singular.
    public let standardError, z, p: Double?
  }

  /// The estimator that fitted it.
  public let estimator: String
  public let intercept: Double
  /// In the order of the binning.
  public let terms: [Term]
  /// Σ of the training rows, and that of the rate alone.
  public let logLikelihood, nullLogLikelihood: Double
}

/// Fits the model of a scorecard.
public enum CardModels: Kind {
  public struct Input: Sendable {
    public let table: TrainingTable
    public let binning: CardBinning
  }
  public typealias Output = CardModel
  public static let name = "card-model"
  public static let summary = "Fits a logistic regression to the weights of evidence of a scorecard's variables."
  public static let ports = Ports(Input.init, .one("table", \.table), .one("binning", \.binning))

  public static func check(_ output: CardModel, against input: Input) throws {
    guard output.terms.map(\.variable) == input.binning.variables.map(\.name),
      output.intercept.isFinite, output.terms.allSatisfy(\.coefficient.isFinite)
    else {
      throw Faults.data(
        "terms", "are not the variables of the binning, each with a number", "Give each variable one, in its order.")
    }
  }
}

extension Scorecard: StoredArtifact {
  public static let typeName = "scorecard"
}

/// Turns a model into points.
public enum ScalePoints: ExchangedKind {
  public struct Input: Sendable {
    public let binning: CardBinning
    public let model: CardModel
  }
  public typealias Output = Scorecard
  public static let name = "scale-points"
  public static let summary = "Turns the log-odds of a model into the points of a scorecard."
  public static let ports = Ports(Input.init, .one("binning", \.binning), .one("model", \.model))

  public static func check(_ output: Scorecard, against input: Input) throws {
    guard output.characteristics.map(\.name) == input.binning.variables.map(\.name),
      zip(output.characteristics, input.binning.variables).allSatisfy({ $0.attributes.count == $1.good.count })
    else {
      throw Faults.data(
        "scorecard", "its characteristics are not those of the binning", "Give each bin its points.")
    }
  }
}
