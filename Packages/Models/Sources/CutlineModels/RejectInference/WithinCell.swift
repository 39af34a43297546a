internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// What the scores of the booked, and of the rejected, of a cell say beyond the cell: f(x̄) / ŷ, f the surface's model at
/// the mean scores of the group, ŷ its prediction for the cell.
///
/// Nil where the group is empty, or ŷ is not above 0. For a model that is constant within cells both are 1, unless a mean lies
/// beyond the edge that the model has between the mean scores of two bins.
struct WithinCellFactors: Sendable {
  /// Of booked applications with a known outcome.
  let booked: [Double?]
  let rejected: [Double?]

  /// - Returns: nil where the surface holds no model of the scores.
  /// - Throws: `Faults` (data) for a cube without sums of the scores, or scores that the model has no value for.
  /// - Complexity: O(axes × combinations of the slice Folds).
  init?(_ cube: Cube, _ surface: RiskSurface, workers: Int) throws {
    guard let model = surface.model, model.features.map(\.name) == cube.grid.axes.map(\.source) else { return nil }
    booked = try Self.factors(model.form, cube, surface.risk, [.bookedMature], workers)
    rejected = try Self.factors(model.form, cube, surface.risk, [.scoreRejected], workers)
  }

  private static func factors(
    _ form: ModelForm, _ cube: Cube, _ risk: [Double], _ states: [ApplicationState], _ workers: Int
  ) throws -> [Double?] {
    let cells = cube.grid.cellCount
    var isKnown = risk.map { $0 > 0 }
    let columns = try cube.grid.axes.map { axis in
      let measure = Measure.score(axis)
      let scale = (0..<(cube.measures.first { $0 == measure }?.scale ?? 0)).reduce(1.0) { power, _ in power * 10 }
      let sums = try cube.sums(of: measure, states)
      let rows = try cube.sums(of: .scoreRows(axis), states)
      return (0..<cells).map { cell in
        // A place for the model to be asked at, where the answer is not used.
        guard rows[cell] > 0 else {
          isKnown[cell] = false
          return 0.0
        }
        return Double(sums[cell]) / (scale * Double(rows[cell]))
      }
    }
    let values = try form.evaluate(columns: columns, rows: cells, workers: workers)
    return (0..<cells).map { isKnown[$0] && values[$0].isFinite ? max(0, values[$0]) / risk[$0] : nil }
  }
}

/// Inside a cell the rejects have worse scores than the booked: the model says by how much that makes them riskier.
///
/// `multiplier = f(x̄ of the rejects) / f(x̄ of the booked)`, or f(x̄ of the rejects) / ŷ where nobody with an outcome was booked,
/// within 1/cap...cap; 1 in a cell without rejects. Only the mean of the scores enters: for a convex f the mean risk of a
/// group lies a little above f(x̄) in both.
///
/// - Throws: `Faults` (usage) where the surface holds no model of the scores.
struct WithinCell: Stage {
  typealias Kind = InferRejects
  static let name = "within-cell"
  static let summary = "Raises the risk of a cell's rejects by what their own mean scores say."

  struct Config: StageConfig {
    var cap = 3.0
    static let fields: [Field<Self>] = [RejectSettings.cap(\.cap)]
  }
  let config: Config

  func run(_ input: InferRejects.Input, in context: RunContext) async throws -> RejectAdjustment {
    let cells = try RejectCells(input.cube, input.surface)
    guard let factors = try WithinCellFactors(input.cube, input.surface, workers: context.workers) else {
      throw Faults.usage(
        "infer-rejects \(Self.name)",
        "the risk surface holds no model that takes \(cells.grid.axes.map(\.source).joined(separator: ", "))",
        "Use train.cross-validated, whose surface has one, or a method that needs none, such as acceptance-uplift.")
    }
    let raw = (0..<cells.count).map { cell -> Double? in
      guard cells.rejected[cell] > 0, let rejected = factors.rejected[cell] else { return nil }
      guard let booked = factors.booked[cell] else { return rejected }
      return booked > 0 ? rejected / booked : nil
    }
    if raw.allSatisfy({ $0 == nil || $0 == 1 }), cells.rejected.contains(where: { $0 > 0 }) {
      context.note("the model is constant within cells: their scores say nothing more, and every multiplier is 1")
    }
    return RejectAdjustment(method: Self.name, raw, within: 1 / config.cap...config.cap, in: context)
  }
}
