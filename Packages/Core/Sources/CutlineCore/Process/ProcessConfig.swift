/// What a plan says about a program: `use = "process"`, `with = { command = […], … }`.
public struct ProcessConfig: StageConfig {
  /// The program and its arguments.
  public var command: [String] = []
  /// Handed to the program unread.
  public var config = ConfigTable()
  public var timeLimitSeconds = 3600.0
  public var memoryLimitMiB = 4096
  /// Files whose content the result depends on, besides those that the command names.
  public var inputs: [String] = []
  /// Optional ports whose artefacts it is handed.
  public var reads: [String] = []

  public init() {}

  public static let fields: [Field<Self>] = [
    .texts(
      "command", \.command, atLeast: 1,
      "The program, looked up in PATH where it holds no slash, and its arguments."),
    .custom(
      "config", allowed: "a table", "Settings of the program's own, which it gets unread.",
      refused: [.integer(1), .string("x"), .table(ConfigTable([infinite]))], form: .map(of: .any),
      show: { ConfigValue(.table($0.config), at: .default).toml },
      read: { root, value in
        guard let table = value.table else { throw Field<Self>.refusal("config", value, "a table") }
        _ = try ExchangeText.json(value)
        root.config = table
      }),
    .double(
      "time_limit", \.timeLimitSeconds, in: 0.1...604_800, unit: "s", "After this time the program is ended."),
    .int(
      "memory_limit", \.memoryLimitMiB, in: 16...16_777_216, unit: "MiB",
      "Address space that the program, and each one it starts, may have."),
    .texts(
      "inputs", \.inputs,
      "More files that the result depends on, such as modules; those that the command names are known."),
    .texts("reads", \.reads, "Optional ports whose artefacts the program reads, such as the rows: \"sample\"."),
  ]

  private static let infinite = ConfigTable.Entry(
    key: "x", place: .default, value: ConfigValue(.float(.infinity), at: .default))

  public func validate(at places: FieldPlaces) throws {
    guard !command.isEmpty else {
      throw Faults.usage(
        places["command"], "command is not set",
        "Name the program: with = { command = [\"python3\", \"stage.py\"] }.")
    }
    if let text = (command + inputs).first(where: { $0.utf8.contains(0) }) {
      throw Faults.usage(places["command"], "\"\(text.prefix(40))\" holds a zero byte", "Leave it out.")
    }
    if let missing = inputs.first(where: { !FileSystem.leadsToFile($0) && !FileSystem.isFolder($0) }) {
      throw Faults.usage(places["inputs"], "there is no file or folder \(missing)", "Check the path.")
    }
    _ = try ProgramPath.find(command[0], at: places["command"].description)
  }

  /// The command as errors name it.
  var commandText: String {
    let text = command.map { $0.contains(" ") ? "'\($0)'" : $0 }.joined(separator: " ")
    return text.count <= 120 ? text : text.prefix(117) + "…"
  }
}

/// JSON for programs, written by hand so that 2.0 stays a number with a point and keys keep their order.
enum ExchangeText {
  /// - Throws: `Faults` (usage) for infinities and NaN, which JSON has no form for.
  static func json(_ value: ConfigValue) throws -> String {
    switch value.content {
    case .table(let table):
      "{" + (try table.entries.map { "\(json($0.key)):\(try json($0.value))" }.joined(separator: ",")) + "}"
    case .array(let values): "[" + (try values.map(json).joined(separator: ",")) + "]"
    case .string(let text), .temporal(let text): json(text)
    case .integer(let number): String(number)
    case .boolean(let flag): String(flag)
    case .float(let number):
      if number.isFinite {
        "\(number)"
      } else {
        throw Faults.usage(
          value.place, "config holds \(value.typeName), which JSON cannot", "Write it as text, and read it so.")
      }
    }
  }

  /// The quoting of TOML is that of JSON.
  static func json(_ text: String) -> String { ConfigValue.quoted(text) }
}
