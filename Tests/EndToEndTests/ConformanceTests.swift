import CutlineAllocate
import CutlineCore
import CutlineCredit
import CutlineData
import CutlineModels
import CutlineMonitor
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
    try AllocateStages.register(in: &registry)
    try MonitorStages.register(in: &registry)
    try ReportStages.register(in: &registry)
    try CreditKinds.register(in: &registry)
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
    let cutoffs = try ConfigDocument.parse(
      "fixed_cutoffs = { score_bin = [\((1...10).map(String.init).joined(separator: ", "))], bureau_bin = [12, 11, 10, 9, 8, 7, 6, 5, 4, 3] }",
      source: "cutoffs.toml"
    ).entries
    // What stands at a port comes from the first stage that gives its type.
    var outputs: [ObjectIdentifier: any Artifact] = [:]
    // What reads the folder of another run is tried with one elsewhere.
    for stage in registry.all
    where stage.name != "load" && stage.name != "process" && stage.kind != "track"
      && stage.kind != "evaluation"
    {
      let keys = Set(stage.fields.map(\.key))
      var settings = stage.kind == "source" ? [file] : table.entries.filter { keys.contains($0.key) }
      if stage.kind == "draws" {
        // Few, and of the stages that have given what stands at its ports.
        settings = [.init(key: "resamples", place: .default, value: ConfigValue(.integer(24), at: .default))]
        let given = ["train": "train", "exposure": "exposure", "rejects": "infer-rejects", "rates": "rates"]
        for (key, kind) in given {
          let first = try #require(registry.all.first { $0.kind == kind && !["load", "process"].contains($0.name) })
          settings.append(.init(key: key, place: .default, value: ConfigValue(.string(first.name), at: .default)))
        }
      }
      if stage.kind == "search", stage.name == "fixed" { settings += cutoffs }
      if stage.kind == "in-force", stage.name == "stated" {
        settings += cutoffs.map { .init(key: "strategy_in_force", place: $0.place, value: $0.value) }
      }
      var lists: [String: [(stage: String, artifact: any Artifact)]] = [:]
      for port in stage.ports {
        let artifact = outputs[ObjectIdentifier(port.type)]
        lists[port.name] = artifact.map { artifact in (1...(port.takesMany ? 2 : 1)).map { ("s\($0)", artifact) } }
      }
      // What no stage of the plan gives comes from the kind's own specimens.
      let inputs =
        try Self.designs["\(stage.kind).\(stage.name)"].map { PortValues(["design": try $0()]) }
        ?? (stage.ports.allSatisfy({ $0.isOptional || lists[$0.name] != nil })
          ? PortValues(lists: lists) : try #require(try stage.contract.specimens().first))
      let (broken, output) = try await StageConformance.deterministic(
        stage, settings: settings, inputs: inputs, registry: registry)
      #expect(broken == [])
      #expect(await StageConformance.refusesWrongInputs(stage, settings: settings, registry: registry) == [])
      #expect(try await StageConformance.lawful(stage, settings: settings, inputs: inputs, registry: registry) == [])
      #expect(
        try await StageConformance.stopsWhenCancelled(stage, settings: settings, inputs: inputs, registry: registry)
          == [])
      let type = ObjectIdentifier(type(of: output))
      if outputs[type] == nil { outputs[type] = output }
    }
  }

  /// Estimators that ask more of a design than that of the kind's specimen: one feature, a probability, or directions.
  static let designs: [String: @Sendable () throws -> Design] = {
    let probability: @Sendable () throws -> Design = {
      let raw = (1..<40).map { Double($0) / 40 }
      return Design(
        features: ["prediction"], columns: [raw], target: raw.indices.map { $0 * 7 % 40 < $0 ? 1 : 0 },
        targetUnit: "fraction", weights: raw.map { 1 + $0 }, directions: [1])
    }
    let directed: @Sendable () throws -> Design = {
      let design = try SmallPortfolio().design
      return Design(
        features: design.features, columns: design.columns, target: design.target, targetUnit: design.targetUnit,
        weights: design.weights, directions: design.features.map { _ in -1 })
    }
    let calibrations = ["isotonic", "platt", "beta", "prior-shift", "identity"].map { ("fit.\($0)", probability) }
    return Dictionary(uniqueKeysWithValues: calibrations + [("fit.monotone-surface", directed)])
  }()

  /// A kind's specimens: one input with every optional port filled and two artefacts where many go, one with no optional;
  /// a kind that has optional ports only would have nothing left there.
  @Test func kindsOfferWhatStagesAreTriedOn() throws {
    for kind in try Self.registry().contracts {
      let specimens = try kind.specimens()
      #expect(specimens.count == (Set(kind.ports.map(\.isOptional)).count == 2 ? 2 : 1), "\(kind.name)")
      for (index, inputs) in specimens.enumerated() {
        for port in kind.ports {
          let expected = port.isOptional ? (index == 0 ? 1 : 0) : port.takesMany ? 2 : 1
          #expect(inputs.count(at: port.name) == expected, "\(kind.name): \(port.name)")
        }
      }
    }
    // Plugins see the kinds of Core only; for the others there is no template.
    for kind in CreditKinds.all {
      #expect(kind.baseline?.contains("struct {{Stage}}: Stage {") == true, "\(kind.name) has no baseline")
    }
  }

  @Test func theReferenceOfStagesIsFresh() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(contentsOf: root.appendingPathComponent("docs/stages.md"), encoding: .utf8)
    let outcome = try Tool(folder: NSTemporaryDirectory()).run(["describe", "--all", "--markdown"])
    #expect(outcome.out == page, "write it with: cutline describe --all --markdown > docs/stages.md")
  }
}
