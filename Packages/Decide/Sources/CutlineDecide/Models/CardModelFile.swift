internal import CutlineCore
internal import Foundation

/// What a run says of the model of a scorecard: `data/scorecard_model.json`, which the registry keeps byte by byte.
public struct CardModelFile: Sendable, Codable, Hashable {
  public static let fileName = "scorecard_model.json"
  public static let mediaType = "application/vnd.cutline.card-model+json"
  static let format = "cutline-card-model-1"

  /// What the coefficients are of: weights of evidence of bins, or the card's own transforms in 0...1.
  public enum Basis: String, Sendable, Codable { case woe, transforms }

  public struct Term: Sendable, Codable, Hashable {
    public let feature: String
    /// In log-odds of bad.
    public let coefficient: Double
    public let standardError, p: Double?
    /// Standard deviation of what the coefficient is of, on the training rows; nil where nobody says so.
    public let deviation: Double?
    /// Of the feature alone, on the training rows.
    public let informationValue: Double?

    public init(
      feature: String, coefficient: Double, standardError: Double? = nil, p: Double? = nil, deviation: Double? = nil,
      informationValue: Double? = nil
    ) {
      (self.feature, self.coefficient, self.standardError, self.p) = (feature, coefficient, standardError, p)
      (self.deviation, self.informationValue) = (deviation, informationValue)
    }

    enum CodingKeys: String, CodingKey {
      case feature, coefficient, p, deviation
      case standardError = "standard_error"
      case informationValue = "information_value"
    }
  }

  /// What the importance of a feature is measured by.
  public enum Importance: String, Sendable, Encodable {
    /// |coefficient · standard deviation|, so that features of any unit can be compared.
    case standardised = "standardised_coefficient"
    /// |coefficient|, where nobody says how the features vary: of transforms in 0...1.
    case plain = "coefficient"
  }

  public let format: String
  /// `logistic_regression`.
  public let modelType: String
  public let estimator: String
  public let basis: Basis
  public let intercept: Double
  public let terms: [Term]
  /// What it foretells; nil where nobody says so.
  public let training: CardTraining?
  /// On applications that it did not learn from; nil where there were none, or of one class.
  public let metrics: CardMetrics?
  /// The card in points that the model alone gives; nil of a model on transforms.
  public let card: Scorecard?

  public init(
    modelType: String = "logistic_regression", estimator: String, basis: Basis, intercept: Double, terms: [Term],
    training: CardTraining? = nil, metrics: CardMetrics?, card: Scorecard?
  ) {
    format = Self.format
    (self.modelType, self.estimator, self.basis, self.intercept) = (modelType, estimator, basis, intercept)
    (self.terms, self.training, self.metrics, self.card) = (terms, training, metrics, card)
  }

  enum CodingKeys: String, CodingKey {
    case format, estimator, basis, intercept, terms, training, metrics, card
    case modelType = "model_type"
  }

  /// - Throws: `Faults` (data) for what is no such model.
  public static func read(_ bytes: [UInt8], at place: String) throws -> CardModelFile {
    let model: CardModelFile
    do {
      try JsonMembers.check(bytes, of: place)
      model = try CanonicalJSON.decode(CardModelFile.self, from: Data(bytes))
    } catch let faults as Faults {
      throw faults
    } catch {
      throw Faults.data(
        place, "is no model of a scorecard", "Name \(fileName) of a run with plan = \"scorecard\", or one of that form."
      )
    }
    guard model.format == format else {
      throw Faults.data(place, "has the format \(model.format), not \(format)", "Use the cutline that wrote it.")
    }
    guard !model.terms.isEmpty, Set(model.terms.map(\.feature)).count == model.terms.count,
      model.terms.allSatisfy({ !$0.feature.isEmpty && $0.coefficient.isFinite }),
      model.terms.allSatisfy({ ($0.deviation ?? 0) >= 0 && ($0.deviation ?? 0).isFinite }),
      model.modelType.wholeMatch(of: /[a-z][a-z0-9_]{0,63}/) != nil
    else {
      throw Faults.data(
        place, "has no feature, one twice, a coefficient that is no number, or a type that is no name",
        "Give each feature its coefficient.")
    }
    guard model.training?.isSound ?? true else {
      throw Faults.data(
        place, "says of its training what cannot be: more bad ones than rows, or days that are none",
        "Give outcome_type, rows and bad, days as YYYY-MM-DD, and both ends of a period.")
    }
    return model
  }

  /// Standardised where all features say how they vary.
  public var importanceMeasure: Importance {
    terms.allSatisfy { $0.deviation != nil } ? .standardised : .plain
  }

  /// The size of each by `importanceMeasure` over their sum, the largest first.
  public var importance: [(term: Term, share: Double)] {
    let sizes = terms.map { term in
      term.coefficient.magnitude * (importanceMeasure == .standardised ? term.deviation ?? 0 : 1)
    }
    let sum = sizes.reduce(0, +)
    return zip(terms, sizes).map { ($0, sum > 0 ? $1 / sum : 0) }.enumerated().sorted {
      (-$0.element.1, $0.offset) < (-$1.element.1, $1.offset)
    }.map(\.element)
  }
}
