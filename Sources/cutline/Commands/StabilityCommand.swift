internal import CutlineCore
internal import CutlineRun
internal import CutlineWorkspace

struct StabilityCommand: Command {
  static let name = "stability"
  static let group = CommandGroup.run
  static let summary = "Says what of a run has moved: drift, reversed scores, months out of control, deterioration."
  static let operands = ["RUN"]
  static let options: [Option] = [failOn]
  static let details = """
    Reads drift_alerts_*.json of the run, after its files are compared with the manifest (exit 6 where they differ).
    What had nothing to look at is said: silence of a check is no all-clear.

    Examples:
      cutline stability output/all
      cutline stability output/all --fail-on critical
    """

  static let failOn = Option.value(
    "fail-on", "SEVERITY", "Exit 4 when there is an alert of this severity or above: critical, warning.")

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let folder = arguments.operands[0]
    let severity = try severity(arguments)
    let (manifest, problems) = try RunVerification.problems(in: folder)
    guard problems.isEmpty else {
      throw Faults.integrity(
        folder, "does not match its manifest: \(problems.prefix(3).joined(separator: "; "))",
        "Run again, or restore the folder.")
    }
    if let failure = manifest.failures?.first {
      throw Faults.usage(
        folder, "is what a failed run had finished (stage \(failure.stage))", "Name the folder of a finished run.")
    }
    let alerts = try DriftAlerts(in: folder, manifest)
    Console.out(alerts.text)
    return severity.map { alerts.reach($0) } == true ? .gate : .ok
  }

  /// Nil where nothing shall fail.
  static func severity(_ arguments: Arguments) throws -> DriftAlerts.Severity? {
    guard let text = arguments["fail-on"] else { return nil }
    guard let severity = DriftAlerts.Severity(rawValue: text), severity != .info else {
      throw Faults.usage("--fail-on", "\"\(text)\" is no severity", "Say critical, or warning for both.")
    }
    return severity
  }
}
