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

/// A named place for one artefact.
public struct Port: Sendable {
  public let name: String
  public let type: any Artifact.Type

  public init(_ name: String, _ type: any Artifact.Type) {
    self.name = name
    self.type = type
  }
}

/// The artefacts at a stage's ports.
public struct PortValues: Sendable {
  private let values: [String: any Artifact]

  public init(_ values: [String: any Artifact]) { self.values = values }

  /// The artefact at `port`.
  /// - Throws: `ConfigError` when it is missing or of another type; the plan check makes both impossible in a run.
  public func get<A: Artifact>(_ port: String, as type: A.Type = A.self) throws -> A {
    guard let value = values[port] else {
      throw ConfigError("port \(port)", "is not connected", "Connect it with from = { \(port) = \"…\" }.")
    }
    guard let typed = value as? A else {
      throw ConfigError(
        "port \(port)", "takes \(A.phrase), found \(Swift.type(of: value).phrase)", "Connect another stage.")
    }
    return typed
  }
}
