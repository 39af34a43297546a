public import CutlineCompute
public import CutlineCore

/// What each feature of each row adds to a base value, so that together they give what the model says of the row.
public struct Explanation: StoredArtifact {
  public static let typeName = "explanation"

  /// What is explained, as a calibrated or linked model is explained before its calibration and its link.
  public struct Scale: Sendable, Codable, Hashable {
    /// The link that would still be undone; `identity` where the values are on the scale of the form.
    public let beforeLink: Link
    /// Whether a form after the model, such as a calibration, is left out.
    public let beforeCalibration: Bool

    /// The prediction itself.
    public static let prediction = Scale(beforeLink: .identity, beforeCalibration: false)

    public init(beforeLink: Link, beforeCalibration: Bool) {
      self.beforeLink = beforeLink
      self.beforeCalibration = beforeCalibration
    }

    /// For people: `log-odds, before link and calibration`.
    public var phrase: String {
      let what =
        switch beforeLink {
        case .identity: "the model's value"
        case .log: "logarithm"
        case .logit: "log-odds"
        case .probit: "probit"
        }
      let before = (beforeLink == .identity ? [] : ["link"]) + (beforeCalibration ? ["calibration"] : [])
      return before.isEmpty ? "the prediction" : "\(what), before \(before.joined(separator: " and "))"
    }
  }

  /// What stands for a feature that is not known.
  public struct Background: Sendable, Codable, Hashable {
    /// `rows of the design`, or the training weights inside the trees.
    public let what: String
    /// How many rows were used; 0 where none are.
    public let rows: Int
    /// Of how many.
    public let ofRows: Int
    /// Whether the rows count differently.
    public let weighted: Bool

    public init(what: String, rows: Int, ofRows: Int, weighted: Bool) {
      self.what = what
      self.rows = rows
      self.ofRows = ofRows
      self.weighted = weighted
    }

    static let allRows = "rows of the design"
    static let drawnRows = "rows drawn from the design"
  }

  /// `linear`, `tree-interventional`, `tree-path-dependent`, `exact`, or several joined by ` + ` where a blend needs them.
  public let method: String
  public let background: Background
  public let scale: Scale
  public let features: [String]
  /// Per row: the value with no feature known.
  public let base: [Double]
  /// Per feature, per row.
  public let values: [[Double]]
  /// Per row: what the model gives on the scale that is explained.
  public let predictions: [Double]
  /// The greatest |base + Σ values − prediction| of a row, as a part of its greatest number.
  public let additivityError: Double

  /// The most that `additivityError` may be.
  public static let tolerance = 1e-9

  public var rowCount: Int { predictions.count }

  /// Takes what was computed and measures how well it adds up.
  /// - Throws: `Faults` (data) where shapes do not fit, a number is not finite, or a row does not add up within 10⁻⁹.
  public init(
    method: String, background: Background, scale: Scale, features: [String], base: [Double], values: [[Double]],
    predictions: [Double]
  ) throws {
    self.method = method
    self.background = background
    self.scale = scale
    self.features = features
    self.base = base
    self.values = values
    self.predictions = predictions
    additivityError = try Self.error(features: features, base: base, values: values, predictions: predictions)
  }

  /// The same, with the rows of the background called what they are.
  func naming(rows name: String) throws -> Explanation {
    let names = [Background.allRows: name, Background.drawnRows: "\(name), drawn"]
    return try Explanation(
      method: method,
      background: .init(
        what: names[background.what] ?? background.what, rows: background.rows, ofRows: background.ofRows,
        weighted: background.weighted),
      scale: scale, features: features, base: base, values: values, predictions: predictions)
  }

  private enum CodingKeys: String, CodingKey {
    case method, background, scale, features, base, values, predictions, additivityError
  }

  /// How well it adds up is measured again, and need not be given.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      method: values.decode(String.self, forKey: .method),
      background: values.decode(Background.self, forKey: .background),
      scale: values.decode(Scale.self, forKey: .scale), features: values.decode([String].self, forKey: .features),
      base: values.decode([Double].self, forKey: .base), values: values.decode([[Double]].self, forKey: .values),
      predictions: values.decode([Double].self, forKey: .predictions))
  }

  /// - Throws: as the initialiser does.
  static func error(
    features: [String], base: [Double], values: [[Double]], predictions: [Double]
  ) throws(Faults) -> Double {
    let rows = predictions.count
    guard values.count == features.count, base.count == rows, values.allSatisfy({ $0.count == rows }) else {
      throw Faults.data(
        "explanation", "its base values, values and predictions do not go together",
        "Give a base value and a prediction for each row, and a value for each of its features.")
    }
    var greatest = 0.0
    for row in 0..<rows {
      var sum = base[row]
      var scale = max(base[row].magnitude, predictions[row].magnitude)
      for feature in values.indices {
        sum += values[feature][row]
        scale = max(scale, values[feature][row].magnitude)
      }
      guard sum.isFinite, scale.isFinite else {
        throw Faults.data(Place(column: "values", row: row), "is not finite", "Explain rows that have a prediction.")
      }
      let error = (sum - predictions[row]).magnitude
      greatest = max(greatest, error > 0 ? error / scale : 0)
      guard error <= tolerance * scale else {
        throw Faults.data(
          Place(column: "values", row: row),
          "does not add up: base and values give \(sum), the model \(predictions[row])",
          "This is a fault of the method that made it; use another one.")
      }
    }
    return greatest
  }
}
