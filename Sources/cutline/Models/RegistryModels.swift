@_spi(Run) internal import CutlineCore
internal import CutlineDecide
internal import CutlineWorkspace

/// `cutline models` on the registry of a store; `--type`, which elsewhere says what a column holds, is there the type of a model.
enum RegistryModels {
  static let options: [Option] =
    StoreOptions.writing + [
      .value("product", "NAME", "list, history, register: the product."),
      .value("batch", "NAME", "list, history, register: the batch that it was learnt from."),
      .value("data", "FILE", "register: the data that it was learnt from; its digest is kept."),
      .value("sample", "FILE", "register: applications that it did not learn from, a scorecard_test.csv."),
    ]

  static func isMeant(_ action: ModelsCommand.Action, _ arguments: Arguments) -> Bool {
    [.history, .register].contains(action) || ([.list, .show].contains(action) && arguments["store"] != nil)
  }

  static func run(_ action: ModelsCommand.Action, _ arguments: Arguments) throws -> ExitCode {
    switch action {
    case .register: try register(arguments)
    case .show:
      let model = try StoreOptions.open(arguments, .reading).model(StoreOptions.operand(1, "MODEL", arguments))
      try StoreOptions.print(model, arguments) { LabelText.text(model) }
    default:
      let models = try StoreOptions.open(arguments, .reading).models(
        type: arguments.all("type").first, product: arguments["product"], batch: arguments["batch"])
      try StoreOptions.print(Page(models), arguments) { LabelText.table(models) }
    }
    return .ok
  }

  private static func register(_ arguments: Arguments) throws {
    let path = try StoreOptions.operand(1, "FILE", arguments)
    guard let data = arguments["data"] else {
      throw Faults.usage("--data", "is not given", "Name the file that it was learnt from: its digest is kept.")
    }
    var draft = Store.ModelDraft(
      file: Array(try OpenedFile.read(path, limit: 64 << 20)), dataSHA256: try Digest.ofFile(data).sha256,
      codeVersion: "registered by cutline \(Tool.version)")
    draft.sample = try arguments["sample"].map { Array(try OpenedFile.read($0, limit: 64 << 20)) }
    draft.batch = arguments["batch"]
    let (store, caller) = try StoreOptions.openAsCaller(arguments)
    let model = try store.registerModel(draft, product: store.product(meant: arguments["product"]), by: caller)
    try StoreOptions.print(model, arguments) { LabelText.text(model) }
  }
}
