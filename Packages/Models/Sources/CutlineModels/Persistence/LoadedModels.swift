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
