internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// A design as estimators read it: checked, without the rows that have no weight, weights not above 1.
struct FitData: Sendable {
  /// Beyond that, differences of values are no numbers any more.
  static let largest = 1e305

  let names: [String]
  /// Per feature, per row; finite.
  let columns: [[Double]]
  let target: [Double]
  /// Positive; the largest lies in 0.5..<1.
  let weights: [Double]
  /// Per row; zeros where there is none.
  /// A weight over the design's: a power of two.
  let weightFactor: Double
  let offset: [Double]
  let hasOffset: Bool
  let directions: [Int]

  var rows: Int { target.count }
  /// Σ w.
  let totalWeight: Double

  /// - Throws: `Faults` (data) where the design is none, or a feature is missing or no number in some rows, which are
  ///   counted; nothing is dropped without a word.
  /// - Complexity: O(*n·p*).
  init(_ design: Design, for estimator: String) throws {
    try design.check()
    for (name, column) in zip(design.features, design.columns) {
      var missing = 0
      var wild = 0
      for value in column {
        missing += value.isNaN ? 1 : 0
        wild += value.magnitude > Self.largest ? 1 : 0
      }
      guard missing == 0 else {
        throw Faults.data(
          "fit \(estimator)", "the feature \(name) is missing in \(Self.rowsText(missing, of: column.count))",
          "Fill it in, give missing values a feature of their own, or leave the feature out.")
      }
      guard wild == 0 else {
        throw Faults.data(
          "fit \(estimator)",
          "the feature \(name) has magnitudes beyond \(Self.largest) in \(Self.rowsText(wild, of: column.count))",
          "Check its unit.")
      }
    }
    guard (design.target + design.offset).allSatisfy({ $0.magnitude <= Self.largest }) else {
      throw Faults.data(
        "fit \(estimator)", "a target or an offset has a magnitude beyond \(Self.largest)", "Check its unit.")
    }
    let used = design.weights.contains(0) ? design.weights.indices.filter { design.weights[$0] > 0 } : nil
    func kept(_ values: [Double]) -> [Double] { used.map { $0.map { values[$0] } } ?? values }
    names = design.features
    columns = design.columns.map(kept)
    target = kept(design.target)
    hasOffset = !design.offset.isEmpty
    offset = hasOffset ? kept(design.offset) : [Double](repeating: 0, count: target.count)
    let factor = Self.power(of: -1 - (design.weights.max() ?? 1).exponent)
    weightFactor = factor
    weights = factor == 1 ? kept(design.weights) : kept(design.weights).map { max($0 * factor, .leastNonzeroMagnitude) }
    directions = design.directions
    totalWeight = Self.sum(weights)
  }

  /// In chunks, so that the rounding of many rows stays small.
  static func sum(_ values: [Double]) -> Double {
    stride(from: 0, to: values.count, by: RowChunks.chunk).reduce(0) { total, start in
      total + values[start..<min(values.count, start + RowChunks.chunk)].reduce(0, +)
    }
  }

  /// Σ w v / Σ w.
  func mean(of values: [Double]) -> Double {
    stride(from: 0, to: rows, by: RowChunks.chunk).reduce(0) { total, start in
      total
        + (start..<min(rows, start + RowChunks.chunk)).reduce(0) { $0 + weights[$1] / totalWeight * values[$1] }
    }
  }

  private static func rowsText(_ count: Int, of all: Int) -> String { "\(count) of \(all) row\(all == 1 ? "" : "s")" }

  /// 2ᵉ, kept within what doubles hold.
  static func power(of exponent: some BinaryInteger) -> Double {
    Double(sign: .plus, exponent: min(1020, max(-1020, Int(exponent))), significand: 1)
  }
}

extension Model {
  /// A model of all features of `data`, none of which may be missing.
  init(_ name: String, _ data: FitData, unit: String, parameters: [String: Double] = [:], form: ModelForm) throws {
    try self.init(
      name: name, features: data.names.map { Model.Feature($0) }, unit: unit, parameters: parameters, form: form)
  }
}
