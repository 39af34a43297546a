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
    return surface
  }

  private static func difference(_ a: CellGrid, _ b: CellGrid) -> String {
    for (x, y) in zip(a.axes, b.axes) where x != y {
      if x.name != y.name { return "variable \(x.name) against \(y.name)" }
      if x.source != y.source { return "\(x.name) from \(x.source) against \(y.source)" }
      if x.direction != y.direction || x.numbering != y.numbering { return "\(x.name) is oriented the other way" }
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
    exposure.origin = stored.digest
    return exposure
  }
}
