@_spi(Run) internal import CutlineCore
internal import CutlineDecide
internal import CutlineRules
internal import Foundation

/// Tables of rules from files, from the program, from the store; and to other programs.
enum RuleFiles {
  enum Format: String, CaseIterable { case dmn, toml, json }

  /// A table of a file, of the program or of a version of the store, in this order.
  ///
  /// - Throws: `Faults` (usage) for what is none, (io) where there is no such file.
  static func table(_ word: String, _ arguments: Arguments) throws -> RuleTable {
    if PathKind.isFile(word) || word.contains("/") || word.contains(".toml") || word.contains(".json") {
      return try file(word)
    }
    if BuiltInRules.names.contains(word) { return try BuiltInRules.table(word) }
    guard FileSystem.exists(StoreOptions.path(arguments)) else {
      throw Faults.usage(
        word,
        "is no file, and no table that comes with the program\(DidYouMean.phrase(for: word, among: BuiltInRules.names))",
        "There is \(BuiltInRules.names.joined(separator: ", ")); versions are in a store, --store FILE.")
    }
    let store = try StoreOptions.open(arguments, .reading)
    return try store.rules(of: store.version(meant: word, product: arguments["product"], kind: .rules))
  }

  static func file(_ path: String) throws -> RuleTable {
    try RuleTable(Array(OpenedFile.read(path, limit: 64 << 20)), of: path)
  }

  private static func format(_ arguments: Arguments, _ action: String) throws -> Format {
    guard let format = try arguments.choice("format", Format.self) else {
      throw Faults.usage(
        "cutline rules \(action)", "names no format",
        "Give --format with one of \(Format.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    return format
  }

  private static func write(_ bytes: [UInt8], _ action: String, _ arguments: Arguments) throws -> String {
    guard let output = arguments["output"] else {
      throw Faults.usage("cutline rules \(action)", "names no file to write", "Give --output FILE.")
    }
    if arguments.has("force") {
      try NewFile.replace(Data(bytes), to: output)
    } else {
      try NewFile.write(Data(bytes), to: output)
    }
    Console.published()
    return output
  }

  static func export(_ arguments: Arguments) throws {
    let format = try format(arguments, "export")
    let table = try table(StoreOptions.operand(1, "RULES", arguments), arguments)
    let bytes =
      switch format {
      case .dmn: try RuleExchange.dmn(of: table)
      case .toml: Array(table.sheet.toml.utf8)
      case .json: try table.sheet.json
      }
    let output = try write(bytes, "export", arguments)
    Console.error("\(output): \(table.rules.count) rules" + (format == .dmn ? "; read back, it is the same table" : ""))
  }

  static func `import`(_ arguments: Arguments) throws {
    let format = try format(arguments, "import")
    let path = try StoreOptions.operand(1, "FILE", arguments)
    if arguments["decision"] != nil, format != .dmn {
      throw Faults.usage(
        "--decision", "has no effect with --format \(format.rawValue)", "It is an option of --format dmn.")
    }
    let bytes = Array(try OpenedFile.read(path, limit: 64 << 20))
    var notes: [String] = []
    let table: RuleTable
    switch format {
    case .dmn: (table, notes) = try RuleExchange.table(dmn: bytes, of: path, decision: arguments["decision"])
    case .toml, .json: table = try RuleTable(bytes, of: path)
    }
    for note in notes { Console.error("warning: \(note)") }
    let isJSON = arguments["output"].map { $0.hasSuffix(".json") } ?? false
    let output = try write(isJSON ? table.sheet.json : Array(table.sheet.toml.utf8), "import", arguments)
    Console.error(
      "\(output): \(table.rules.count) rules over \(table.fields.count) fields, hit policy \(table.hit.rawValue)")
  }
}
