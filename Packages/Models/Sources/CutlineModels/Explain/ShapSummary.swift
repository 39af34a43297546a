internal import CutlineCore

/// Per feature the mean of |φ| over the explained rows, greatest first; with importance and dependence where they are there.
struct ShapSummary: Stage {
  typealias Kind = ExplanationFiles
  static let name = "shap-summary"
  static let summary = "Writes shap_summary.csv and shap_summary.json, and partial_dependence.csv where it is given."
  static let reads = ["importance", "dependence"]
  init(config: NoConfig) {}

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
    let meanBase: Double?
    let additivityError: Double
    let importanceLoss: String?
    let features: [Line]
  }

  func run(_ input: ExplanationFiles.Input, in context: RunContext) async throws -> FileSet {
    let explanation = input.explanation
    let rows = Double(max(1, explanation.rowCount))
    let means = explanation.values.map { $0.reduce(0) { $0 + $1.magnitude } / rows }
    let total = means.reduce(0, +)
    let importance = Dictionary(
      (input.importance?.features ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let lines = explanation.features.enumerated().map { place, feature in
      let values = explanation.values[place]
      let permuted = importance[feature]
      return Line(
        feature: feature, meanAbsolute: means[place], mean: values.reduce(0, +) / rows, least: values.min() ?? 0,
        greatest: values.max() ?? 0, share: total > 0 ? means[place] / total : 0, importance: permuted?.mean,
        importanceDeviation: permuted?.deviation)
    }
    // Equal ones stay in the order of the model.
    let sorted = lines.enumerated().sorted {
      ($1.element.meanAbsolute, $0.offset) < ($0.element.meanAbsolute, $1.offset)
    }.map(\.element)
    let summary = Summary(
      method: explanation.method, explained: explanation.scale.phrase, scale: explanation.scale,
      background: explanation.background, rows: explanation.rowCount,
      meanBase: explanation.base.isEmpty ? nil : explanation.base.reduce(0, +) / rows,
      additivityError: explanation.additivityError, importanceLoss: input.importance?.loss, features: sorted)
    var files = [
      ResultFile(path: "data/shap_summary.json", bytes: Array(try CanonicalJSON.encode(summary, pretty: true))),
      table(sorted, hasImportance: input.importance != nil),
    ]
    if let dependence = input.dependence { files.append(table(dependence)) }
    return FileSet(files: files)
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
    return ResultFile(path: "data/shap_summary.csv", bytes: text.bytes, columns: columns)
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
    return ResultFile(path: "data/partial_dependence.csv", bytes: text.bytes, columns: columns)
  }
}
