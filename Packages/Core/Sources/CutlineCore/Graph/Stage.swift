internal import Foundation

/// One implementation of a kind.
///
/// A stage is a function of its input, its configuration and the context's random stream: it prints nothing, reads no
/// clock and no environment, and writes no file. Files that it reads are named by `externalInputs`.
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
  /// Paths of the files that the result depends on; their digests become part of the stage's key.
  var externalInputs: [String] { get }
  func run(_ input: Kind.Input, in context: RunContext) async throws -> Kind.Output
}

extension Stage {
  public static var aliases: [String] { [] }
  public var externalInputs: [String] { [] }
}

/// What a registry holds of a stage: everything about it without its type.
public struct StageDescription: Sendable {
  public let kind: String
  public let kindSummary: String
  public let name: String
  public let aliases: [String]
  public let summary: String
  public let ports: [Port]
  public let output: any Artifact.Type
  public let fields: [FieldDescription]
  let bind: @Sendable ([ConfigTable.Entry], Place, String) throws -> BoundStage
  private let readField: @Sendable (String, ConfigValue) throws -> Void

  /// - Parameter isChecked: whether outputs are checked against what everything downstream relies on, as for stages that
  ///   come from a library.
  init<S: Stage>(_ type: S.Type, isChecked: Bool = false) {
    kind = S.Kind.name
    kindSummary = S.Kind.summary
    name = S.name
    aliases = S.aliases
    summary = S.summary
    ports = S.Kind.Input.ports
    output = S.Kind.Output.self
    fields = S.Config.fields.map {
      FieldDescription(
        key: $0.key, allowed: $0.allowed, unit: $0.unit, sentence: $0.sentence, defaultValue: $0.value(in: S.Config()),
        refused: $0.refused, form: $0.form)
    }
    readField = { key, value in
      var config = S.Config()
      try S.Config.fields.first { $0.key == key }?.apply(value, to: &config)
    }
    bind = { entries, place, origin in
      let (config, settings) = try S.Config.read(entries, at: place, origin: origin)
      let stage = S(config: config)
      return BoundStage(
        settings: settings, externalInputs: stage.externalInputs,
        run: { values, context in
          let input = try S.Kind.Input(values)
          let output = try await stage.run(input, in: context)
          if isChecked { try Self.check(output, against: input, of: S.Kind.self) }
          return output
        },
        codec: (S.Kind.Output.self as? any StoredArtifact.Type).map(ArtifactCodec.init))
    }
  }
}

extension StageDescription {
  /// The checks that a program's output must pass, where the kind has them.
  private static func check<K: Kind>(_ output: K.Output, against input: K.Input, of kind: K.Type) throws {
    func open<E: ExchangedKind>(_ exchanged: E.Type) throws {
      guard let output = output as? E.Output, let input = input as? E.Input else { return }
      try E.check(output, against: input)
    }
    if let exchanged = kind as? any ExchangedKind.Type { try open(exchanged) }
  }

  /// Reads one value as the field `key` would, for a value that ends up unused; a stage without the field takes all.
  /// - Throws: `Faults` (usage) when the field refuses it.
  public func check(_ key: String, _ value: ConfigValue) throws { try readField(key, value) }
}

/// One field of a stage's configuration, for people.
public struct FieldDescription: Sendable {
  public let key, allowed, unit, sentence, defaultValue: String
  public let refused: [ConfigValue.Content]
  public let form: FieldForm
}

extension StageDescription {
  /// The stage with `settings`, to be run outside a plan: by a test, or by a program that embeds one stage.
  /// - Throws: `Faults` (usage) for a key or value that it refuses.
  public func instance(_ settings: [ConfigTable.Entry] = []) throws -> StageInstance {
    StageInstance(bound: try bind(settings, Place(source: "\(kind).\(name)"), "stage \(kind).\(name)"))
  }
}

/// A configured stage outside a plan.
public struct StageInstance: Sendable {
  let bound: BoundStage

  /// Every field with its value.
  public var settings: [ResolvedSetting] { bound.settings }

  public func run(_ inputs: [String: any Artifact], in context: RunContext) async throws -> any Artifact {
    try await bound.run(PortValues(inputs), context)
  }

  /// The stored form of an output; nil where the kind's output is not stored.
  public func encode(_ artifact: any Artifact) throws -> [UInt8]? {
    try bound.codec.map { Array(try $0.encode(artifact)) }
  }

  /// Reads the stored form back.
  public func decode(_ bytes: [UInt8]) throws -> (any Artifact)? { try bound.codec?.decode(Data(bytes)) }
}

/// A stage with its configuration, ready to run.
struct BoundStage: Sendable {
  let settings: [ResolvedSetting]
  let externalInputs: [String]
  let run: @Sendable (PortValues, RunContext) async throws -> any Artifact
  /// Nil when the output is not stored.
  let codec: ArtifactCodec?
}
