internal import CToml
internal import Foundation

/// A configuration file, with the files that it extends and what the command line sets laid over it.
public struct ConfigDocument: Sendable {
  /// The merged tables.
  public var root: ConfigTable
  /// The file as named on the command line.
  public let path: String

  public init(root: ConfigTable, path: String) {
    self.root = root
    self.path = path
  }

  /// The largest configuration that is read, in bytes.
  public static let sizeLimit = 4 << 20

  /// Reads `path`, follows `extends = "base.toml"` (relative to the file that says so) and applies `settings`
  /// (`key.key=value`, the value in TOML; a bare word is taken as text).
  ///
  /// - Parameter table: where a setting belongs whose first key is none of `rootKeys`; nil = at the top.
  /// - Throws: `Faults` (io) when a file cannot be read, `Faults` (usage) with file, line and column for everything else.
  public static func load(
    _ path: String, settings: [String] = [], table: String? = "preprocessing"
  ) throws -> ConfigDocument {
    var root = try load(path, chain: [])
    var reading = Reading()
    for setting in settings { try reading.attempt { try apply(setting, to: &root, table: table) } }
    try reading.finish()
    return ConfigDocument(root: root, path: path)
  }

  /// The longest chain of files that extend each other.
  private static let extendsLimit = 50

  /// What may stand at the top besides the table of the plan, in this order in sentences.
  public static let rootKeys = ["stages", "stage", "plan", "plugins", "seed"]

  /// Parses TOML text; `source` names it in errors.
  public static func parse(_ text: String, source: String) throws -> ConfigTable {
    try checkDepth(text, source: source)
    let builder = Builder(source: source)
    var text = text
    let result = text.withUTF8 { bytes in
      withExtendedLifetime(builder) {
        bytes.withMemoryRebound(to: CChar.self) { characters in
          ctoml_parse(
            characters.baseAddress, UInt64(characters.count),
            { event, context in
              guard let event, let context else { return }
              Unmanaged<Builder>.fromOpaque(context).takeUnretainedValue().take(event.pointee)
            }, Unmanaged.passUnretained(builder).toOpaque())
        }
      }
    }
    if result.failed != 0 {
      let message = withUnsafeBytes(of: result.message) { raw in
        String(decoding: raw.prefix(while: { $0 != 0 }), as: UTF8.self)
      }
      let place = Place(source: source, line: Int(result.line), column: Int(result.column))
      throw Faults.usage(place, "not valid TOML: \(message)", "Correct the file there.")
    }
    return try builder.finish()
  }

