/// What somebody asks to be run.
public struct JobRequest: Sendable {
  public enum Kind: String, Sendable, Codable, CaseIterable { case run, batch }

  /// A configuration as text, or one of the server's own by its name.
  public enum Source: Sendable {
    case text(String)
    /// The path of a file relative to the folder of configurations.
    case named(String)
  }

  public var kind: Kind
  /// Of the folder of results below the folder of runs.
  public var name: String
  public var configuration: Source
  /// Of a batch.
  public var segments: Source?
  /// Of a batch: only these.
  public var only: [String] = []
  /// `key=value`, as `--set` takes it.
  public var settings: [String] = []
  public var options = Options()
  /// What is made of the results when it has succeeded; nil for nothing.
  var training: JobTraining?
  /// Labels of its applications, kept in the job's folder.
  var labels: [UInt8]?
  /// The card in force that its card is compared with, kept there, too.
  var active: [UInt8]?

  public struct Options: Sendable, Codable {
    /// Takes nothing from what stands there.
    public var isFresh = false
    /// Exit 5 where a scenario is infeasible or not proven.
    public var isStrict = false
    /// Leaves the checks of the data out.
    public var skipsQuality = false
    /// Of a batch: several segments at a time.
    public var isParallel = false
    /// Whether results of that name may be replaced.
    public var replaces = false
    public init() {}
  }

  public init(_ kind: Kind, name: String, configuration: Source, segments: Source? = nil) {
    (self.kind, self.name, self.configuration, self.segments) = (kind, name, configuration, segments)
  }

  /// The largest configuration, in bytes.
  public static let byteLimit = 1 << 20
  /// The most settings and segments that may be named, and the most bytes of each.
  static let mostSettings = 100
  static let mostSegments = 1000
  static let settingLimit = 4096

  /// Whether `name` can be that of a folder of results: 1 to 80 of letters a to z and A to Z, digits, dots, dashes, underscores; a
  /// letter or digit first, and none of the ends that a run gives its neighbours.
  public static func isName(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    func isPlain(_ byte: UInt8) -> Bool {
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
    guard (1...80).contains(bytes.count), isPlain(bytes[0]),
      bytes.allSatisfy({ isPlain($0) || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_")].contains($0) })
    else { return false }
    // A folder of these names would make the folder of runs look like a run or a batch itself.
    guard ![FolderNames.manifest, FolderNames.batch].contains(name.lowercased()) else { return false }
    return ![".failed", ".track"].contains { name.hasSuffix($0) } && !name.contains(".kept-")
  }
}
