import CutlineCore
import CutlineCredit
import CutlineRun

/// A number, for plans that have nothing to do with credit: a new kind is just a new type.
struct Quantity: StoredArtifact, Equatable {
  static let typeName = "amount"
  let value: Double
}

struct Word: Artifact {
  static let typeName = "word"
  let text: String
}

enum Give: Kind {
  typealias Input = NoInput
  typealias Output = Quantity
  static let name = "give"
  static let summary = "Gives a number."
}

enum Join: Kind {
  struct Input: Sendable {
    let a, b: Quantity
  }
  static let ports = Ports(Input.init, .one("a", \.a), .one("b", \.b))
  typealias Output = Quantity
  static let name = "join"
  static let summary = "Makes one number of two."
}

enum Say: Kind {
  typealias Input = NoInput
  typealias Output = Word
  static let name = "say"
  static let summary = "Says a word."
}

enum Write: Kind {
  struct Input: Sendable {
    let amount: Quantity
  }
  static let ports = Ports(Input.init, .one("amount", \.amount))
  typealias Output = FileSet
  static let name = "write"
  static let summary = "Writes a number to a file."
}

enum List: Kind {
  struct Input: Sendable {
    let amounts: [NamedArtifact<Quantity>]
  }
  static let ports = Ports(Input.init, .many("amounts", \.amounts))
  typealias Output = FileSet
  static let name = "list"
  static let summary = "Lists numbers."
}

struct Listing: Stage {
  typealias Kind = List
  static let name = "plain"
  static let summary = "Lists numbers with the stages that gave them."
  init(config: NoConfig) {}
  func run(_ input: List.Input, in context: RunContext) async throws -> FileSet {
    let text = input.amounts.map { "\($0.stage) \($0.artifact.value)\n" }.joined()
    return FileSet(files: [ResultFile(path: "data/list.txt", bytes: Array(text.utf8))])
  }
}

struct ValueConfig: StageConfig {
  var value = 1.0
  var file: String?
  static let fields: [Field<Self>] = [
    .double("value", \.value, in: -100...100, "The number."),
    .optionalText("file", \.file, "A file that the number is read from."),
  ]
}

/// Gives its configured number, and remarks on it.
struct Constant: Stage {
  typealias Kind = Give
  static let name = "constant"
  static let aliases = ["fixed"]
  static let summary = "Gives its configured number."
  let config: ValueConfig
  var externalInputs: [String] { config.file.map { [$0] } ?? [] }
  func run(_ input: NoInput, in context: RunContext) async throws -> Quantity {
    context.warn("the number is \(config.value)")
    var random = context.random("toys/constant")
    _ = random.uniform()
    return Quantity(value: config.value)
  }
}

struct Draw: Stage {
  typealias Kind = Give
  static let name = "draw"
  static let summary = "Draws a number."
  init(config: NoConfig) {}
  func run(_ input: NoInput, in context: RunContext) async throws -> Quantity {
    var random = context.random("toys/draw")
    return Quantity(value: random.uniform())
  }
}

struct Sum: Stage {
  typealias Kind = Join
  static let name = "sum"
  static let summary = "Adds two numbers."
  init(config: NoConfig) {}
  func run(_ input: Join.Input, in context: RunContext) async throws -> Quantity {
    Quantity(value: input.a.value + input.b.value)
  }
}

struct Failing: Stage {
  typealias Kind = Join
  static let name = "failing"
  static let summary = "Always fails."
  init(config: NoConfig) {}
  func run(_ input: Join.Input, in context: RunContext) async throws -> Quantity {
    throw Faults.data("row 7", "is unlucky", "Take another.")
  }
}

struct Hello: Stage {
  typealias Kind = Say
  static let name = "hello"
  static let summary = "Says hello."
  init(config: NoConfig) {}
  func run(_ input: NoInput, in context: RunContext) async throws -> Word { Word(text: "hello") }
}

struct ToFile: Stage {
  typealias Kind = Write
  static let name = "file"
  static let summary = "Writes the number."
  init(config: NoConfig) {}
  func run(_ input: Write.Input, in context: RunContext) async throws -> FileSet {
    FileSet(files: [ResultFile(path: "data/amount.txt", bytes: Array("\(input.amount.value)\n".utf8))])
  }
}

/// A plan of toys: two numbers, their sum, a file.
enum Toys {
  static func registry() throws -> Registry {
    var registry = Registry()
    try registry.register(Constant.self)
    try registry.register(Draw.self)
    try registry.register(Sum.self)
    try registry.register(Failing.self)
    try registry.register(Hello.self)
    try registry.register(ToFile.self)
    return registry
  }

  static func setting(_ key: String, _ content: ConfigValue.Content) -> ConfigTable.Entry {
    let place = Place(source: "toy.toml", line: 3, column: 5)
    return .init(key: key, place: place, value: ConfigValue(content, at: place))
  }

  static func requests(value: Double = 1, join: String = "sum", file: String? = nil) -> [StageRequest] {
    let settings = [setting("value", .float(value))] + (file.map { [setting("file", .string($0))] } ?? [])
    return [
      StageRequest(id: "out", kind: "write", use: "file", from: ["amount": "both"]),
      StageRequest(id: "left", kind: "give", use: "constant", settings: settings),
      StageRequest(id: "right", kind: "give", use: "draw"),
      StageRequest(id: "both", kind: "join", use: join, from: ["a": "left", "b": "right"]),
    ]
  }

  static func plan(value: Double = 1, join: String = "sum", file: String? = nil, seed: UInt64 = 1) throws -> Plan {
    try Plan(requests(value: value, join: join, file: file), registry: registry(), seed: seed)
  }
}
