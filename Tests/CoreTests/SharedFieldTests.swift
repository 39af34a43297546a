import CutlineCore
import Testing

/// Two fields of one shared name take the same.
@Suite struct SharedFieldTests {
  private struct Number: Artifact { static let typeName = "number" }

  private enum Number1: Kind {
    typealias Input = NoInput
    typealias Output = Number
    static let name = "count"
    static let summary = "Gives a number."
  }

  private struct Plain: StageConfig {
    var value = 1
    static let fields: [Field<Self>] = [.shared("count", .int("value", \.value, in: 0...9, "How many."))]
  }
  private struct Wider: StageConfig {
    var count = 1
    static let fields: [Field<Self>] = [.shared(.int("count", \.count, in: 0...10, "How many."))]
  }
  private struct Later: StageConfig {
    var count = 2
    static let fields: [Field<Self>] = [.shared(.int("count", \.count, in: 0...9, "How many."))]
  }
  private struct Outer: StageConfig {
    var inner = Plain()
    static let fields: [Field<Self>] = Plain.fields.map { $0.lifted(\.inner) }
  }
  private struct Alone: StageConfig {
    var count = 7
    static let fields: [Field<Self>] = [.int("count", \.count, in: 0...70, "How many.")]
  }

  private struct First: Stage {
    typealias Kind = Number1
    static let name = "first"
    static let summary = "One."
    init(config: Plain) {}
    func run(_ input: NoInput, in context: RunContext) async throws -> Number { Number() }
  }
  private struct Second<Config: StageConfig>: Stage {
    typealias Kind = Number1
    static var name: String { "second" }
    static var summary: String { "Two." }
    init(config: Config) {}
    func run(_ input: NoInput, in context: RunContext) async throws -> Number { Number() }
  }

  private func message<C: StageConfig>(_: C.Type) -> String {
    var registry = Registry()
    do {
      try registry.register(First.self)
      try registry.register(Second<C>.self)
      return registry.all[1].fields[0].sharedName ?? "unshared"
    } catch { return "\(error)" }
  }

  @Test func differencesAreRefusedNamingBoth() {
    #expect(
      message(Wider.self)
        == "count.second: shares count, as count.first does, but it takes a whole number in 0...10 and a whole number in 0...9 in the two. Make both alike, or give the field another name."
    )
    #expect(message(Later.self).contains("defaults to 2 and 1"))
  }

  @Test func alikeOrUnsharedIsTaken() {
    #expect(message(Outer.self) == "count")
    #expect(message(Alone.self) == "unshared")
  }
}
