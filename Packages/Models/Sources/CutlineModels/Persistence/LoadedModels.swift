internal import CutlineCore
internal import CutlineCredit

struct LoadConfig: StageConfig {
  var path = ""
  static let fields: [Field<Self>] = [.text("path", \.path, "A model folder of another run (--model-path).")]
  func validate(at places: FieldPlaces) throws {
    guard !path.isEmpty else { throw Faults.usage(places["path"], "path is not set", "Name a model folder.") }
  }
}

/// Takes the risk surface of another run instead of training one.
struct LoadedSurface: Stage {
  typealias Kind = Train
  static let name = "load"
  static let summary = "Takes the risk surface of another run; the grid must be the same."
  let config: LoadConfig
  var externalInputs: [String] { StoredModel.files(in: config.path, withExposure: false) }

  func run(_ input: Train.Input, in context: RunContext) async throws -> RiskSurface {
    let stored = try StoredModel(config.path)
    var surface = try stored.requiredSurface()
    if stored.formatNumber < 4, input.cube.grid.axes.contains(where: { $0.codes != nil }),
      let own = try surface.taking(codesOf: input.cube.grid)
    {
      context.warn("the model was stored before special codes were: those of this run are taken for its own")
      surface = own
    }
    surface.origin = stored.digest
    guard surface.grid == input.cube.grid else {
      throw Faults.integrity(
        config.path, "the model was trained with other bins: \(Self.difference(surface.grid, input.cube.grid))",
        "Use the bins it was trained with, or train again.")
    }
    guard surface.multiplier == input.cube.measure.multiplier else {
      throw Faults.integrity(
        config.path, "the model was trained with multiplier \(surface.multiplier)", "Use the same multiplier.")
    }
    context.note("risk surface taken from \(word: config.path)")
    let (own, basis) = (surface.selection ?? [:], input.cube.summary.basis)
    let here = ["segment": basis.segment, "period_start": basis.periodStart, "period_end": basis.periodEnd]
    if let segment = own["segment"], here.contains(where: { own[$0] != $1 }) {
      context.note(
        "it was learnt on segment \(word: segment), \(word: own["period_start"] ?? "?") to \(word: own["period_end"] ?? "?"); this run is of segment \(word: basis.segment), \(word: basis.periodStart) to \(word: basis.periodEnd)"
      )
    }
    return surface
  }

  private static func difference(_ a: CellGrid, _ b: CellGrid) -> String {
    for (x, y) in zip(a.axes, b.axes) where x != y {
      if x.name != y.name { return "variable \(x.name) against \(y.name)" }
      if x.source != y.source { return "\(x.name) from \(x.source) against \(y.source)" }
      if x.direction != y.direction || x.numbering != y.numbering { return "\(x.name) is oriented the other way" }
      if x.codes != y.codes {
        func list(_ codes: [Double]?) -> String { (codes ?? []).map { ConfigValue.number($0) }.joined(separator: ", ") }
        return "\(x.source) has the special codes [\(list(x.codes))] against [\(list(y.codes))]"
      }
      if x.closed != y.closed { return "\(x.name) is closed on the \(x.closed.rawValue) against \(y.closed.rawValue)" }
      return "\(x.name) has other edges"
    }
    return "another number of variables"
  }
}

/// Takes the exposure model that was learnt with the risk surface of another run.
struct LoadedExposure: Stage {
  typealias Kind = Exposure
  static let name = "load"
  static let summary = "Takes the exposure model of another run."
  let config: LoadConfig
  var externalInputs: [String] { StoredModel.files(in: config.path, withExposure: true) }

  func run(_ input: Exposure.Input, in context: RunContext) async throws -> ExposureModel {
    let stored = try StoredModel(config.path)
    var exposure = try stored.exposure()
    guard exposure.ratio.isFinite, exposure.ratio >= 0 else {
      throw Faults.integrity(config.path, "the exposure ratio is \(exposure.ratio)", "Train it again.")
    }
    if let own = stored.surface?.multiplier, own != input.cube.measure.multiplier {
      throw Faults.integrity(
        config.path, "the exposure model was learnt with multiplier \(own)", "Use the same multiplier and horizon.")
    }
    exposure.origin = stored.digest
    return exposure
  }
}

extension RiskSurface {
  /// The same with the special codes of a grid that is otherwise its own; nil where it is another one.
  fileprivate func taking(codesOf other: CellGrid) throws -> RiskSurface? {
    let axes = zip(grid.axes, other.axes).map { own, other in
      GridAxis(
        name: own.name, source: own.source, direction: own.direction, numbering: own.numbering, closed: own.closed,
        edges: own.edges, codes: other.codes ?? [])
    }
    guard CellGrid(axes: axes) == other else { return nil }
    let model = try model.map { model in
      let codes = Dictionary(other.axes.map { ($0.source, $0.codes) }, uniquingKeysWith: { first, _ in first })
      return try Model(
        name: model.name,
        features: model.features.map { .init($0.name, missing: $0.missing, codes: codes[$0.name] ?? nil) },
        unit: model.unit, parameters: model.parameters, form: model.form)
    }
    var surface = RiskSurface(
      grid: other, multiplier: multiplier, risk: risk, estimator: estimator, featureSet: featureSet,
      parameters: parameters, features: features, coefficients: coefficients, trainR2: trainR2,
      trainingRows: trainingRows, trainingCells: trainingCells, folds: folds, candidates: candidates, model: model)
    (surface.selection, surface.reliability) = (selection, reliability)
    return surface
  }
}
