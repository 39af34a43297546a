/// A named place for one artefact, for one that may be missing, or for several of one type.
public struct Port: Sendable {
  public enum Arity: Sendable, Hashable {
    case one
    /// Only made for stages that read it, and only where the plan connects it.
    case optional
    /// The outputs of one stage or more, in the order in which they are connected.
    case many
  }

  public let name: String
  public let type: any Artifact.Type
  public let arity: Arity

  public var takesMany: Bool { arity == .many }
  public var isOptional: Bool { arity == .optional }
  /// Whether it takes what a stage has left in the run, whatever the stage gives.
  public var takesFiles: Bool { type == StageFiles.self }
}

/// The ports of a kind: how they fill its input, and how they are read back from one.
///
/// ```swift
/// static let ports = Ports(Input.init, .one("sample", \.sample), .optional("profile", \.profile), .many("surfaces", \.surfaces))
/// ```
///
/// The compiler checks names of properties, their types and their order against the memberwise initialiser of `Input`.
public struct Ports<Input: Sendable>: Sendable {
  public let all: [Port]
  private let fill: @Sendable (PortValues) throws -> Input
  /// The artefacts at each port, in the order of `all`, each with the id of its stage where it is known.
  let values: @Sendable (Input) -> [[(stage: String, artifact: any Artifact)]]

  public init<each Value>(
    _ make: @escaping @Sendable (repeat each Value) -> Input, _ port: repeat PortField<Input, each Value>
  ) {
    var all: [Port] = []
    for field in repeat each port { all.append(field.port) }
    self.all = all
    fill = { values in make(repeat try (each port).fill(values)) }
    self.values = { input in
      var values: [[(stage: String, artifact: any Artifact)]] = []
      for field in repeat each port { values.append(field.read(input)) }
      return values
    }
  }

  /// The input that `values` make.
  /// - Throws: `Faults` (usage) when an artefact is missing or of another type.
  public func make(_ values: PortValues) throws -> Input { try fill(values) }
}

/// One port and the property of the input that it fills.
public struct PortField<Input: Sendable, Value: Sendable>: Sendable {
  public typealias Path = any KeyPath<Input, Value> & Sendable
  let port: Port
  let fill: @Sendable (PortValues) throws -> Value
  let read: @Sendable (Input) -> [(stage: String, artifact: any Artifact)]
}

extension PortField where Value: Artifact {
  /// A port for the output of one stage.
  public static func one(_ name: String, _ path: Path) -> PortField {
    PortField(
      port: Port(name: name, type: Value.self, arity: .one), fill: { try $0.get(name) },
      read: { [("", $0[keyPath: path])] })
  }
}

extension PortField {
  /// A port that may be left open, and that only stages with `reads` see.
  public static func optional<A: Artifact>(_ name: String, _ path: Path) -> PortField where Value == A? {
    PortField(
      port: Port(name: name, type: A.self, arity: .optional), fill: { try $0.getIfAny(name) },
      read: { input in input[keyPath: path].map { [("", $0)] } ?? [] })
  }

  /// A port for the outputs of one stage or more, in the order in which they are connected.
  public static func many<A: Artifact>(_ name: String, _ path: Path) -> PortField where Value == [NamedArtifact<A>] {
    PortField(
      port: Port(name: name, type: A.self, arity: .many), fill: { try $0.getAll(name) },
      read: { $0[keyPath: path].map { ($0.stage, $0.artifact) } })
  }
}

/// An artefact at a port that takes many, with the id of the stage that it comes from.
public struct NamedArtifact<A: Artifact>: Sendable {
  public let stage: String
  public let artifact: A

  public init(_ stage: String, _ artifact: A) {
    self.stage = stage
    self.artifact = artifact
  }
}

/// The artefacts at a stage's ports.
public struct PortValues: Sendable {
  private let values: [String: [(stage: String, artifact: any Artifact)]]

  /// One artefact a port.
  public init(_ values: [String: any Artifact]) { self.values = values.mapValues { [("", $0)] } }

  /// Several artefacts a port, each with the id of its stage.
  public init(lists: [String: [(stage: String, artifact: any Artifact)]]) { values = lists }

  /// How many artefacts stand at `port`.
  public func count(at port: String) -> Int { values[port]?.count ?? 0 }

  /// The artefact at `port`.
  /// - Throws: `Faults` (usage) when it is missing or of another type; the plan check makes both impossible in a run.
  func get<A: Artifact>(_ port: String) throws -> A {
    let all: [NamedArtifact<A>] = try getAll(port)
    guard let first = all.first, all.count == 1 else {
      throw Faults.usage("port \(port)", "takes one artefact, found \(all.count)", "Connect one stage.")
    }
    return first.artifact
  }

  /// The artefact at a port that may be left open.
  func getIfAny<A: Artifact>(_ port: String) throws -> A? {
    values[port]?.isEmpty ?? true ? nil : try get(port)
  }

  /// The artefacts at a port that takes many, in the order of their connection; at least one.
  func getAll<A: Artifact>(_ port: String) throws -> [NamedArtifact<A>] {
    guard let all = values[port], !all.isEmpty else {
      throw Faults.usage("port \(port)", "is not connected", "Connect it with from = { \(port) = \"…\" }.")
    }
    return try all.map { stage, value in
      guard let typed = value as? A else {
        throw Faults.usage(
          "port \(port)", "takes \(A.phrase), found \(Swift.type(of: value).phrase)", "Connect another stage.")
      }
      return NamedArtifact(stage, typed)
    }
  }
}
