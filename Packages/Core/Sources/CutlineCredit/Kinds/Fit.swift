public import CutlineCore

/// Fits one model to a design: what cross-validation, ensembles and every other comparison of estimators call.
public enum Fit: ExchangedKind {
  public struct Input: Sendable {
    public let design: Design

    public init(design: Design) { self.design = design }
  }
  public typealias Output = Model
  public static let name = "fit"
  public static let summary = "Fits one model to a matrix of features with a weighted target."
  public static let ports = Ports(Input.init, .one("design", \.design))

  /// `model.json`, or `coefficients.csv` with the rows of a linear model: `term,coefficient`, the constant under
  /// `(intercept)`, and every feature once.
  public static func read(from folder: ExchangeFolder, for input: Input, by command: String) throws -> Model {
    guard folder.has("coefficients.csv") else { return try Model(readingFrom: folder) }
    var rows = try folder.csv("coefficients.csv", columns: ["term", "coefficient"])
    var values: [String: Double] = [:]
    while let row = try rows.next() {
      guard values.updateValue(try row.number(1), forKey: row.fields[0]) == nil else {
        throw Faults.data(
          "coefficients.csv, line \(row.line)", "the term stands a second time", "Write each term once.")
      }
    }
    let terms = ["(intercept)"] + input.design.features
    if let unknown = values.keys.sorted().first(where: { !terms.contains($0) }) {
      let hint = DidYouMean.phrase(for: unknown, among: terms)
      throw Faults.data("coefficients.csv", "there is no feature \(unknown)\(hint)", "Use the names in design.json.")
    }
    let ordered = try terms.map { term in
      guard let value = values[term] else {
        throw Faults.data("coefficients.csv", "the term \(term) is missing", "Write every feature and (intercept).")
      }
      return value
    }
    return try Model(
      name: command, features: input.design.features.map { Model.Feature($0) }, unit: input.design.targetUnit,
      form: .linear(intercept: ordered[0], coefficients: Array(ordered.dropFirst())))
  }

  /// The model takes the design's features in their order and predicts a finite number for each of its rows.
  public static func check(_ output: Model, against input: Input) throws {
    guard output.features.map(\.name) == input.design.features else {
      throw Faults.data("features", "are not those of the design", "Keep their names and their order.")
    }
    guard !output.name.isEmpty, output.parameters.values.allSatisfy(\.isFinite) else {
      throw Faults.data("name, parameters", "are empty or not finite", "Name the estimator.")
    }
    let predicted = try output.form.evaluate(columns: input.design.columns, rows: input.design.rowCount)
    if let row = predicted.firstIndex(where: { !$0.isFinite }) {
      throw Faults.data(
        Place(column: "prediction", row: row), "is not finite", "Fit a model that predicts every row of the design.")
    }
  }

  public static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [Input(design: small.design)]
  }

  public static let baseline: String? = #"""
    /// The weighted mean of the target, whatever the features say.
    struct {{Stage}}: Stage {
      typealias Kind = Fit
      static let name = "{{name}}"
      static let summary = "The weighted mean of the target, whatever the features say."
      init(config: NoConfig) {}

      func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
        let design = input.design
        try design.check()
        let total = design.weights.reduce(0, +)
        let mean = zip(design.weights, design.target).reduce(0) { $0 + $1.0 * $1.1 } / total
        return try Model(
          name: Self.name, features: design.features.map { Model.Feature($0) }, unit: design.targetUnit,
          form: .linear(intercept: mean, coefficients: design.features.map { _ in 0 }))
      }
    }

    """#
}
