/// The files that a stage has left in the run, as another one reads them: what people would look at, whatever the stage's
/// artefact is. A port of this type takes any stage.
///
/// A stage that reads files waits for those it reads from, and its key is of theirs; an unchanged stage is not made again
/// for its files alone.
public struct StageFiles: Artifact {
  public static let typeName = "stage's files"
  /// What a stage had to say, without values of applications.
  public struct Said: Sendable {
    public let isWarning: Bool
    public let text: String

    public init(isWarning: Bool, text: String) {
      self.isWarning = isWarning
      self.text = text
    }
  }

  /// In the order in which it was said.
  public let said: [Said]
  /// In the order of their paths.
  public let records: [FileRecord]
  private let read: @Sendable (FileRecord) throws -> [UInt8]

  /// - Parameter read: gives the bytes of one of `records`.
  public init(
    _ records: [FileRecord], said: [Said] = [], read: @escaping @Sendable (FileRecord) throws -> [UInt8]
  ) {
    self.said = said
    self.records = records.sorted { $0.path < $1.path }
    self.read = read
  }

  /// Files that are in memory, for a stage outside a run.
  public init(_ set: FileSet, said: [Said] = []) {
    let bytes = Dictionary(set.files.map { ($0.path, $0.bytes) }, uniquingKeysWith: { first, _ in first })
    self.init(
      set.files.map {
        FileRecord(path: $0.path, sha256: Digest.of($0.bytes), bytes: $0.bytes.count, columns: $0.columns)
      },
      said: said, read: { bytes[$0.path] ?? [] })
  }

  public subscript(path: String) -> FileRecord? { records.first { $0.path == path } }

  /// The bytes of a file, which are those that its record names.
  /// - Throws: `Faults` (io); `Faults` (integrity) where the file was changed since.
  public func bytes(of record: FileRecord) throws -> [UInt8] {
    let bytes = try read(record)
    guard Digest.of(bytes) == record.sha256 else {
      throw Faults.integrity(record.path, "was changed after its stage had ended", "Run again.")
    }
    return bytes
  }
}
