/// A contract: typed input ports and one typed output. Every stage of a kind can take another's place.
public protocol Kind {
  associatedtype Input: StageInput
  associatedtype Output: Artifact
  /// Kebab-case, unique in a registry.
  static var name: String { get }
  /// One sentence.
  static var summary: String { get }
}

/// The input ports of a kind, filled from the outputs of other stages.
public protocol StageInput: Sendable {
  static var ports: [Port] { get }
  init(_ values: PortValues) throws
}

/// The input of a kind that reads nothing from other stages.
public struct NoInput: StageInput {
  public static let ports: [Port] = []
  public init(_ values: PortValues) throws {}
}

/// A named place for one artefact, or for several of one type.
public struct Port: Sendable {
  public let name: String
  public let type: any Artifact.Type
  /// Whether it takes the outputs of one stage or more, in the order in which they are connected.
  public let takesMany: Bool

  public init(_ name: String, _ type: any Artifact.Type) { self.init(name, type, takesMany: false) }

  /// A port for the outputs of one stage or more.
  public static func many(_ name: String, _ type: any Artifact.Type) -> Port { Port(name, type, takesMany: true) }

  private init(_ name: String, _ type: any Artifact.Type, takesMany: Bool) {
    self.name = name
    self.type = type
    self.takesMany = takesMany
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

  /// The artefact at `port`.
  /// - Throws: `Faults` (usage) when it is missing or of another type; the plan check makes both impossible in a run.
  public func get<A: Artifact>(_ port: String, as type: A.Type = A.self) throws -> A {
    let all = try getAll(port, as: type)
    guard let first = all.first, all.count == 1 else {
      throw Faults.usage("port \(port)", "takes one artefact, found \(all.count)", "Connect one stage.")
    }
    return first.artifact
  }

  /// The artefacts at a port that takes many, in the order of their connection; at least one.
  /// - Throws: `Faults` (usage) when there is none or one of another type.
  public func getAll<A: Artifact>(_ port: String, as type: A.Type = A.self) throws -> [NamedArtifact<A>] {
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
