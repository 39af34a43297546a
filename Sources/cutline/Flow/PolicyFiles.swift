@_spi(Run) internal import CutlineCore
internal import CutlineDecide
internal import CutlineFlow
internal import CutlineModels
internal import CutlineRules
internal import Foundation

/// Policies and their parts from files, from the program, from the store.
struct PolicyFiles: PolicyParts {
  private let arguments: Arguments
  /// Of the policy's file: a relative path is tried from the current folder, then from there.
  private let folder: String

  static let limit = 64 << 20

  /// A policy of a file, or of a version of the store.
  ///
  /// - Throws: `Faults` (usage) for what is none, (io) where there is no such file.
  static func policy(_ word: String, _ arguments: Arguments) throws -> DecisionPolicy {
    if PathKind.isFile(word) || word.contains("/") || word.contains(".toml") || word.contains(".json") {
      return try DecisionPolicy(sheet(word), PolicyFiles(arguments, beside: word))
    }
    guard FileSystem.exists(StoreOptions.path(arguments)) else {
      throw Faults.usage(
        word, "is no file, and there is no store \(StoreOptions.path(arguments))",
        "Name a policy in TOML; versions are in a store, --store FILE.")
    }
    let store = try StoreOptions.open(arguments, .reading)
    return try store.policy(of: store.version(meant: word, product: arguments["product"], kind: .policy))
  }

  static func sheet(_ path: String) throws -> PolicySheet {
    try PolicySheet(Array(OpenedFile.read(path, limit: limit)), of: path)
  }

  init(_ arguments: Arguments, beside path: String) {
    self.arguments = arguments
    folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
  }

  private func found(_ path: String) -> String {
    path.hasPrefix("/") || FileSystem.exists(path) ? path : "\(folder)/\(path)"
  }

  func rules(_ reference: PolicyReference) throws -> (table: RuleTable, sha256: String) {
    switch reference {
    case .builtIn(let name): return try digested(BuiltInRules.table(name))
    case .file(let path): return try digested(RuleFiles.file(found(path)))
    case .version(let word, let sha256):
      let (store, name) = try version(word, .rules, sha256)
      return (try store.rules(of: name), try store.sheet(of: name).sha256)
    }
  }

  private func digested(_ table: RuleTable) throws -> (RuleTable, String) {
    (table, Digest.of(Data(try table.sheet.json)))
  }

  func model(_ reference: PolicyReference, recipe: String?) throws -> (model: ScoringModel, sha256: String) {
    switch reference {
    case .builtIn(let name): throw Faults.usage(name, "is no model of the program: there is none", "Name a file.")
    case .file(let path):
      let model = try Self.model(found(path), recipe: recipe.map(found))
      return (model, Digest.of(Data(try model.json)))
    case .version(let word, let sha256):
      let (store, name) = try version(word, .modelSet, sha256)
      return (try store.scoringModel(of: name), try store.sheet(of: name).sha256)
    }
  }

  /// A model of a folder of models, of a file of `decide model`, or of a model as JSON.
  /// - Throws: `Faults` (usage) where the file brings a recipe and another is named.
  static func model(_ path: String, recipe: String?) throws -> ScoringModel {
    let sheet = try recipe.map { try RecipeSheet(Array(OpenedFile.read($0, limit: limit)), of: $0) }
    guard PathKind.isFile(path) else {
      return try ScoringModel(model: StoredModel(path).requiredModel(), recipe: sheet)
    }
    let own = try ScoringModel(json: Array(OpenedFile.read(path, limit: limit)), of: path)
    guard let sheet else { return own }
    guard own.recipe == nil else {
      throw Faults.usage(path, "brings a recipe, and another is named", "Leave the other out.")
    }
    return try ScoringModel(model: own.model, recipe: sheet)
  }

  private func version(_ word: String, _ kind: VersionKind, _ sha256: String?) throws -> (Store, VersionName) {
    let store = try StoreOptions.open(arguments, .reading)
    let name = try store.version(meant: word, product: arguments["product"], kind: kind)
    let found = try store.sheet(of: name).sha256
    guard sha256 == nil || sha256 == found else {
      throw Faults.integrity(
        name.description, "has another content than the policy names by its sha256", "Name the version that is meant.")
    }
    return (store, name)
  }
}
