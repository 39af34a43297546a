internal import Foundation

/// One implementation of a kind.
///
/// A stage is a function of its input, its configuration and the context's random stream: it prints nothing, reads no
/// clock and no environment, and opens no path to write: files go through `RunContext.attach`. Files that it reads are
/// named by `externalInputs`.
public protocol Stage: Sendable {
  associatedtype Kind: CutlineCore.Kind
  associatedtype Config: StageConfig = NoConfig
  /// Kebab-case, unique among the stages of its kind.
  static var name: String { get }
  /// Other names that mean the same stage.
  static var aliases: [String] { get }
  /// One sentence.
  static var summary: String { get }
  init(config: Config)
  /// Names of the optional ports of its kind that it reads: what is connected there is made for it, and only then.
  static var reads: [String] { get }
  /// Those of them that it reads as it is configured: what is connected to others is not made for it.
  var reads: [String] { get }
  /// Which of these it needs for an input whose optional ports are still empty. What is not named is not made for it: a
  /// stage that needs the rows of a sample only sometimes spares the others the reading of the file.
  func needs(_ input: Kind.Input) -> [String]
  /// Paths of the files that the result depends on; their digests become part of the stage's key.
  var externalInputs: [String] { get }
  func run(_ input: Kind.Input, in context: RunContext) async throws -> Kind.Output
}

extension Stage {
  public static var aliases: [String] { [] }
  public static var reads: [String] { [] }
  public var reads: [String] { Self.reads }
  public func needs(_ input: Kind.Input) -> [String] { reads }
  public var externalInputs: [String] { [] }
}

/// What a registry holds of a stage: everything about it without its type.
public struct StageDescription: Sendable {
  /// The kind that it implements.
  public let contract: KindDescription
  public let name: String
  public let aliases: [String]
  public let summary: String
  /// The ports that it sees: those of its kind without the optional ones that it does not read.
  public let ports: [Port]
  /// Names of the optional ports that it reads.
  public let reads: [String]
  public let fields: [FieldDescription]
  let bind: @Sendable ([ConfigTable.Entry], Place, String, Binding) throws -> BoundStage
  private let checkOutput: @Sendable (any Artifact, PortValues) throws -> Void
  private let readFields: @Sendable ([ConfigTable.Entry], String, Binding) throws -> Void
  private let readField: @Sendable (String, ConfigValue) throws -> Void

  /// - Parameter library: the library that brings it; its outputs are checked against what everything downstream relies on.
  init<S: Stage>(_ type: S.Type, library: String? = nil) {
    contract = KindDescription(S.Kind.self)
    name = S.name
    aliases = S.aliases
    summary = S.summary
    reads = S.reads
    ports = contract.ports.filter { !$0.isOptional || S.reads.contains($0.name) }
    fields = S.Config.fields.map {
      FieldDescription(
        key: $0.key, allowed: $0.allowed, unit: $0.unit, sentence: $0.sentence, defaultValue: $0.value(in: S.Config()),
        refused: $0.refused, form: $0.form, sharedName: $0.sharedName)
    }
    checkOutput = { output, values in
      guard let output = output as? S.Kind.Output else {
        throw Faults.data(
          S.Kind.name, "the output is \(Swift.type(of: output).phrase)", "Give \(S.Kind.Output.phrase).")
      }
      try S.Kind.check(output, against: S.Kind.ports.make(values))
    }
    readField = { key, value in
      var config = S.Config()
      try S.Config.fields.first { $0.key == key }?.apply(value, to: &config)
    }
    readFields = { entries, origin, binding in
      _ = try S.Config.readFields(entries, origin: origin, binding: binding)
    }
    bind = { entries, place, origin, binding in
      let (config, settings, inner) = try S.Config.read(entries, at: place, origin: origin, binding: binding)
      let stage = S(config: config)
      let program = stage as? any Program
      try Self.check(stage.reads, of: S.Kind.self, at: entries.first { $0.key == "reads" }?.value.place ?? place)
      return BoundStage(
        settings: settings, title: program?.title ?? S.name,
        parameters: program?.parameters ?? Self.numbers(of: settings),
        programs: (program.map { [$0.title] } ?? []) + inner.flatMap(\.programs), reads: stage.reads,
        externalInputs: stage.externalInputs + inner.flatMap(\.externalInputs),
        needs: { stage.needs(try S.Kind.ports.make($0)) },
        run: { values, context in
          let input = try S.Kind.ports.make(values)
          let output = try await stage.run(input, in: context)
          context.reportInner()
          guard let library else { return output }
          try S.Kind.check(output, against: input)
          return S.Kind.brought(output, for: input, by: library)
        },
        codec: (S.Kind.Output.self as? any StoredArtifact.Type).map(ArtifactCodec.init),
        gate: (S.Kind.self as? any GatedKind.Type).map { Gate($0) })
    }
  }
}

extension StageDescription {
  private static func check<K: Kind>(_ reads: [String], of kind: K.Type, at place: Place) throws {
    let optional = K.ports.all.filter(\.isOptional).map(\.name)
    guard let unknown = reads.first(where: { !optional.contains($0) }) else { return }
    throw Faults.usage(
      place,
      "reads names \(unknown), which is no optional port of \(K.name)"
        + DidYouMean.phrase(for: unknown, among: optional),
      optional.isEmpty ? "It has none: leave it out." : "There are: \(optional.joined(separator: ", ")).")
  }

