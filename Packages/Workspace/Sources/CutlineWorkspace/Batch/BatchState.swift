@_spi(Run) public import CutlineCore
internal import CutlineRun
internal import Foundation

/// What became of a batch: `batch.json` beside the folders of its segments, written anew whenever one of them ends.
///
/// It holds times and what the machine was told, so nothing of it stands among the results.
public struct BatchState: Codable, Sendable {
  public enum UnitKind: String, Codable, Sendable { case segment, supersegment }

  public enum Condition: String, Codable, Sendable {
    /// Its turn has not come.
    case waiting
    /// It ran to the end.
    case done
    /// What stood in its folder is what it would give again.
    case unchanged
    /// The models of an earlier batch were taken as they are.
    case reused
    /// It ran to the end, and under `--strict` a scenario without a proven strategy counts as a failure.
    case infeasible
    case failed
  }

  /// A segment or a supersegment.
  public struct Unit: Codable, Sendable {
    public let name: String
    public let kind: UnitKind
    public let folder: String
    /// Whose model a segment takes.
    public let supersegment: String?
    public var condition = Condition.waiting
    public var exitCode: Int32 = 0
    /// Why it failed, without any value of an application.
    public var reason: String?
    public var seconds = 0.0
    /// Of its run.
    public var resultsDigest: String?

    /// What people call it: a segment may have the name of a supersegment.
    public var label: String { kind == .segment ? name : "supersegment \(name)" }

    /// Whether its folder holds a run of this batch.
    public var hasRun: Bool { [.done, .unchanged, .reused, .infeasible].contains(condition) }
  }

  public static let format = StoredFormat("cutline-batch", 1, "batch")
  public static let fileName = "batch.json"

  public let format: String
  public let version, program, configuration, segmentsFile: String
  /// Supersegments, then segments, both in the order of the file.
  public var units: [Unit]
  /// Nil where the rows were not counted.
  public var coverage: SegmentCoverage?
  /// Segments at a time, and why not more.
  public var workers: Int
  public var memory: String
  public var isFinished: Bool

  /// The state that an earlier batch has left; nil where there is none that can be read, as nothing hangs on it.
  public static func load(from folder: String) -> BatchState? {
    let path = "\(folder)/\(fileName)"
    guard let data = try? FileSystem.read(path), (try? format.check(data, at: path)) != nil else {
      return nil
    }
    return try? CanonicalJSON.decode(BatchState.self, from: data)
  }

  /// - Throws: `Faults` (io).
  func write(to folder: String) throws {
    try ReplacedFile.write(try CanonicalJSON.encode(self, pretty: true), to: "\(folder)/\(Self.fileName)")
  }

  /// That of the first segment of the file that failed, else of the first supersegment; 0 where none did.
  public var exitCode: ExitCode {
    let codes = (units.filter { $0.kind == .segment } + units.filter { $0.kind == .supersegment }).map(\.exitCode)
    return codes.lazy.compactMap { $0 == 0 ? nil : ExitCode(rawValue: $0) }.first ?? .ok
  }
}
