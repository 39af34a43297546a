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

/// What stands at one port of a program's stage.
public enum ExchangedInput: Sendable {
  case one(any ExchangedArtifact)
  /// The outputs of several stages, each with the stage's id, in the order of their connection.
  case many([(stage: String, artifact: any ExchangedArtifact)])

  /// The artefacts at a port that takes many.
  public static func many(_ artifacts: [NamedArtifact<some ExchangedArtifact>]) -> ExchangedInput {
    .many(artifacts.map { ($0.stage, $0.artifact) })
  }
}

/// A kind whose stages may be programs: its ports and its output can cross as files.
public protocol ExchangedKind: Kind where Output: ExchangedArtifact {
  /// The artefacts of `input`, by port.
  static func artifacts(of input: Input) -> [String: ExchangedInput]
  /// Reads what a program has given for `input`: the artefact's own form, or a shorter one that is completed here.
  ///
  /// - Parameter command: names the program, where the artefact names its maker.
  static func read(from folder: ExchangeFolder, for input: Input, by command: String) throws -> Output
  /// What everything downstream relies on without asking: shapes, ranges, one grid.
  /// - Throws: `Faults` (data) whose location is the part that is wrong.
  static func check(_ output: Output, against input: Input) throws
}

extension ExchangedKind {
  /// The artefact's own form.
  public static func read(from folder: ExchangeFolder, for input: Input, by command: String) throws -> Output {
    try Output(readingFrom: folder)
  }

  /// Nothing beyond the artefact's own form.
  public static func check(_ output: Output, against input: Input) throws {}
}

extension ExchangedKind where Input == NoInput {
  /// A kind without ports.
  public static func artifacts(of input: Input) -> [String: ExchangedInput] { [:] }
}
