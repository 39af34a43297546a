internal import CutlineCore
internal import CutlineCredit
internal import CutlineData
internal import CutlineFormats
internal import CutlineModels
internal import CutlineWorkspace
internal import Foundation

/// What a run's models are, and what others do with them.
struct ModelsCommand: Command {
  static let name = "models"
  static let group = CommandGroup.models
  static let summary = "Lists, shows, exports, imports and applies models."
  static let operands = ["ACTION", "[PATH]", "[TABLE]"]
  static let options: [Option] =
    [
      .value("to", "FORMAT", "export: pmml, sql, c or json."),
      .value("output", short: "o", "PATH", "export, predict: the file to write. import: the folder to write into."),
      .value("table", "NAME", "export --to sql: the table that is read (default applications)."),
      .value("function", "NAME", "export --to c: the name of the function (default cutline_predict)."),
      .value("column", "NAME", "export --to sql, predict: the column that is added (default prediction)."),
      .flag("force", "export, predict: replace a file that is there."),
    ] + RegistryModels.options + TableInput.options
  static let details = """
    Actions:
      list [FOLDER]          the models in a run, a folder of models or folders of runs (default: here)
      show PATH              a model as a validator reads it: how it was learnt, how well it did, on what it depends
      export PATH --to …     a model for other systems; on standard output without --output
      import FILE -o FOLDER  a model of another library: FOLDER/models/model_<digest>; --format is xgboost, lightgbm,
                             lightgbm-text, catboost, scikit-learn or json here (default: seen in the file)
      predict PATH TABLE -o  the table with a column of predictions, for the columns that are called as the features

      list, show MODEL with --store FILE: models of the registry; history: the same, how they did over time;
                             --type logistic_regression takes only those
      register FILE          remembers the coefficients of a model on an expert card's own transforms

    PATH is a folder models/model_…, or the run or folder that holds one model. docs/models.md has the formats.

    Examples:
      cutline models list output
      cutline models export output/all --to sql --table risk.applications -o score.sql
      cutline models import booster.json -o imported
      cutline models predict imported applications.csv -o scored.csv
    """

  enum Action: String, CaseIterable { case list, show, export, `import`, predict, history, register }

  static func run(_ arguments: Arguments) async throws -> ExitCode {
    let word = arguments.operands[0]
    guard let action = Action(rawValue: word) else {
      let names = Action.allCases.map(\.rawValue)
      throw Faults.usage(
        "cutline models \(word)", "is not an action\(DidYouMean.phrase(for: word, among: names))",
        "It may be \(names.joined(separator: ", ")).")
    }
    try refuseOthers(action, arguments)
    if RegistryModels.isMeant(action, arguments) { return try RegistryModels.run(action, arguments) }
    let path = arguments.operands.count > 1 ? arguments.operands[1] : nil
    guard let path = path ?? (action == .list ? "." : nil) else {
      throw Faults.usage("cutline models \(word)", "names no model", "See cutline models --help.")
    }
    switch action {
    case .list: return try ModelList.print(path)
    case .show:
      let stored = try StoredModel(path)
      Console.out(ModelSheet(stored).text)
      // What was said at its place is also the command's end.
      if stored.surface != nil { _ = try stored.exposure() }
    case .export: try export(path, arguments)
    case .import: try importing(path, arguments)
    case .predict: try ModelPrediction.write(path, arguments)
    case .history, .register: break  // of the registry
    }
    return .ok
  }

  /// An option or operand of another action must not pass unheard.
  private static func refuseOthers(_ action: Action, _ arguments: Arguments) throws {
    let own: [String: [Action]] = [
      "to": [.export], "output": [.export, .import, .predict], "table": [.export], "function": [.export],
      "column": [.export, .predict], "format": [.import, .predict], "store": [.list, .show, .history, .register],
      "product": [.list, .history, .register], "batch": [.list, .history, .register],
      "data": [.register], "sample": [.register], "as": [.register], "token-file": [.register],
    ]
    for (name, actions) in own.sorted(by: { $0.key < $1.key })
    where !arguments.all(name).isEmpty && !actions.contains(action) {
      throw Faults.usage("--\(name)", "is not an option of models \(action.rawValue)", "See cutline models --help.")
    }
    guard arguments.operands.count < 3 || action == .predict else {
      throw Faults.usage(
        "cutline models \(action.rawValue)", "takes one path, and not \"\(arguments.operands[2])\" too",
        "See cutline models --help.")
    }
  }

  // MARK: Export

  private static func export(_ path: String, _ arguments: Arguments) throws {
    guard let format = try arguments.choice("to", ModelExport.Format.self) else {
      let names = ModelExport.Format.allCases.map(\.rawValue).joined(separator: ", ")
      throw Faults.usage("cutline models export", "names no format", "Give --to with one of \(names).")
    }
    var options = ModelExport.Options()
    for (name, only) in [("table", ModelExport.Format.sql), ("column", .sql), ("function", .c)] {
      guard let value = arguments[name] else { continue }
      guard format == only else {
        throw Faults.usage(
          "--\(name)", "has no effect with --to \(format.rawValue)", "It is an option of --to \(only.rawValue).")
      }
      switch name {
      case "table": options.table = value
      case "column": options.column = value
      default: options.function = value
      }
    }
    let stored = try StoredModel(path)
    let model = try stored.requiredModel()
    let text = try ModelExport.text(of: model, as: format, options: options)
    guard let output = arguments["output"] else {
      Console.data(text)
      return
    }
    try Self.write(text, to: output, force: arguments.has("force"))
    Console.error(
      "\(output): \(model.name), \(model.features.count) features. \(ModelExport.promise(of: model, as: format))")
  }

  private static func write(_ text: String, to path: String, force: Bool) throws {
    if force { try NewFile.replace(Data(text.utf8), to: path) } else { try NewFile.write(text, to: path) }
  }

  // MARK: Import

  private static func importing(_ path: String, _ arguments: Arguments) throws {
    guard let output = arguments["output"] else {
      throw Faults.usage("cutline models import", "names no folder", "Give --output FOLDER.")
    }
    let format = try arguments.choice("format", ModelImport.Format.self)
    let data = try ModelImport.bytes(of: path)
    let model = try ModelImport.read(data, source: path, format: format)
    let files = try StoredModel.files(imported: model, sourceSHA256: Digest.of(data))
    try NewFolder.write(files, below: output)
    let folder = files.first.map { ($0.path as NSString).deletingLastPathComponent } ?? ""
    Console.error("\(output)/\(folder): \(model.name), \(model.form.name), \(model.features.count) features")
  }
}
