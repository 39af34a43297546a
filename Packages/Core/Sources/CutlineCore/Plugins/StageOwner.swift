/// Who brings a stage: a module of the program, or a plugin.
public struct StageOwner: Sendable, Hashable {
  public let name: String
  public let version: String
  /// One sentence, or nothing.
  public let summary: String
  /// The shared library that was loaded; nil for what is built in.
  public let library: Library?

  public struct Library: Sendable, Hashable {
    public let path, sha256: String

    public init(path: String, sha256: String) {
      self.path = path
      self.sha256 = sha256
    }
  }

  public init(name: String, version: String, summary: String = "", library: Library? = nil) {
    self.name = name
    self.version = version
    self.summary = summary
    self.library = library
  }

  /// As sentences name it: `the plugin example 1.0 (path)` or `the module CutlineData`.
  public var phrase: String {
    library.map { "the plugin \(name) \(version) (\($0.path))" } ?? "the module \(name)"
  }
}
