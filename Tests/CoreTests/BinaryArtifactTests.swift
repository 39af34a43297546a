import CutlineCore
import CutlineRun
import Foundation
import Synchronization
import TestSupport
import Testing

/// Artefacts with a binary form: files, versions, and bytes that nobody wrote.
@Suite struct BinaryArtifactTests {
  private let folder = TemporaryFolder()

  struct Columns: BinaryArtifact, Equatable {
    static let typeName = "columns"
    static let formatVersion = 3
    var head: [String: Int] = ["a": 1, "b": -2]
    var numbers: [Int64] = [.min, -1, 0, 1, .max]
    var small: [UInt8] = [0, 255]
    var values: [Double] = [0.1, -.infinity, 1e300]
    var text = "ñ"

    func encode(to writer: inout BinaryWriter) throws {
      try writer.append(json: head)
      writer.append(column: numbers)
      writer.append(column: small)
      writer.append(column: values)
      writer.append(text)
      writer.append(UInt32(7))
    }

    init(decoding reader: inout BinaryReader) throws {
      head = try reader.json([String: Int].self)
      numbers = try reader.column(of: Int64.self)
      small = try reader.column(of: UInt8.self)
      values = try reader.doubles()
      text = try reader.text()
      guard try reader.uint32() == 7 else { throw reader.refusal("no seven at the end") }
    }

    init() {}
  }

  enum Make: Kind {
    typealias Input = NoInput
    typealias Output = Columns
    static let name = "make"
    static let summary = "Makes columns."
  }

  struct Maker: Stage {
    typealias Kind = Make
    static let name = "plain"
    static let summary = "Makes columns."
    init(config: NoConfig) {}
    func run(_ input: NoInput, in context: RunContext) async throws -> Columns { Columns() }
  }

  private static func instance() throws -> StageInstance {
    var registry = Registry()
    try registry.register(Maker.self)
    return try #require(registry.all.first).instance()
  }

  private func run() async throws -> Manifest {
    var registry = Registry()
    try registry.register(Maker.self)
    let plan = try Plan([StageRequest(id: "made", kind: "make", use: "plain")], registry: registry, seed: 1)
    let options = Runner.Options(
      output: folder.path("out"), workers: 1, version: "1", program: "test", configuration: "none")
    return try await Runner(plan: plan, options: options) { _ in }.run().manifest
  }

  @Test func theFileIsBinaryAndIsTakenFromTheRunBefore() async throws {
    let first = try await run()
    #expect(first.files.map(\.path).contains("stages/made.bin"))
    #expect(first.stages.map(\.reused) == [false])
    #expect(try RunArtifact.load(Columns.self, stage: "made", from: folder.path("out")) == Columns())
    #expect(try await run().stages.map(\.reused) == [true])
    // A damaged file is made again.
    let path = URL(fileURLWithPath: folder.path("out/stages/made.bin"))
    try Data(Data(contentsOf: path).dropLast()).write(to: path)
    expectFaults(.integrity) { try RunArtifact.load(Columns.self, stage: "made", from: folder.path("out")) }
    #expect(try await run().stages.map(\.reused) == [false])
  }

  @Test func equalArtefactsAreEqualBytesAndComeBack() throws {
    let instance = try Self.instance()
    let bytes = try #require(try instance.encode(Columns()))
    #expect(bytes.starts(with: Array("CUTLINE\0".utf8)))
    #expect(try instance.decode(bytes) as? Columns == Columns())
    #expect(try CanonicalJSON.decode([Columns].self, from: CanonicalJSON.encode([Columns()])) == [Columns()])
  }

  /// Truncated, flipped and with huge counts: a value or a sentence, never a trap or a large allocation.
  @Test func hostileBytesAreRefused() throws {
    let instance = try Self.instance()
    let bytes = try #require(try instance.encode(Columns()))
    for count in bytes.indices { expectFaults(.integrity) { try instance.decode(Array(bytes[..<count])) } }
    expectFaults(.integrity) { try instance.decode(bytes + [0]) }
    for place in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[place] ^= 1 << UInt8(bit)
        do { _ = try instance.decode(damaged) } catch { #expect((error as? Faults)?.code == .integrity, "\(error)") }
      }
      // Eight bytes of ones at every place: every count is once the largest there is.
      var huge = bytes
      for index in place..<min(place + 8, bytes.count) { huge[index] = 0xFF }
      do { _ = try instance.decode(huge) } catch { #expect((error as? Faults)?.code == .integrity, "\(error)") }
    }
  }

