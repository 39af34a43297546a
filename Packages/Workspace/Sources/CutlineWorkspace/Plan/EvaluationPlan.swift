internal import CutlineCore
public import CutlineCredit
public import CutlineRun

/// The plan that writes the tables of stated strategies on the cells of a finished run: one stage of kind `evaluation`.
public struct EvaluationPlan {
  public let requests: [StageRequest]

  /// - Parameters:
  ///   - run: the folder of `manifest`.
  ///   - strategies: on the grid of the run's cells, with their names.
  /// - Throws: `Faults` (usage) for a run without cube, cells, search or scenarios.
  public init(_ manifest: Manifest, run: String, strategies: [(name: String, strategy: Strategy)]) throws {
    let place = Place(source: "\(run)/\(Manifest.fileName)")
    var settings: [(String, ConfigValue.Content)] = [("run", .string(run))]
    for kind in ["cube", "cells", "search", "scenarios"] {
      guard let record = manifest.stages.first(where: { $0.kind == kind }) else {
        throw Faults.usage(run, "its run has no stage of kind \(kind)", "Name a run of the portfolio plan.")
      }
      settings.append((kind, .string(record.id)))
    }
    // Runs of earlier versions have none.
    if let force = manifest.stages.first(where: { $0.kind == "in-force" }) {
      settings.append(("force", .string(force.id)))
    }
    let texts = strategies.map { own in
      let counts = own.strategy.accepted.map(String.init).joined(separator: " ")
      return ConfigValue(.string("\(own.name): \(counts)"), at: place)
    }
    settings.append(("strategies", .array(texts)))
    let tables = manifest.stages.first { $0.kind == "tables" }
    if let currency = tables?.settings.first(where: { $0.key == "currency" && $0.value != "unset" }) {
      let table = try ConfigDocument.parse("currency = \(currency.value)\n", source: place.source)
      if let value = table["currency"] { settings.append(("currency", value.content)) }
    }
    requests = [
      StageRequest(
        id: "evaluation", kind: "evaluation", use: "standard",
        settings: settings.map { .init(key: $0.0, place: place, value: ConfigValue($0.1, at: place)) }, place: place)
    ]
  }
}
