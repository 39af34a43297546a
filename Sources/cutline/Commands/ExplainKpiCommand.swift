internal import CutlineCore
internal import CutlineWorkspace

/// A cell's figures, step by step.
struct ExplainKpiCommand: Command {
  static let name = "explain-kpi"
  static let group = CommandGroup.strategies
  static let summary = "Prints how the figures of a cell come about, each step computed again."
  static let operands = ["RUN"]
  static let options: [Option] = [
    .value("cell", "A,B", "The cell: its bin of each variable, from 1."), .flag("json", "Print as JSON."),
  ]
  static let details = """
    RUN is the folder of a finished run; it is verified first. Each step is computed again from what the run stored; where
    they do not come to what it used, the command fails with exit code 6.

    Example:
      cutline explain-kpi output/all --cell 3,7
    """

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let parts = (arguments["cell"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
    let bins = parts.compactMap { Int($0.trimmingWhitespace) }
    guard !bins.isEmpty, bins.count == parts.count else {
      throw Faults.usage(
        "--cell", arguments["cell"].map { "\"\($0)\" is no list of bins" } ?? "is missing",
        "Give the bin of each variable, from 1: --cell 3,7.")
    }
    let explanation = try CellExplanation(VerifiedRun(arguments.operands[0]), bins: bins)
    if arguments.has("json") {
      Console.out(String(decoding: try CanonicalJSON.encode(explanation.steps, pretty: true), as: UTF8.self) + "\n")
      return .ok
    }
    var table = TextTable(["Step", "How", "Value", "Unit"], textColumns: 2)
    for step in explanation.steps {
      table.add([
        step.step, step.formula, step.text ?? step.value.map { NumberText.shortest($0) } ?? "undefined", step.unit,
      ])
    }
    Console.out("\n\(table.text)")
    return .ok
  }
}

extension Substring {
  fileprivate var trimmingWhitespace: Substring {
    var text = self
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}
