@_spi(Run) internal import CutlineCore
internal import CutlineDecide
internal import CutlineWorkspace
internal import Foundation

/// What every command on a store takes: which one, who asks, and how the answer is printed.
enum StoreOptions {
  static let store: Option = .value("store", "FILE", "The store (default decisions.sqlite).")
  static let network: Option = .flag("allow-network-store", "Open a store on a network file system.")
  static let json: Option = .flag("json", "Print as JSON.")
  static let reading: [Option] = [store, network, json]
  static let writing: [Option] =
    reading + [
      .value("as", "NAME", "Who asks; the token must be theirs."),
      .value("token-file", "PATH", "The file with the token (default: the one that CUTLINE_TOKEN_FILE names)."),
    ]
  static let version: [Option] = [
    .value("product", "NAME", "The product (default: the only one)."),
    .value(
      "kind", "NAME", "scorecard, rules, model-set, policy or strategy (default: the only one that has the version)."),
  ]

  static func path(_ arguments: Arguments) -> String { arguments["store"] ?? "decisions.sqlite" }

  static func options(_ arguments: Arguments) -> Store.Options {
    var options = Store.Options()
    options.allowsNetwork = arguments.has("allow-network-store")
    return options
  }

  static func open(_ arguments: Arguments, _ access: Store.Access) throws -> Store {
    try Store(path(arguments), access, options: options(arguments))
  }

  /// The store and who asks.
  /// - Throws: `Faults` (usage) without a token, `Refusal` for one that nobody has.
  static func openAsCaller(_ arguments: Arguments, mayRead: Bool = false) throws -> (store: Store, caller: Caller) {
    let path = arguments["token-file"] ?? ProcessInfo.processInfo.environment["CUTLINE_TOKEN_FILE"] ?? ""
    guard !path.isEmpty else {
      throw Faults.usage(
        "--token-file", "is not given, nor CUTLINE_TOKEN_FILE", "Name the file with the token of whoever asks.")
    }
    let (token, openness) = try AccessToken.read(path)
    if let openness { Console.error("warning: \(path): others may read this token (mode \(openness)); say chmod 600") }
    let store: Store
    do { store = try open(arguments, .writing) } catch let faults as Faults
      where mayRead && faults.exitCode == .integrity
    {
      // Another process writes, or what is wrong is told again.
      store = try open(arguments, .reading)
    }
    return (store, try store.authenticate(token, as: arguments["as"]))
  }

  /// What a version's operand means.
  static func version(_ word: String, _ store: Store, _ arguments: Arguments) throws -> VersionName {
    try store.version(
      meant: word, product: arguments["product"], kind: arguments.choice("kind", VersionKind.self))
  }

  /// What a day without a time means.
  enum Day {
    case start
    /// Its last microsecond.
    case end
  }

  static func instant(_ name: String, _ arguments: Arguments, day: Day = .start) throws -> Instant? {
    guard let text = arguments[name] else { return nil }
    guard let instant = Instant(text) else {
      throw Faults.usage("--\(name)", "\"\(text)\" is no moment", "Write 2026-01-31 or 2026-01-31T09:30:00Z (UTC).")
    }
    guard day == .end, !text.contains("T") else { return instant }
    return Instant(microseconds: instant.adding(days: 1).microseconds - 1)
  }

  static func operand(_ place: Int, _ name: String, _ arguments: Arguments) throws -> String {
    guard place < arguments.operands.count else {
      throw Faults.usage(name, "is missing", "cutline \(arguments.operands.first ?? "") needs it; see --help.")
    }
    return arguments.operands[place]
  }

  /// One of the words that a command takes first.
  static func action<C: RawRepresentable<String> & CaseIterable>(_ command: String, _ arguments: Arguments, _: C.Type)
    throws -> C
  {
    let (word, names) = (arguments.operands[0], C.allCases.map(\.rawValue))
    if let action = C(rawValue: word) { return action }
    throw Faults.usage(
      "cutline \(command) \(word)", "is no action\(DidYouMean.phrase(for: word, among: names))",
      "It may be \(names.joined(separator: ", ")).")
  }

  /// JSON where it is asked for, else text.
  static func print(_ value: some Encodable, _ arguments: Arguments, _ text: () -> String) throws {
    guard arguments.has("json") else { return Console.out(text()) }
    Console.data(String(decoding: try AnswerJSON.bytes(of: value), as: UTF8.self))
  }

  /// Refuses a file for a token that cannot be made, before the old token ends.
  static func checkToken(_ arguments: Arguments) throws {
    guard let path = arguments["write-token"] else { return }
    let folder = path.parentFolder.isEmpty ? "." : path.parentFolder
    guard !FileSystem.exists(path) else {
      throw Faults.io(path, "is there already", "Name a new file for the token; nothing was changed.")
    }
    guard PathKind.isFolder(folder), access(folder, W_OK | X_OK) == 0 else {
      throw Faults.io(folder, "is no folder that one can write to", "Name a file elsewhere; nothing was changed.")
    }
  }

  /// Shows a token once: in a private file where one is named.
  static func give(_ token: AccessToken, of name: String, _ arguments: Arguments) throws {
    guard let path = arguments["write-token"] else {
      Console.error("The token of \(name), which is not shown again; keep it in a file that only they read:")
      return Console.data(token.text + "\n")
    }
    try PrivateFile.write(token.text + "\n", to: path)
    Console.error("\(path): the token of \(name)")
  }
  static let writeToken: Option = .value(
    "write-token", "PATH", "Write the token to this new file, not to standard output.")
}