  /// Tables deeper than anybody writes would overflow the stack of the parser.
  private static func checkDepth(_ text: String, source: String) throws {
    var dots = 0
    var line = 1
    // Of a quoted part: what stands in it is no sign.
    var quote: UInt8?
    var isEscaped = false
    for byte in text.utf8 {
      if let own = quote, byte != UInt8(ascii: "\n") {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\"), own == UInt8(ascii: "\"") {
          isEscaped = true
        } else if byte == own {
          quote = nil
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "'"): quote = byte
      case UInt8(ascii: "."): dots += 1
      case UInt8(ascii: "\n"):
        line += 1
        dots = 0
        quote = nil
        isEscaped = false
      case UInt8(ascii: ","), UInt8(ascii: "="), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "{"),
        UInt8(ascii: "}"):
        dots = 0
      default: break
      }
      if dots > 500 {
        throw Faults.usage(
          Place(source: source, line: line, column: 1), "a key has more than 500 dots", "Correct the file there.")
      }
    }
  }

  private static func load(_ path: String, chain: [String]) throws -> ConfigTable {
    // One file may have several names.
    let file = { (name: String) in URL(fileURLWithPath: name).resolvingSymlinksInPath().standardizedFileURL.path }
    if chain.contains(where: { file($0) == file(path) }) {
      throw Faults.usage(path, "extends itself through \(chain.joined(separator: ", "))", "Remove one extends.")
    }
    guard chain.count < extendsLimit else {
      throw Faults.usage(
        path, "is the end of a chain of \(chain.count) files that extend each other", "Use at most \(extendsLimit).")
    }
    let table = try parse(String(decoding: read(path), as: UTF8.self), source: path)
    guard let extends = table.entry("extends") else { return table }
    guard let base = extends.value.string else {
      throw Faults.usage(
        extends.value.place, "extends must be the path of a file, found \(extends.value.typeName)",
        "Write extends = \"base.toml\".")
    }
    let folder = path.parentFolder
    let basePath = base.hasPrefix("/") ? base : (folder as NSString).appendingPathComponent(base)
    var merged = try load(basePath, chain: chain + [path])
    var own = table
    own.entries.removeAll { $0.key == "extends" }
    let stages = joined(merged.entry("stage"), own.entry("stage"))
    merged.merge(own)
    if let stages {
      merged.entries.removeAll { $0.key == "stage" }
      merged.entries.append(stages)
    }
    return merged
  }

  /// The `[[stage]]` tables of both files: each has an id, so that one of the extending file takes the place of its
  /// namesake, and the others are kept.
  private static func joined(_ base: ConfigTable.Entry?, _ own: ConfigTable.Entry?) -> ConfigTable.Entry? {
    guard let base, let own, let before = base.value.array, let after = own.value.array else { return own ?? base }
    let ids = after.compactMap { $0.table?["id"]?.string }
    let kept = before.filter { item in item.table?["id"]?.string.map { !ids.contains($0) } ?? true }
    return ConfigTable.Entry(
      key: own.key, place: own.place, value: ConfigValue(.array(kept + after), at: own.value.place))
  }

  private static func read(_ path: String) throws -> Data {
    guard SpooledPipes.isPipe(path) || FileSystem.status(path, followsLinks: true) != nil || errno != ENOENT else {
      throw Faults.usage(path, "there is no such configuration file", "Name one with --config PATH.")
    }
    guard !FileSystem.isFolder(path) else {
      throw Faults.usage(path, "is a folder, not a configuration file", "Name the config.toml in it.")
    }
    let file = try OpenedFile(path)
    guard file.stamp.size <= sizeLimit else {
      throw Faults.usage(path, "is larger than \(sizeLimit >> 20) MiB", "This is not a configuration; check the path.")
    }
    return try file.data()
  }

  private static func apply(_ setting: String, to root: inout ConfigTable, table: String?) throws {
    let place = Place(source: "--set \(setting)")
    guard !setting.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else {
      throw Faults.usage(place, "holds a line break or another control character", "Give one key=value a --set.")
    }
    guard let equals = setting.firstIndex(of: "="), equals > setting.startIndex else {
      throw Faults.usage(place, "is not key=value", "Write for instance --set preprocessing.optimum_risk=1.2.")
    }
    let name = setting[..<equals].trimmingCharacters(in: .whitespaces)
    let text = setting[setting.index(after: equals)...].trimmingCharacters(in: .whitespaces)
    let path = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard path.count <= 500 else {
      throw Faults.usage(Place(source: "--set"), "a key has more than 500 dots", "Name a key of the configuration.")
    }
    guard path.allSatisfy({ !$0.isEmpty }) else {
      throw Faults.usage(place, "has an empty key", "Write the path of the key with single dots.")
    }
    var value = ConfigValue(.string(text), at: place)
    // What is not TOML is a bare word, so that --set a.b=exhaustive needs no quotes within quotes.
    if let parsed = try? parse("value = \(text)\n", source: place.source)["value"] {
      value = ConfigValue(parsed.content, at: place)
    }
    // What is not one of the tables at the top is a key of the plan's table, where nearly all keys live.
    let outer = rootKeys.contains(path[0]) || path[0] == table ? nil : table
    try root.set((outer.map { [$0] } ?? []) + path, to: value)
  }

  /// Builds the tree from the parser's events.
  private final class Builder {
    private struct Open {
      let key: String?
      let keyPlace: Place
      let place: Place
      var table: ConfigTable?
      var array: [ConfigValue] = []
      /// Two names that differ in their Unicode form only are one.
      var keys: Set<String> = []
    }
    private let source: String
    private var stack: [Open]
    private var twice: Place?

    init(source: String) {
      self.source = source
      stack = [Open(key: nil, keyPlace: .default, place: Place(source: source), table: ConfigTable())]
    }

    /// - Throws: `Faults` (usage) for a key that stands twice, in two Unicode forms.
    func finish() throws -> ConfigTable {
      if let twice {
        throw Faults.usage(
          twice, "not valid TOML: the key stands there already, written with other characters that mean the same",
          "Keep one of the two.")
      }
      return stack.first?.table ?? ConfigTable()
    }

    func take(_ event: ctoml_event) {
      let place = Place(source: source, line: Int(event.line), column: Int(event.column))
      let keyPlace = Place(source: source, line: Int(event.key_line), column: Int(event.key_column))
      let key = event.key.map { String(cString: $0) }
      var text: String {
        String(decoding: UnsafeRawBufferPointer(start: event.text, count: Int(event.length)), as: UTF8.self)
      }
      switch event.kind {
      case CTOML_BEGIN_TABLE: stack.append(Open(key: key, keyPlace: keyPlace, place: place, table: ConfigTable()))
      case CTOML_BEGIN_ARRAY: stack.append(Open(key: key, keyPlace: keyPlace, place: place, table: nil))
      case CTOML_END_TABLE, CTOML_END_ARRAY:
        guard stack.count > 1, let open = stack.popLast() else { return }
        let content: ConfigValue.Content = open.table.map { .table($0) } ?? .array(open.array)
        add(ConfigValue(content, at: open.place), key: open.key, at: open.keyPlace)
      case CTOML_STRING: add(ConfigValue(.string(text), at: place), key: key, at: keyPlace)
      case CTOML_INTEGER: add(ConfigValue(.integer(event.integer), at: place), key: key, at: keyPlace)
      case CTOML_FLOAT: add(ConfigValue(.float(event.number), at: place), key: key, at: keyPlace)
      case CTOML_BOOLEAN: add(ConfigValue(.boolean(event.integer != 0), at: place), key: key, at: keyPlace)
      default: add(ConfigValue(.temporal(text), at: place), key: key, at: keyPlace)
      }
    }

    private func add(_ value: ConfigValue, key: String?, at keyPlace: Place) {
      if let key {
        if !stack[stack.count - 1].keys.insert(key).inserted { twice = twice ?? keyPlace }
        stack[stack.count - 1].table?.entries.append(.init(key: key, place: keyPlace, value: value))
      } else {
        stack[stack.count - 1].array.append(value)
      }
    }
  }
}
