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
  public func needs(_ input: Kind.Input) -> [String] { Self.reads }
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
  let readFields: @Sendable ([ConfigTable.Entry], String, Binding) throws -> Void
  private let readField: @Sendable (String, ConfigValue) throws -> Void

  /// - Parameter isChecked: whether outputs are checked against what everything downstream relies on, as for stages that
  ///   come from a library.
  init<S: Stage>(_ type: S.Type, isChecked: Bool = false) {
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
      return BoundStage(
        settings: settings, externalInputs: stage.externalInputs + inner.flatMap(\.externalInputs),
        needs: { stage.needs(try S.Kind.ports.make($0)) },
        run: { values, context in
          let input = try S.Kind.ports.make(values)
          let output = try await stage.run(input, in: context)
          if isChecked { try S.Kind.check(output, against: input) }
          context.reportInner()
          return output
        },
        codec: (S.Kind.Output.self as? any StoredArtifact.Type).map(ArtifactCodec.init))
    }
  }
}

extension StageDescription {
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
    return StageInstance(bound: try bind(settings, Place(source: "\(kind).\(name)"), origin, Binding(registry)))
  }
}

/// A configured stage outside a plan.
public struct StageInstance: Sendable {
  let bound: BoundStage

  /// Every field with its value.
  public var settings: [ResolvedSetting] { bound.settings }

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
  let externalInputs: [String]
  /// The optional ports that it needs, given the artefacts at the others.
  let needs: @Sendable (PortValues) throws -> [String]
  let run: @Sendable (PortValues, RunContext) async throws -> any Artifact
  /// Nil when the output is not stored.
  let codec: ArtifactCodec?
}
