/// What a stage hands to the next ones.
public protocol Artifact: Sendable {
  /// The name that wiring errors use, such as `cell table`.
  static var typeName: String { get }
}

extension Artifact {
  /// The name with its article, for sentences.
  @_spi(Run) public static var phrase: String { ("aeiou".contains(typeName.prefix(1)) ? "an " : "a ") + typeName }
}

/// An artefact that is written to the run folder, so that an unchanged stage need not run again.
///
/// Large ones (tables of applications) are not stored: they are made again when something downstream changed.
public protocol StoredArtifact: ExchangedArtifact, Codable {
  /// Raised when the stored form changes. Older forms are still decoded: what they lack is optional, or has a value of its own
  /// in `init(from:)`.
  static var formatVersion: Int { get }
}

extension StoredArtifact {
  public static var formatVersion: Int { 1 }
}
