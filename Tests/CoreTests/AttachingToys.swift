import CutlineCore
import CutlineRun
import Foundation

struct AttachConfig: StageConfig {
  var path = "data/audit.csv"
  var lines = 3
  var end = "well"
  static let fields: [Field<Self>] = [
    .text("path", \.path, "Where the file goes."),
    .int("lines", \.lines, in: 0...100_000_000, "How many lines it gets."),
    .text("end", \.end, "What happens at the end: well, badly, twice, escaping, open, retry, header."),
  ]

  static let columns = [ColumnNote("row", unit: "count", "Its number"), ColumnNote("what", unit: "text", "Nothing")]

  /// Attaches as configured.
  func attach(in context: RunContext) async throws {
    var escaped: AttachedWriter?
    do {
      try await context.attach(path, columns: Self.columns) { writer in
        try writer.append(end == "header" ? "row,other\n" : "row,what\n")
        for line in 0..<lines { try writer.append("\(line),nothing\n") }
        if end == "badly" || end == "retry" { throw Faults.data("line \(lines)", "is unlucky", "Take another.") }
        escaped = writer
      }
    } catch let error as Faults where end == "retry" && error.code == .data {
      try await context.attach(path) { try $0.append("again\n") }
    }
    if end == "twice" { try await context.attach(path) { try $0.append("more") } }
    if end == "escaping" {
      try escaped?.append(String(repeating: "late", count: 1 << 19))
    }
  }
}

/// Gives a number, which is stored, and a file.
struct Auditing: Stage {
  typealias Kind = Give
  static let name = "auditing"
  static let summary = "Gives a number and a file."
  let config: AttachConfig
  func run(_ input: NoInput, in context: RunContext) async throws -> Quantity {
    if config.end == "open" {
      let path = config.path
      let began = AsyncStream<Void>.makeStream()
      Task {
        try await context.attach(path) { _ in
          began.continuation.finish()
          try await Task.sleep(for: .seconds(1))
        }
      }
      for await _ in began.stream {}
    } else {
      try await config.attach(in: context)
    }
    return Quantity(value: Double(config.lines))
  }
}

/// Gives a word, which is not stored, and a file.
struct Noting: Stage {
  typealias Kind = Say
  static let name = "noting"
  static let summary = "Says a word and attaches a file."
  let config: AttachConfig
  func run(_ input: NoInput, in context: RunContext) async throws -> Word {
    try await config.attach(in: context)
    return Word(text: "noted")
  }
}

/// Attaches by a stage inside it.
struct InnerAuditing: Stage {
  typealias Kind = Give
  static let name = "inner"
  static let summary = "Attaches inside."
  init(config: NoConfig) {}
  func run(_ input: NoInput, in context: RunContext) async throws -> Quantity {
    try await context.inner("toys/inner").attach("data/inner.txt") { _ in }
    return Quantity(value: 1)
  }
}

/// Attaches what it must not depend on.
struct CountingWorkers: Stage {
  typealias Kind = Give
  static let name = "counting"
  static let summary = "Attaches the number of workers."
  init(config: NoConfig) {}
  func run(_ input: NoInput, in context: RunContext) async throws -> Quantity {
    try await context.attach("data/workers.txt") { try $0.append("\(context.workers)") }
    return Quantity(value: 1)
  }
}

/// Writes to the file that it reads.
struct Meddling: Stage {
  typealias Kind = Give
  static let name = "meddling"
  static let summary = "Changes its own input."
  let config: ValueConfig
  var externalInputs: [String] { config.file.map { [$0] } ?? [] }
  func run(_ input: NoInput, in context: RunContext) async throws -> Quantity {
    if let file = config.file, config.value > 0 { try Data("changed".utf8).write(to: URL(fileURLWithPath: file)) }
    return Quantity(value: config.value)
  }
}

extension Toys {
  static func attachingRegistry() throws -> Registry {
    var registry = try registry()
    try registry.register(Auditing.self)
    try registry.register(Noting.self)
    try registry.register(InnerAuditing.self)
    try registry.register(CountingWorkers.self)
    try registry.register(Meddling.self)
    return registry
  }

  static func audit(
    _ id: String = "audit", use: String = "auditing", path: String = "data/audit.csv", lines: Int = 3,
    end: String = "well"
  ) -> StageRequest {
    StageRequest(
      id: id, kind: use == "noting" ? "say" : "give", use: use,
      settings: use == "inner"
        ? [] : [setting("path", .string(path)), setting("lines", .integer(Int64(lines))), setting("end", .string(end))])
  }
}
