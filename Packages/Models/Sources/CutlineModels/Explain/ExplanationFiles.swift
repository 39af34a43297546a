internal import CutlineCompute
public import CutlineCore
public import CutlineCredit

/// Writes what explains a model, for people.
public enum ExplanationFiles: ExchangedKind {
  public struct Input: Sendable {
    public let explanation: Explanation
    public let importance: FeatureImportance?
    public let dependence: PartialDependence?
    /// The rows that are explained, whose weights then count; without them each row counts once.
    public let rows: Design?

    public init(
      explanation: Explanation, importance: FeatureImportance?, dependence: PartialDependence?, rows: Design? = nil
    ) {
      self.explanation = explanation
      self.importance = importance
      self.dependence = dependence
      self.rows = rows
    }
  }
  public typealias Output = FileSet
  public static let name = "explanation-files"
  public static let summary = "Writes what explains a model, for people."
  public static let ports = Ports(
    Input.init, .one("explanation", \.explanation), .optional("importance", \.importance),
    .optional("dependence", \.dependence), .optional("rows", \.rows))

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
    let rows = Design(
      features: explanation.features, columns: [[1.5, 0.5], [0.5, 0.5]], target: [0.7, 0.8], targetUnit: "fraction",
      weights: [3, 1])
    return [
      Input(explanation: explanation, importance: importance, dependence: dependence, rows: rows),
      Input(explanation: explanation, importance: nil, dependence: nil),
    ]
  }
}
