internal import CutlineCore
internal import CutlineCredit

/// The cells of a grid as rows that a model of a surface takes: what it is trained on, and what explains it.
struct SurfaceCells {
  /// A row for each cell with booked applications that have an outcome: the mean raw score of its bins under the names of
  /// the scores, the observed risk as a fraction, and the exposure in currency units as weight.
  let design: Design
  /// Per row: its cell.
  let cells: [Int]

  /// - Throws: `Faults` (data) where no cell has exposure.
  init(_ cube: Cube) throws {
    let grid = cube.grid
    let numerator = try cube.sums(of: Measure(.numerator), [.bookedMature])
    let denominator = try cube.sums(of: Measure(.denominator), [.bookedMature])
    let scores = try cube.meanScores()
    let cells = (0..<grid.cellCount).filter { denominator[$0] > 0 }
    self.cells = cells
    design = Design(
      features: grid.axes.map(\.source),
      columns: grid.axes.indices.map { axis in cells.map { scores[axis][grid.bins($0)[axis]] } },
      target: cells.map { cube.measure.multiplier * Double(numerator[$0]) / Double(denominator[$0]) },
      targetUnit: "fraction", weights: cells.map { Double(denominator[$0]) / cube.scale.perUnit })
    try design.check()
  }
}