  private static func numbers(of settings: [ResolvedSetting]) -> [String: Double] {
    let numbers = settings.compactMap { setting in Double(setting.value).map { (setting.key, $0) } }
    return Dictionary(numbers, uniquingKeysWith: { first, _ in first })
  }

  /// The name of its kind.
  public var kind: String { contract.name }
  public var output: any Artifact.Type { contract.output }

  /// The laws of its kind, which a run asks of stages that a program or a library brings.
  /// - Throws: `Faults` that name the parts that are wrong.
  public func check(_ output: any Artifact, against inputs: PortValues) throws { try checkOutput(output, inputs) }

  /// Reads one value as the field `key` would, for a value that ends up unused; a stage without the field takes all.
  /// - Throws: `Faults` (usage) when the field refuses it.
  public func check(_ key: String, _ value: ConfigValue) throws { try readField(key, value) }
}

/// One field of a stage's configuration, for people.
public struct FieldDescription: Sendable {
  public let key, allowed, unit, sentence, defaultValue: String
  public let refused: [ConfigValue.Content]
  public let form: FieldForm
  /// Its name in the table that a plan gives its shared fields; nil where only the stage's own table reaches it.
  public let sharedName: String?
}

extension StageDescription {
  /// The stage with `settings`, to be run outside a plan: by a test, or by a program that embeds one stage.
  /// - Throws: `Faults` (usage) for a key or value that it refuses.
  /// - Parameter registry: where the stages are looked up that settings hold.
  public func instance(
    _ settings: [ConfigTable.Entry] = [], registry: Registry = Registry()
  ) throws -> StageInstance {
    let origin = "stage \(kind).\(name)"
    return try instance(settings, registry: registry, at: Place(source: "\(kind).\(name)"), origin: origin)
  }

  /// The same, for a stage that stands at `place` in a configuration.
  /// - Parameter origin: what sentences call it.
  @_spi(Run) public func instance(
    _ settings: [ConfigTable.Entry], registry: Registry, at place: Place, origin: String
  ) throws -> StageInstance {
    StageInstance(bound: try bind(settings, place, origin, Binding(registry)))
  }

  /// Checks the fields one by one, without what the configuration must give and without what spans several of them.
  @_spi(Run) public func checkFields(
    _ settings: [ConfigTable.Entry], registry: Registry, origin: String
  ) throws { try readFields(settings, origin, Binding(registry)) }
}

/// A stage with its configuration.
public struct StageInstance: Sendable {
  let bound: BoundStage

  /// Every field with its value.
  public var settings: [ResolvedSetting] { bound.settings }

  /// Paths of the files that its result depends on, those of the stages in its settings included.
  @_spi(Run) public var externalInputs: [String] { bound.externalInputs }

  /// Titles of the programs that it runs, those of the stages in its settings included.
  @_spi(Run) public func programs() -> [String] { bound.programs }

  /// Writes and reads its output; nil where that is not stored.
  @_spi(Run) public var codec: ArtifactCodec? { bound.codec }

  /// Names of the optional ports that it reads as it is configured.
  @_spi(Run) public var reads: [String] { bound.reads }

  /// Nil where no output of the kind ends a run.
  @_spi(Run) public var gate: Gate? { bound.gate }

  /// The optional ports that it needs, given the artefacts at the others.
  @_spi(Run) public func needs(_ inputs: PortValues) throws -> [String] { try bound.needs(inputs) }

  public func run(_ inputs: PortValues, in context: RunContext) async throws -> any Artifact {
    try await bound.run(inputs, context)
  }

  /// One artefact a port.
  public func run(_ inputs: [String: any Artifact], in context: RunContext) async throws -> any Artifact {
    try await run(PortValues(inputs), in: context)
  }

  /// The stored form of an output; nil where the kind's output is not stored.
  public func encode(_ artifact: any Artifact) throws -> [UInt8]? {
    try bound.codec.map { Array(try $0.encode(artifact)) }
  }

  /// The files in which an output crosses to programs, as paths and bytes; nil where it has no such form.
  public func exchanged(_ artifact: any Artifact) throws -> [(path: String, bytes: [UInt8])]? {
    guard let artifact = artifact as? any ExchangedArtifact else { return nil }
    let folder = try PrivateFolder()
    let path = try folder.folder("form")
    try artifact.write(to: path)
    return try FileSystem.filesBelow(path).map { ($0, Array(try FileSystem.read("\(path)/\($0)"))) }
  }

  /// Reads the stored form back.
  public func decode(_ bytes: [UInt8]) throws -> (any Artifact)? { try bound.codec?.decode(Data(bytes)) }
}

/// A stage with its configuration, ready to run.
struct BoundStage: Sendable {
  let settings: [ResolvedSetting]
  /// Its name; of a program also the command.
  let title: String
  /// The numbers among its settings; of a program those of its own.
  let parameters: [String: Double]
  /// Titles of the programs that it runs: its own, and those of the stages in its settings.
  let programs: [String]
  /// Names of the optional ports that it reads as it is configured.
  let reads: [String]
  let externalInputs: [String]
  /// The optional ports that it needs, given the artefacts at the others.
  let needs: @Sendable (PortValues) throws -> [String]
  let run: @Sendable (PortValues, RunContext) async throws -> any Artifact
  /// Nil when the output is not stored.
  let codec: ArtifactCodec?
  /// Nil where no output of the kind ends a run.
  let gate: Gate?
}
