internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Rows of a design as a model takes them: its features by name, in its order.
struct ModelRows: Sendable {
  let features: [String]
  /// Per feature, per row.
  let columns: [[Double]]
  let weights: [Double]
  /// The weights as parts of their sum.
  let shares: [Double]
  var count: Int { weights.count }

  /// - Throws: `Faults` (data) where the design is none, or lacks a feature.
  init(_ design: Design, _ model: Model) throws {
    try design.check()
    let columns = try model.features.map { feature in
      guard let place = design.features.firstIndex(of: feature.name) else {
        let hint = DidYouMean.phrase(for: feature.name, among: design.features)
        throw Faults.data(
          "design", "lacks the feature \(feature.name) of the model\(hint)", "Give every feature of the model.")
      }
      guard let codes = feature.codes else { return design.columns[place] }
      return design.columns[place].map { codes.contains($0) ? .nan : $0 }
    }
    self.init(model.features.map(\.name), columns, design.weights)
  }

  private init(_ features: [String], _ columns: [[Double]], _ weights: [Double]) {
    self.features = features
    self.columns = columns
    self.weights = weights
    // A sum of great weights may leave the range of numbers; that of parts of the greatest one does not.
    let greatest = weights.max() ?? 1
    let parts = weights.map { $0 / greatest }
    let total = parts.reduce(0, +)
    shares = parts.map { $0 / total }
  }

  /// At most `limit` rows with weight, drawn without replacement and kept in their order.
  func drawn(_ limit: Int, from stream: RandomStream) -> (rows: ModelRows, what: String) {
    var places = weights.indices.filter { weights[$0] > 0 }
    var what = Explanation.Background.allRows
    if places.count > limit {
      var stream = stream
      // The first places of a shuffle, without shuffling the rest.
      for place in 0..<limit { places.swapAt(place, place + stream.index(below: places.count - place)) }
      places = places.prefix(limit).sorted()
      what = Explanation.Background.drawnRows
    }
    let columns = columns.map { column in places.map { column[$0] } }
    return (ModelRows(features, columns, places.map { weights[$0] }), what)
  }

  var isWeighted: Bool { weights.contains { $0 != weights[0] } }

  /// What the form gives for each row.
  /// - Throws: `Faults` (data) naming a row for which it gives nothing finite.
  func values(of form: ModelForm, what: String, workers: Int) throws -> [Double] {
    let values = try form.evaluate(columns: columns, rows: count, workers: workers)
    if let row = values.firstIndex(where: { !$0.isFinite }) {
      let missing = features.indices.filter { columns[$0][row].isNaN }.map { features[$0] }
      throw Faults.data(
        Place(column: what, row: row),
        missing.isEmpty
          ? "the model gives no finite value for it"
          : "the model gives no value for it, as \(missing.joined(separator: ", ")) is missing",
        "Leave the row out, or use a model that has a value for it.")
    }
    return values
  }

  /// Row by row, as they are or as features made from them.
  func made(_ first: ModelForm?) throws -> [[Double]] {
    guard let first else { return byRow }
    let made = try FormEvaluator(first).evaluate(columns: columns, rows: count)
    return (0..<count).map { row in made.map { $0[row] } }
  }

  var weightedRows: WeightedRows { WeightedRows(rows: byRow, weights: shares) }

  var byRow: [[Double]] { (0..<count).map { row in columns.map { $0[row] } } }
}
