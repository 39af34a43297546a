public import CutlineCore
internal import CutlineCompute

/// Writes what explains a model, for people.
public enum ExplanationFiles: ExchangedKind {
  public struct Input: Sendable {
    public let explanation: Explanation
    public let importance: FeatureImportance?
    public let dependence: PartialDependence?

    public init(explanation: Explanation, importance: FeatureImportance?, dependence: PartialDependence?) {
      self.explanation = explanation
      self.importance = importance
      self.dependence = dependence
    }
  }
  public typealias Output = FileSet
  public static let name = "explanation-files"
  public static let summary = "Writes what explains a model, for people."
  public static let ports = Ports(
    Input.init, .one("explanation", \.explanation), .optional("importance", \.importance),
    .optional("dependence", \.dependence))

  public static func check(_ output: FileSet, against input: Input) throws { try output.check() }

  public static func specimens() throws -> [Input] {
    let explanation = try Explanation(
      method: "linear", background: .init(what: "rows of the design", rows: 9, ofRows: 9, weighted: true),
      scale: .init(beforeLink: .logit, beforeCalibration: false), features: ["score_a", "score_b"],
      base: [0.5, 0.5], values: [[0.25, -0.5], [0, 1]], predictions: [0.75, 1])
    let importance = FeatureImportance(
      loss: "squared", baseline: 0.25, rows: 9,
      features: [.init(name: "score_a", increases: [0.5, 0.25]), .init(name: "score_b", increases: [0, 0])])
    let dependence = PartialDependence(
      unit: "fraction", background: explanation.background,
      curves: [
        .init(feature: "score_a", values: [0.5, 1.5], means: [0.1, 0.2], missing: 0.3),
        .init(feature: "score_b", values: [0.5], means: [0.25], missing: nil),
      ])
    return [
      Input(explanation: explanation, importance: importance, dependence: dependence),
      Input(explanation: explanation, importance: nil, dependence: nil),
    ]
  }
}
