internal import CutlineCore
internal import CutlineData
internal import CutlineDecide
internal import CutlineWorkspace
internal import Foundation

/// `cutline scorecard refine`: a draft of a version in use and a model that advises.
enum ScorecardRefinement {
  static let options: [Option] = [
    .value("model", "MODEL", "refine: the model of the registry that advises (cutline models list --store)."),
    .value("base", "VERSION", "refine: the version that it advises on."),
    .value("alpha", "N", "refine: how much of the advice is taken, from 0 to 1 (default 0.5)."),
    .value("decimals", "N", "refine: decimals of an expert card's weights (default 2)."),
    .value("name", "VERSION", "refine: the name of the draft (default: the next of v1, v2, …)."),
    .value("notes", "TEXT", "refine: for whoever reads it later."),
  ]

  /// - Returns: 4 where a gate fails; the draft is there with its gates.
  static func run(_ arguments: Arguments) throws -> ExitCode {
    guard let model = arguments["model"], let word = arguments["base"] else {
      throw Faults.usage(
        "cutline scorecard refine", "needs --model and --base", "See cutline models list --store, cutline version list."
      )
    }
    let alpha = try arguments["alpha"].map { text in
      guard let alpha = Double(text), (0...1).contains(alpha) else {
        throw Faults.usage("--alpha", "\"\(text)\" is not in 0 to 1", "0 keeps the base, 1 takes the model's advice.")
      }
      return alpha
    }
    let table = try arguments.operands.dropFirst().first.map { try self.table($0, arguments) }
    if table == nil, arguments["outcome"] != nil {
      throw Faults.usage("--outcome", "has no effect without a table", "Name the table of applications.")
    }
    let (store, caller) = try StoreOptions.openAsCaller(arguments)
    let base = try store.version(meant: word, product: arguments["product"], kind: .scorecard)
    var request = Store.RefinementRequest(model: model, base: base)
    request.alpha = alpha ?? request.alpha
    request.decimals = try arguments.integer("decimals", in: 0...6) ?? request.decimals
    request.name = arguments["name"]
    request.notes = arguments["notes"] ?? ""
    request.table = table
    let refined = try store.refine(request, by: caller)
    try StoreOptions.print(refined, arguments) { LabelText.text(refined) }
    return refined.gates.contains { $0.verdict == .fail } ? .gate : .ok
  }

  private static func table(_ path: String, _ arguments: Arguments) throws -> Store.RefinementTable {
    let table = try TableInput(arguments).read(path)
    let outcome = try arguments["outcome"].map { try ScoredTable.outcome($0, table, of: path) } ?? []
    return Store.RefinementTable(
      name: (path as NSString).lastPathComponent, columns: ScoredTable.columns(table), rowCount: table.rowCount,
      isBad: outcome)
  }
}
