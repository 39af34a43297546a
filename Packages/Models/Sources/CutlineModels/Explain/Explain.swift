internal import CutlineCompute
public import CutlineCore
public import CutlineCredit

/// Says what each feature adds to what a model gives for each row.
public enum Explain: ExchangedKind {
  public struct Input: Sendable {
    public let model: Model
    /// What stands for features that are not known; by its weights.
    public let background: Design
    /// The rows to explain; where there are none those of the background.
    public let rows: Design?

    public init(model: Model, background: Design, rows: Design?) {
      self.model = model
      self.background = background
      self.rows = rows
    }
  }
  public typealias Output = Explanation
  public static let name = "explain"
  public static let summary = "Says what each feature adds to what a model gives for each row."
  public static let ports = Ports(
    Input.init, .one("model", \.model), .one("background", \.background), .optional("rows", \.rows))

  /// The features of the model, the rows that were asked for, and what the model gives for them on the stated scale: the
  /// prediction, or what stands before link and calibration. Every row adds up.
  public static func check(_ output: Explanation, against input: Input) throws {
    guard output.features == input.model.features.map(\.name) else {
      throw Faults.data("features", "are not those of the model", "Keep their names and their order.")
    }
    _ = try Explanation.error(
      features: output.features, base: output.base, values: output.values, predictions: output.predictions)
    let rows = try ModelRows(input.rows ?? input.background, input.model)
    guard output.rowCount == rows.count else {
      throw Faults.data(
        "predictions", "are of \(output.rowCount) rows, there are \(rows.count)", "Explain every row, in order.")
    }
    let explained = try ExplainedForm(input.model.form)
    let forms = [(explained.scale, explained.form), (.prediction, input.model.form)]
    guard let form = forms.first(where: { $0.0 == output.scale })?.1 else {
      throw Faults.data(
        "scale", "is \(output.scale.phrase), which the model does not have", "Explain \(explained.scale.phrase).")
    }
    let expected = try rows.values(of: form, what: "row", workers: 1)
    for (row, (theirs, ours)) in zip(output.predictions, expected).enumerated() {
      guard abs(theirs - ours) <= Explanation.tolerance * max(1, abs(ours)) else {
        throw Faults.data(
          Place(column: "predictions", row: row), "is not what the model gives on that scale",
          "Give \(output.scale.phrase).")
      }
    }
  }

  /// Trees that ask for one feature each, so that every method suits them.
  public static func specimens() throws -> [Input] {
    let design = try SmallPortfolio().design
    var nodes = TreesForm.Nodes()
    var roots: [Int32] = []
    for (feature, threshold) in [(0, 1.0), (1, 2.0)] {
      let root = nodes.appendSplit(feature: feature, threshold: threshold, missingLeft: true)
      nodes.left[root] = Int32(nodes.appendLeaf(0.03))
      nodes.right[root] = Int32(nodes.appendLeaf(-0.01))
      roots.append(Int32(root))
      func weight(_ isLeft: Bool) -> Double {
        zip(design.columns[feature], design.weights).reduce(0) { $0 + (($1.0 <= threshold) == isLeft ? $1.1 : 0) }
      }
      nodes.cover += [weight(true) + weight(false), weight(true), weight(false)]
    }
    let model = try Model(
      name: "stumps", features: design.features.map { Model.Feature($0, missing: .form) }, unit: design.targetUnit,
      form: .trees(inputCount: 2, nodes: nodes, roots: roots, base: 0.15))
    let rows = Design(
      features: design.features, columns: [[0.5, 2.5, .nan], [1.5, 2.5, 0.5]], target: [0.2, 0, 0.1],
      targetUnit: design.targetUnit, weights: [1, 1, 1])
    return [
      Input(model: model, background: design, rows: rows), Input(model: model, background: design, rows: nil),
    ]
  }
}

extension Purpose {
  /// Which rows of a design stand for features that are not known.
  static let explanationBackground: Purpose = "explanation-background"
}
