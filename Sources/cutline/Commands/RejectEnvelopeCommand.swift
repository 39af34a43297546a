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
    under all (data/reject_envelope.csv, .json). In the folder of a run only that stage is new. Which settings:
    [stages.reject-envelope] with = { settings = [ … ] }; docs/methods/reject-inference.md.

    Examples:
      cutline reject-envelope
      cutline reject-envelope -o output/all --set 'stages.reject-envelope.with={ settings = [{ use = "acceptance-uplift", \\
        grid = { reject_uplift_factor = [0.5, 1.0, 1.5] } }, "overrides"] }'
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let stage = StageRequest(
      id: RejectEnvelope.name, kind: RejectEnvelope.name, use: "standard",
      from: [
        "cube": PortSource(["cube"]), "surface": PortSource(["train"]), "exposure": PortSource(["exposure"]),
        "rejects": PortSource(["infer-rejects"]), "rates": PortSource(["rates"]),
      ], place: Place(source: "cutline reject-envelope"))
    return try await RunCommand.run(arguments, adding: [stage])
  }
}
