internal import CutlineCore
internal import CutlineCredit

/// Per feature the mean of |φ| over the explained rows, greatest first; with importance and dependence where they are there.
///
/// Where the rows are there, too, they count by their weight, and every value is written beside its row.
struct ShapSummary: Stage {
  typealias Kind = ExplanationFiles
  static let name = "shap-summary"
  static let summary =
    "Writes shap_summary as CSV and JSON; of rows shap_values.csv, of a dependence partial_dependence.csv."
  static let reads = ["importance", "dependence", "rows"]

  struct Config: StageConfig {
    var folder = "data"
    static let fields: [Field<Self>] = [.text("folder", \.folder, "Folder of the files, inside the run folder.")]

    func validate(at places: FieldPlaces) throws {
      guard RunPath.isFree(folder) else {
        throw Faults.usage(
          places["folder"], "folder is no path inside the run folder", "Use one like \"data\" or \"data/second\".")
      }
    }
  }
  let config: Config

  private struct Line: Encodable {
    let feature: String
    let meanAbsolute, mean, least, greatest, share: Double
    let importance, importanceDeviation: Double?
  }

  private struct Summary: Encodable {
    let method, explained: String
    let scale: Explanation.Scale
    let background: Explanation.Background
    let rows: Int
    /// Whether the rows count differently in the means.
    let weighted: Bool
    let meanBase: Double?
    let additivityError: Double
    let importanceLoss: String?
    let features: [Line]
  }

