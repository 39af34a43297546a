internal import CutlineCompute
internal import CutlineCore

/// The grid of the distinct coordinates of some features, each counted in the direction in which the target may only rise.
struct OrderedCells: Sendable {
  /// Cells beyond which a cut takes too long and too much memory.
  static let limit = 1 << 20

  /// Per axis, ascending.
  let coordinates: [[Double]]
  private let rising: [Bool]
  /// Steps between neighbours along each axis; the last axis is dense.
  let strides: [Int]
  let count: Int

  /// - Throws: `Faults` (data) where there are more than `limit` cells.
  init(_ columns: [[Double]], rising: [Bool], for estimator: String) throws {
    coordinates = columns.map { Set($0.map { $0 == 0 ? 0 : $0 }).sorted() }
    self.rising = rising
    var total = 1
    for axis in coordinates {
      let (product, overflow) = total.multipliedReportingOverflow(by: axis.count)
      guard !overflow, product <= Self.limit else {
        let sizes = coordinates.map { String($0.count) }.joined(separator: " × ")
        throw Faults.data(
          "fit \(estimator)", "the distinct values of its features make \(sizes) cells, more than \(Self.limit)",
          "Give it binned features, or fewer.")
      }
      total = product
    }
    count = total
    var strides = [Int](repeating: 1, count: columns.count)
    for axis in columns.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * coordinates[axis + 1].count
    }
    self.strides = strides
  }

  /// The cell of each row.
  func cells(_ columns: [[Double]]) -> [Int] {
    var cells = [Int](repeating: 0, count: columns.first?.count ?? 0)
    for axis in columns.indices {
      let places = Dictionary(uniqueKeysWithValues: coordinates[axis].enumerated().map { ($1, $0) })
      for row in cells.indices { cells[row] += strides[axis] * turned(places[columns[axis][row]] ?? 0, axis) }
    }
    return cells
  }

  /// A place along an axis, counted from its other end where the target falls.
  private func turned(_ place: Int, _ axis: Int) -> Int { rising[axis] ? place : coordinates[axis].count - 1 - place }

  /// The place of a cell along an axis.
  func place(_ cell: Int, _ axis: Int) -> Int { cell / strides[axis] % coordinates[axis].count }

  /// Values of the cells of the grid as a form: edges in the middle between neighbouring coordinates.
  func form(_ values: [Double]) throws -> ModelForm {
    let axes = try coordinates.map { axis in
      try BinEdges(zip(axis, axis.dropFirst()).map(AdjacentViolators.between))
    }
    let ordered = (0..<count).map { cell in
      values[coordinates.indices.reduce(0) { $0 + strides[$1] * turned(place(cell, $1), $1) }]
    }
    return try .cells(axes: axes, values: ordered)
  }

  /// Every cell's value: its own, or the middle between the greatest of the cells below it and the least of those above;
  /// where there is none on a side, the least or greatest of all stands in. So it rises as the known values do.
  func filled(_ values: [Double?]) -> [Double] {
    let known = values.compactMap { $0 }
    var below = values.map { $0 ?? known.min() ?? 0 }
    var above = values.map { $0 ?? known.max() ?? 0 }
    for axis in strides.indices {
      for cell in 0..<count where place(cell, axis) > 0 { below[cell] = max(below[cell], below[cell - strides[axis]]) }
      for cell in (0..<count).reversed() where place(cell, axis) < coordinates[axis].count - 1 {
        above[cell] = min(above[cell], above[cell + strides[axis]])
      }
    }
    return values.indices.map { values[$0] ?? (0.5 * below[$0] + 0.5 * above[$0]) }
  }
}
