internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// How well each estimator's surface fits the booked applications, and what it says of every cell.
///
/// Per cell, r = multiplier · Σ numerator / Σ denominator over its mature booked applications, w = Σ denominator. Per
/// surface with predictions p: exposure-weighted R² = 1 − Σ w (r − p)² / Σ w (r − r̄)², RMSE = √(Σ w (r − p)² / Σ w) in
/// percentage points, and the predicted against the observed level Σ w p / Σ w r. In sample; what the estimator itself
/// measured out of fold stands beside it.
struct SurfaceComparison: Stage {
  typealias Kind = CompareSurfaces
  static let name = "standard"
  static let summary = "Fit of every estimator and its risk of every cell, as CSV files."
  let config: TablesConfig

  func run(_ input: CompareSurfaces.Input, in context: RunContext) async throws -> FileSet {
    let grid = input.cube.grid
    for surface in input.surfaces where surface.artifact.grid != grid {
      throw Faults.data(
        "compare-surfaces", "the surface of \(surface.stage) belongs to another grid than the cube",
        "Connect surfaces that were learnt on this cube.")
    }
    let observed = try Self.observed(input.cube)
    var fits = ResultTable(
      path: "\(config.folder)/surface_comparison.csv",
      columns: [
        ColumnNote("stage", unit: "text", "The stage that learnt the surface."),
        ColumnNote("estimator", unit: "text", "What it is."),
        ColumnNote(
          "r2", unit: "share", "Exposure-weighted R² over the cells, in sample; empty where risks do not vary."),
        ColumnNote("rmse", unit: "percentage points", "Exposure-weighted root mean squared error, in sample."),
        ColumnNote("level", unit: "ratio", "Predicted over observed risk of all booked applications."),
        ColumnNote("out_of_fold_r2", unit: "share", "As the stage measured it; empty where it did not."),
        ColumnNote("cells_negative", unit: "cells", "Cells with a negative predicted risk."),
      ])
    for surface in input.surfaces {
      let own = surface.artifact
      let fit = Fit(observed, own.risk)
      let best = own.chosen?.outOfFoldR2
      fits.add([
        surface.stage, own.estimator, NumberText.shortest(fit.r2), NumberText.shortest(fit.rmse.map { 100 * $0 }),
        NumberText.shortest(fit.level), NumberText.shortest(best), String(own.risk.count { $0 < 0 }),
      ])
    }
    var cells = ResultTable(
      path: "\(config.folder)/surface_comparison_cells.csv",
      columns: grid.axes.map { ColumnNote($0.name, unit: "bin", "Bin of \($0.source).") } + [
        ColumnNote("exposure", unit: "currency", "Σ denominator of mature booked applications."),
        ColumnNote("observed", unit: "percent", "Their risk; empty where there is no exposure."),
      ] + input.surfaces.map { ColumnNote($0.stage, unit: "percent", "Risk predicted by this stage, unstressed.") })
    for cell in 0..<grid.cellCount {
      let known = observed[cell]
      cells.add(
        grid.bins(cell).map { String($0 + 1) }
          + [
            NumberText.shortest(known.weight / input.cube.scale.perUnit),
            NumberText.shortest(known.risk.map { 100 * $0 }),
          ]
          + input.surfaces.map { NumberText.shortest(100 * $0.artifact.risk[cell]) })
    }
    return FileSet(files: [fits.file, cells.file])
  }

  struct Observed {
    /// A fraction; nil without exposure.
    let risk: Double?
    /// In the scale of the cube.
    let weight: Double
  }

  private static func observed(_ cube: Cube) throws -> [Observed] {
    try cube.cellSums([.bookedMature]).prefix(cube.grid.cellCount).map { sums in
      let (n, d) = (sums.numerator, sums.denominator)
      return Observed(
        risk: d > 0 ? cube.measure.multiplier * Double(n) / Double(d) : nil, weight: d > 0 ? Double(d) : 0)
    }
  }

  private struct Fit {
    var r2, rmse, level: Double?

    init(_ observed: [Observed], _ predicted: [Double]) {
      let pairs = zip(observed, predicted).compactMap { known, p in known.risk.map { ($0, p, known.weight) } }
      guard !pairs.isEmpty else { return }
      let fit = WeightedFit(observed: pairs.map(\.0), predicted: pairs.map(\.1), weights: pairs.map(\.2))
      rmse = fit.rmse
      r2 = fit.r2.isFinite ? fit.r2 : nil
      let sum = pairs.reduce(0) { $0 + $1.2 * $1.0 }
      let predictedSum = pairs.reduce(0) { $0 + $1.2 * $1.1 }
      level = sum > 0 ? predictedSum / sum : nil
    }
  }
}