  @Test func anotherTypeOrVersionIsRefused() throws {
    let instance = try Self.instance()
    var bytes = try #require(try instance.encode(Columns()))
    // After the mark, the format and the length and text of the name.
    bytes[8 + 4 + 4 + "columns".utf8.count] = 9
    let error = expectFaults(.integrity) { try instance.decode(bytes) }
    #expect("\(error.map(String.init(describing:)) ?? "")".contains("another type or version"))
  }
}

/// Optional ports are filled only where the stage needs them.
@Suite struct DemandTests {
  private let folder = TemporaryFolder()

  enum Take: Kind {
    struct Input: Sendable {
      let amount: Quantity
      let word: Word?
    }
    static let ports = Ports(Input.init, .one("amount", \.amount), .optional("word", \.word))
    typealias Output = Quantity
    static let name = "take"
    static let summary = "Takes a number and perhaps a word."
  }

  struct Thrifty: Stage {
    typealias Kind = Take
    static let name = "thrifty"
    static let summary = "Needs the word for numbers above ten."
    static let reads = ["word"]
    init(config: NoConfig) {}
    func needs(_ input: Take.Input) -> [String] { input.amount.value > 10 ? ["word"] : [] }
    func run(_ input: Take.Input, in context: RunContext) async throws -> Quantity {
      Quantity(value: Double(input.word?.text.count ?? 0))
    }
  }

  /// Needs nothing but an optional port.
  enum Echo: Kind {
    struct Input: Sendable {
      let amount: Quantity?
    }
    static let ports = Ports(Input.init, .optional("amount", \.amount))
    typealias Output = Quantity
    static let name = "echo"
    static let summary = "Gives back a number."
  }

  struct Echoing: Stage {
    typealias Kind = Echo
    static let name = "plain"
    static let summary = "Gives back a number."
    static let reads = ["amount"]
    init(config: NoConfig) {}
    func run(_ input: Echo.Input, in context: RunContext) async throws -> Quantity {
      input.amount ?? Quantity(value: -1)
    }
  }

  /// With one worker, too, and what another stage has let go is made again where it is needed after all.
  @Test(arguments: [1, 2]) func whatIsNeededIsMade(workers: Int) async throws {
    var registry = try Toys.registry()
    try registry.register(Thrifty.self)
    try registry.register(Echoing.self)
    let plan = try Plan(
      [
        StageRequest(
          id: "number", kind: "give", use: "constant", settings: [Toys.setting("value", .float(20))]),
        StageRequest(id: "hello", kind: "say", use: "hello"),
        StageRequest(id: "echo", kind: "echo", use: "plain", from: ["amount": "number"]),
        StageRequest(id: "taken", kind: "take", use: "thrifty", from: ["amount": "echo", "word": "hello"]),
        StageRequest(id: "both", kind: "join", use: "sum", from: ["a": "echo", "b": "taken"]),
      ], registry: registry, seed: 1)
    let options = Runner.Options(
      output: folder.path("out"), workers: workers, version: "1", program: "test", configuration: "none")
    let result = try await Runner(plan: plan, options: options) { _ in }.run(keeping: ["both"])
    #expect((result.artifacts["both"] as? Quantity)?.value == 25)
    #expect(result.manifest.stages.count == 5)
  }

  private func run(value: Double) async throws -> (result: Double?, ran: [String]) {
    var registry = try Toys.registry()
    try registry.register(Thrifty.self)
    let plan = try Plan(
      [
        StageRequest(
          id: "number", kind: "give", use: "constant", settings: [Toys.setting("value", .float(value))]),
        StageRequest(id: "hello", kind: "say", use: "hello"),
        StageRequest(id: "taken", kind: "take", use: "thrifty", from: ["amount": "number", "word": "hello"]),
      ], registry: registry, seed: 1)
    let options = Runner.Options(
      output: folder.path("out"), workers: 2, version: "1", program: "test", configuration: "none")
    let started = Mutex<[String]>([])
    let result = try await Runner(plan: plan, options: options) { event in
      if event.kind == .stageStarted { started.withLock { $0.append(event.stage) } }
    }.run(keeping: ["taken"])
    return ((result.artifacts["taken"] as? Quantity)?.value, started.withLock { $0 }.sorted())
  }

  @Test func whatIsNotNeededIsNotMade() async throws {
    var run = try await run(value: 1)
    #expect(run.result == 0 && run.ran == ["number", "taken"])
    run = try await self.run(value: 20)
    #expect(run.result == 5 && run.ran == ["hello", "number", "taken"])
    run = try await self.run(value: 20)
    #expect(run.result == 5 && run.ran == [])
  }
}
