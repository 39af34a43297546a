public import CutlineCompute
public import CutlineCore

/// A fitted model: a form with the features that it takes. Data only; nothing in it is ever executed.
public struct Model: StoredArtifact, Hashable {
  public static let typeName = "model"

  /// What happens to a record without a feature.
  public enum MissingRule: Sendable, Codable, Hashable {
    /// The form has a value of its own for it.
    case form
    /// There is no prediction.
    case refuse
  }

  /// One input, in the form's order.
  public struct Feature: Sendable, Codable, Hashable {
    public let name: String
    public let missing: MissingRule
    /// Values that are codes and no measurements: they count as missing. Nil where there are none.
    public let codes: [Double]?

    public init(_ name: String, missing: MissingRule = .refuse, codes: [Double]? = nil) {
      self.codes = codes
      self.name = name
      self.missing = missing
    }
  }

  /// The estimator that fitted it.
  public let name: String
  public let features: [Feature]
  /// What a prediction is measured in, such as `fraction`.
  public let unit: String
  /// Settings of the estimator that a reader should know, such as the penalty.
  public let parameters: [String: Double]
  public let form: ModelForm

  /// - Throws: `Faults` (data) where the form does not fit the features.
  public init(
    name: String, features: [Feature], unit: String, parameters: [String: Double] = [:], form: ModelForm
  ) throws {
    guard form.inputCount == features.count, form.outputCount == 1 else {
      throw Faults.data(
        "model \(name)",
        "its form takes \(form.inputCount) features and gives \(form.outputCount) values, there are \(features.count)",
        "Give a form with one value and an input for each feature.")
    }
    self.name = name
    self.features = features
    self.unit = unit
    self.parameters = parameters
    self.form = form
  }

  private enum CodingKeys: String, CodingKey {
    case name, features, unit, parameters, form
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      name: values.decode(String.self, forKey: .name), features: values.decode([Feature].self, forKey: .features),
      unit: values.decode(String.self, forKey: .unit),
      parameters: values.decode([String: Double].self, forKey: .parameters),
      form: values.decode(ModelForm.self, forKey: .form))
  }
}
