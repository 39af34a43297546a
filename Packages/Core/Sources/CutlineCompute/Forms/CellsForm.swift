internal import CCompute

/// One value per cell of a grid: the features are cut by their axes' edges, the last axis varies fastest.
///
/// value(x) = values[((bin₁ n₂ + bin₂) n₃ + bin₃) …]. Where a feature is NaN the record lies outside the grid and gets
/// `missing`, NaN without one. O(axes × log edges) per record.
public struct CellsForm: FormPart, Codable, Hashable {
  public let axes: [BinEdges]
  public let values: [Double]
  public let missing: Double?

  static let name = "cells"
  var inputCount: Int { axes.count }

  /// - Parameter values: one per cell, finite; at most 2²⁴.
  /// - Throws: `FormError.invalid`.
  public init(axes: [BinEdges], values: [Double], missing: Double? = nil) throws(FormError) {
    let check = FormCheck(form: Self.name)
    try check.count(axes.count, "axes", atMost: FormLimits.features)
    var cells = 1
    for axis in axes {
      let (product, overflow) = cells.multipliedReportingOverflow(by: axis.binCount)
      try check.require(!overflow && product <= FormLimits.cells, "has more than \(FormLimits.cells) cells")
      cells = product
    }
    try check.require(values.count == cells, "has \(values.count) values for \(cells) cells")
    try check.finite(values, "value")
    try check.finite(missing.map { [$0] } ?? [], "missing value")
    self.axes = axes
    self.values = values
    self.missing = missing
  }

  func value(_ x: [Double]) -> Double {
    var cell = 0
    for axis in axes.indices {
      if x[axis].isNaN { return missing ?? .nan }
      cell = cell * axes[axis].binCount + axes[axis].bin(of: x[axis])
    }
    return values[cell]
  }

  func batch() -> any BatchPart {
    CellsBatch(edges: axes.map(\.rightClosed), values: values, missing: missing ?? .nan)
  }

  private enum CodingKeys: String, CodingKey, CaseIterable { case axes, closed, values, missing }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(only: CodingKeys.self, form: Self.name)
    let edges = try container.decode([[Double]].self, forKey: .axes)
    let closed = try container.decodeIfPresent([BinEdges.Closed].self, forKey: .closed)
    try FormCheck(form: Self.name).require(
      closed == nil || closed?.count == edges.count, "says of \(closed?.count ?? 0) axes how they are closed")
    var axes: [BinEdges] = []
    for axis in edges.indices {
      axes.append(try BinEdges(edges[axis], closed: closed?[axis] ?? .right, form: Self.name))
    }
    try self.init(
      axes: axes, values: container.decode([Double].self, forKey: .values),
      missing: container.decodeIfPresent(Double.self, forKey: .missing))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(axes.map(\.edges), forKey: .axes)
    try container.encode(axes.map(\.closed), forKey: .closed)
    try container.encode(values, forKey: .values)
    try container.encodeIfPresent(missing, forKey: .missing)
  }
}

private struct CellsBatch: BatchPart {
  let edges: [[Double]]
  let values: [Double]
  let missing: Double

  func evaluate(_ tile: Tile, into out: UnsafeMutablePointer<Double>) {
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: tile.rows) { memory in
      guard let places = memory.baseAddress else { return }
      memory.initialize(repeating: 0)
      for axis in edges.indices {
        edges[axis].withUnsafeBufferPointer {
          cutline_form_places(tile.column(axis), tile.rows, $0.baseAddress, $0.count, places, tile.instructionSet)
        }
      }
      values.withUnsafeBufferPointer {
        cutline_form_pick(places, tile.rows, $0.baseAddress, missing, out, tile.instructionSet)
      }
    }
  }
}
