/// An artefact that can leave the program as files in a folder, and come back: what a plugin in another language reads
/// and writes.
///
/// Every `StoredArtifact` is one: it crosses as `<type>.json`, the plain JSON of its coded form.
public protocol ExchangedArtifact: Artifact {
  /// Writes the artefact's files into an empty folder.
  /// - Throws: `Faults` (io); `Faults` (data) for a value that the files cannot hold.
  func write(to folder: String) throws
  /// Reads the files that a program has written.
  /// - Throws: `Faults` (data) naming the file, and the key or the line.
  init(readingFrom folder: ExchangeFolder) throws
}

extension ExchangedArtifact {
  /// The type as it stands in a request and in the names of files: `risk-surface`.
  public static var exchangeName: String { typeName.replacing(" ", with: "-") }
}

extension StoredArtifact {
  /// Writes `<type>.json`.
  public func write(to folder: String) throws {
    let data = try CanonicalJSON.encode(self, pretty: true)
    try data.withUnsafeBytes { try ExchangeFolder.write($0, to: "\(folder)/\(Self.exchangeName).json") }
  }

  /// Reads `<type>.json`; unknown keys and values that are not numbers are refused.
  public init(readingFrom folder: ExchangeFolder) throws {
    self = try folder.json(Self.self, from: "\(Self.exchangeName).json")
  }
}

/// A kind whose stages may be programs: its output can cross as files, and so can what stands at its ports.
public protocol ExchangedKind: Kind where Output: ExchangedArtifact {
  /// Reads what a program has given for `input`: the artefact's own form, or a shorter one that is completed here.
  ///
  /// - Parameter command: names the program, where the artefact names its maker.
  static func read(from folder: ExchangeFolder, for input: Input, by command: String) throws -> Output

  /// What a number of the process interface has changed for its programs, as the end of "since interface 2 it …"; empty
  /// where nothing did.
  static var changes: [Int: String] { get }
}

extension ExchangedKind {
  public static var changes: [Int: String] { [:] }

  /// The artefact's own form.
  public static func read(from folder: ExchangeFolder, for input: Input, by command: String) throws -> Output {
    try Output(readingFrom: folder)
  }
}
