import CutlineCore
import CutlineData
import CutlineModels
import CutlineOptimize
import CutlineReport
import CutlineTesting
import Foundation
import Testing

/// Every built-in stage keeps what the kit asks of any stage.
@Suite struct ConformanceTests {
  static func registry() throws -> Registry {
    var registry = Registry()
    try DataStages.register(in: &registry)
    try ModelStages.register(in: &registry)
    try OptimizeStages.register(in: &registry)
    try ReportStages.register(in: &registry)
    return registry
  }

  @Test func stagesAreWellFormed() throws {
    for stage in try Self.registry().all { #expect(StageConformance.wellFormed(stage) == []) }
  }

  /// Runs the whole plan stage by stage, each one several times.
  @Test func stagesAreDeterministicAndRefuseStrangers() async throws {
    let place = try Workplace()
    try place.simulate(rows: 3000)
    let registry = try Self.registry()
    let document = try ConfigDocument.load(place.path("config.toml"))
    let table = try #require(document.root["preprocessing"]?.table)
    let file = ConfigTable.Entry(
      key: "path", place: .default, value: ConfigValue(.string(place.path("applications.csv")), at: .default))
    var outputs: [String: any Artifact] = [:]
    let wiring = [
      "source": "source", "sample": "prepare", "quality": "quality", "surface": "train", "exposure": "exposure",
      "rejects": "infer-rejects", "cells": "cells", "frontier": "search", "scenarios": "scenarios",
      "surfaces": "train", "frontiers": "search",
    ]
    for stage in registry.all where stage.name != "load" {
      let keys = Set(stage.fields.map(\.key))
      let settings = stage.kind == "source" ? [file] : table.entries.filter { keys.contains($0.key) }
      var inputs: [String: any Artifact] = [:]
      for port in stage.ports {
        let source = try #require(wiring[port.name], "a port that this test does not know")
        inputs[port.name] = outputs[source]
      }
      let (broken, output) = try await StageConformance.deterministic(stage, settings: settings, inputs: inputs)
      #expect(broken == [])
      #expect(await StageConformance.refusesWrongInputs(stage, settings: settings) == [])
      #expect(try await StageConformance.lawful(stage, settings: settings, inputs: inputs) == [])
      #expect(try await StageConformance.stopsWhenCancelled(stage, settings: settings, inputs: inputs) == [])
      // The first stage of a kind feeds the others.
      if outputs[stage.kind] == nil { outputs[stage.kind] = output }
    }
    #expect(outputs.count == registry.kinds.count)
  }

  @Test func theReferenceOfStagesIsFresh() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(contentsOf: root.appendingPathComponent("docs/stages.md"), encoding: .utf8)
    let outcome = try Tool(folder: NSTemporaryDirectory()).run(["describe", "--all", "--markdown"])
    #expect(outcome.out == page, "write it with: cutline describe --all --markdown > docs/stages.md")
  }
}
