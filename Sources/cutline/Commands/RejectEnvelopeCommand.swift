internal import CutlineCore
internal import CutlineOptimize
internal import CutlineRun
internal import CutlineWorkspace

/// A run with the envelope over assumptions about the rejected.
struct RejectEnvelopeCommand: Command {
  static let name = "reject-envelope"
  static let group = CommandGroup.run
  static let summary = "Runs the plan, and shows how its strategies depend on what is assumed about the rejected."
  static let options = RunCommand.options
  static let details = """
    The same as cutline run with a stage of kind reject-envelope at the end: the exact frontier under every setting, where
    cutoffs flip from one to the next, what the run's own strategy is worth under each, and which strategy keeps the limit
    under all (data/reject_envelope.csv, .json; the sentences are also printed at the end). In the folder of a run only that
    stage is new. Which settings: [stages.reject-envelope] with = { settings = [ … ] }; docs/methods/reject-inference.md.

    Examples:
      cutline reject-envelope
      cutline reject-envelope -o output/all --set 'stages.reject-envelope.with={ settings = [{ use = "acceptance-uplift", \\
        grid = { reject_uplift_factor = [0.5, 1.0, 1.5] } }, "overrides"] }'
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let name = RejectEnvelope.name
    if arguments.has("training-only") {
      throw Faults.usage("--training-only", "ends before there is a strategy", "Leave it out.")
    }
    if !arguments.all("until").isEmpty, !arguments.all("until").contains(name) {
      throw Faults.usage("--until", "leaves \(name) out", "Leave it out, or use cutline run.")
    }
    let stage = StageRequest(
      id: name, kind: name, use: "standard",
      from: [
        "cube": PortSource(["cube"]), "surface": PortSource(["train"]), "rejects": PortSource(["infer-rejects"]),
        "cells": PortSource(["cells"]), "scenarios": PortSource(["scenarios"]),
      ], place: Place(source: "cutline reject-envelope"))
    return try await RunCommand.run(arguments, adding: [stage]) { requests in
      // The search is the run's own, with its constraints, unless the configuration says otherwise.
      guard let at = requests.firstIndex(where: { $0.id == name }), requests[at].use == "standard",
        !requests[at].settings.contains(where: { $0.key == "search" }),
        let search = requests.first(where: { $0.id == "search" })
      else { return }
      let place = requests[at].place
      let table = ConfigTable([
        .init(key: "use", place: place, value: ConfigValue(.string(search.use), at: place)),
        .init(key: "with", place: place, value: ConfigValue(.table(ConfigTable(search.settings)), at: place)),
      ])
      requests[at].settings.append(.init(key: "search", place: place, value: ConfigValue(.table(table), at: place)))
    }
  }
}
