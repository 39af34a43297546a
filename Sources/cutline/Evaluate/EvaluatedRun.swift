internal import CutlineCore
internal import CutlineCredit
internal import CutlineRun
internal import CutlineWorkspace
internal import Foundation

/// A folder with the tables of stated strategies, made as a run is: with a manifest, whole or not at all.
enum EvaluatedRun {
  /// - Throws: `Faults` (integrity) for a run that is not what was written, `Faults` (usage) for an output that would replace it.
  static func write(
    _ strategies: [(name: String, strategy: Strategy)], of manifest: Manifest, in folder: String, to output: String,
    _ arguments: Arguments
  ) async throws {
    let problems = try RunVerification.problems(in: folder).problems
    guard problems.isEmpty else {
      for problem in problems { Console.error("\(folder): \(problem)") }
      throw Faults.integrity(
        folder, "\(problems.count) of its files are not what the run wrote", "Restore them or run again.")
    }
    try check(output, besides: folder)
    let registry = try Plugins.registry(arguments, config: nil)
    let asked = try EvaluationPlan(manifest, run: folder, strategies: strategies)
    let plan = try Plan(asked.requests, registry: registry, seed: manifest.seed)
    let plugins = registry.owners.compactMap(Manifest.Plugin.init)
    let options = Runner.Options(
      output: output, workers: ProcessInfo.processInfo.activeProcessorCount, fresh: arguments.has("fresh"),
      version: Tool.version, program: try ProgramIdentity.digest(plugins: plugins), plugins: plugins,
      configuration: manifest.configuration)
    let view = ProgressView(.info)
    _ = try await Runner(plan: plan, options: options) { view.show($0) }.run(keeping: ["evaluation"])
    Console.error("\(output)/data/evaluation.csv: \(strategies.count) strategies against today and the frontier")
  }

  /// Where the result goes: beside the run, and never onto it, into it, or onto another run than an evaluation.
  private static func check(_ output: String, besides folder: String) throws {
    guard !PathKind.isOrLiesIn(output, PathKind.real(folder)) else {
      throw Faults.usage(
        "--output \(output)", "is the run that is evaluated on, or lies in it",
        "Name another folder: the run would be lost.")
    }
    // What cannot be read as a run is judged by whoever replaces it.
    if let other = try? Manifest.load(from: output), !other.stages.contains(where: { $0.kind == "evaluation" }) {
      throw Faults.usage(
        "--output \(output)", "holds a run that is no result of cutline evaluate",
        "Name another folder, or remove that one.")
    }
  }
}