  func run(_ input: ExplanationFiles.Input, in context: RunContext) async throws -> FileSet {
    let explanation = input.explanation
    let shares = try Self.shares(input)
    func mean(_ values: [Double]) -> Double { zip(values, shares).reduce(0) { $0 + $1.0 * $1.1 } }
    let means = explanation.values.map { mean($0.map(\.magnitude)) }
    let total = means.reduce(0, +)
    let importance = Dictionary(
      (input.importance?.features ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let lines = explanation.features.enumerated().map { place, feature in
      let values = explanation.values[place]
      let permuted = importance[feature]
      return Line(
        feature: feature, meanAbsolute: means[place], mean: mean(values), least: values.min() ?? 0,
        greatest: values.max() ?? 0, share: total > 0 ? means[place] / total : 0, importance: permuted?.mean,
        importanceDeviation: permuted?.deviation)
    }
    // Equal ones stay in the order of the model.
    let sorted = lines.enumerated().sorted {
      ($1.element.meanAbsolute, $0.offset) < ($0.element.meanAbsolute, $1.offset)
    }.map(\.element)
    let summary = Summary(
      method: explanation.method, explained: explanation.scale.phrase, scale: explanation.scale,
      background: explanation.background, rows: explanation.rowCount, weighted: shares.contains { $0 != shares[0] },
      meanBase: explanation.base.isEmpty ? nil : mean(explanation.base),
      additivityError: explanation.additivityError, importanceLoss: input.importance?.loss, features: sorted)
    let json = Array(try CanonicalJSON.encode(summary, pretty: true))
    var files = [
      ResultFile(path: "\(config.folder)/shap_summary.json", bytes: json),
      table(sorted, hasImportance: input.importance != nil),
    ]
    if let rows = input.rows { files.append(try table(explanation, rows)) }
    if let dependence = input.dependence { files.append(table(dependence)) }
    return FileSet(files: files)
  }

  /// Per row its part of all that count.
  private static func shares(_ input: ExplanationFiles.Input) throws -> [Double] {
    let count = input.explanation.rowCount
    guard let rows = input.rows else { return [Double](repeating: 1 / Double(max(1, count)), count: count) }
    try rows.check()
    guard rows.rowCount == count else {
      throw Faults.data(
        "rows", "are \(rows.rowCount), the explanation is of \(count)", "Connect the rows that were explained.")
    }
    // As a sum of great weights may leave the range of numbers.
    let greatest = rows.weights.max() ?? 1
    let total = rows.weights.reduce(0) { $0 + $1 / greatest }
    return rows.weights.map { $0 / greatest / total }
  }

  /// Row by row: base and values add up to what is explained.
  private func table(_ explanation: Explanation, _ rows: Design) throws -> ResultFile {
    let places = try explanation.features.map { feature in
      guard let place = rows.features.firstIndex(of: feature) else {
        throw Faults.data("rows", "lack the feature \(feature)", "Connect the rows that were explained.")
      }
      return place
    }
    let columns =
      explanation.features.map { ColumnNote("value_\($0)", unit: "as in the data", "Its value; empty for missing.") }
      + [
        ColumnNote("weight", unit: "as given", "How much the row counts in the means of the summary."),
        ColumnNote("base", unit: "as explained", "What the model gives with no feature known, over the background."),
      ]
      + explanation.features.map { ColumnNote("shap_\($0)", unit: "as explained", "What it adds to the base.") }
      + [ColumnNote("explained", unit: "as explained", "What the model gives: base and all that is added.")]
    var text = CsvText(columns.map(\.name), guardsFormulas: true)
    for row in 0..<explanation.rowCount {
      let numbers =
        places.map { rows.columns[$0][row] } + [rows.weights[row], explanation.base[row]]
        + explanation.values.map { $0[row] } + [explanation.predictions[row]]
      text.add(numbers.map { NumberText.shortest($0) })
    }
    return ResultFile(path: "\(config.folder)/shap_values.csv", bytes: text.bytes, columns: columns)
  }

  private func table(_ lines: [Line], hasImportance: Bool) -> ResultFile {
    var columns = [
      ColumnNote("feature", unit: "text", "The feature; the one with the greatest values first."),
      ColumnNote("mean_abs_shap", unit: "as explained", "Mean over the rows of the size of its Shapley value."),
      ColumnNote("share", unit: "fraction", "Part of the sum of this column over all features."),
      ColumnNote("mean_shap", unit: "as explained", "Mean over the rows of its Shapley value."),
      ColumnNote("min_shap", unit: "as explained", "Its least Shapley value."),
      ColumnNote("max_shap", unit: "as explained", "Its greatest Shapley value."),
    ]
    if hasImportance {
      columns += [
        ColumnNote("permutation_importance", unit: "loss", "Mean rise of the loss with its values permuted."),
        ColumnNote("permutation_deviation", unit: "loss", "Standard deviation of that over the repetitions."),
      ]
    }
    var text = CsvText(columns.map(\.name), guardsFormulas: true)
    for line in lines {
      let numbers = [line.meanAbsolute, line.share, line.mean, line.least, line.greatest].map {
        NumberText.shortest($0)
      }
      let permuted = [line.importance, line.importanceDeviation].map { NumberText.shortest($0) }
      text.add([line.feature] + numbers + (hasImportance ? permuted : []))
    }
    return ResultFile(path: "\(config.folder)/shap_summary.csv", bytes: text.bytes, columns: columns)
  }

  private func table(_ dependence: PartialDependence) -> ResultFile {
    let columns = [
      ColumnNote("feature", unit: "text", "The feature that is set to a value in every row."),
      ColumnNote("value", unit: "as in the data", "The value; empty for missing."),
      ColumnNote("mean_prediction", unit: dependence.unit, "Weighted mean prediction over the background."),
    ]
    var text = CsvText(columns.map(\.name), guardsFormulas: true)
    for curve in dependence.curves {
      for (value, mean) in zip(curve.values, curve.means) {
        text.add([curve.feature, NumberText.shortest(value), NumberText.shortest(mean)])
      }
      if let missing = curve.missing { text.add([curve.feature, "", NumberText.shortest(missing)]) }
    }
    return ResultFile(path: "\(config.folder)/partial_dependence.csv", bytes: text.bytes, columns: columns)
  }
}
