@_spi(Run) internal import CutlineCore
internal import Foundation

/// Fingerprints of the files that stages read: each file is read once, or not at all where an earlier run has its digest
/// and the file is still the same.
struct Fingerprints {
  private let previous: [PreviousRun]
  private let journal: Journal
  private let shared: SharedInputs?
  private var known: [String: Manifest.Input] = [:]

  /// - Parameters:
  ///   - previous: runs whose digests may be taken over; none to read every file.
  ///   - shared: what other runs of the batch have read.
  init(previous: [PreviousRun], journal: Journal, shared: SharedInputs? = nil) {
    self.previous = previous
    self.journal = journal
    self.shared = shared
  }

  /// - Throws: `Faults` (io).
  mutating func input(_ path: String, of stage: String) throws -> Manifest.Input {
    if let input = known[path] { return input.of(stage) }
    let own = self
    let make = { try own.takenOver(path, stage) ?? own.hashed(path, stage) }
    let input = try shared.map { try $0.input(path, make: make) } ?? make()
    known[path] = input
    return input.of(stage)
  }

  private func takenOver(_ path: String, _ stage: String) -> Manifest.Input? {
    guard let stamp = FileStamp(of: path) else { return nil }
    for input in previous.compactMap({ $0.input(path) }) {
      guard input.stamp == stamp, let moment = input.readAt, stamp.settles(moment) else { continue }
      journal.send(RunEvent(.input, stage: stage, "\(path): unchanged, its digest is taken over"))
      return input.of(stage)
    }
    return nil
  }

  private func hashed(_ path: String, _ stage: String) throws -> Manifest.Input {
    let moment = FileStamp.now()
    let clock = ContinuousClock()
    let start = clock.now
    let (sha256, stamp) = try Digest.ofStamped(path)
    journal.send(
      RunEvent(.input, stage: stage, "\(path): read for its digest", duration: (clock.now - start).inSeconds))
    return Manifest.Input(stage: stage, path: path, sha256: sha256, bytes: stamp.size, stamp: stamp, readAt: moment)
  }

  /// What has become of the files that a stage has read since their fingerprints were taken: nil where all are the same.
  static func change(of inputs: [Manifest.Input]) -> Faults? {
    guard let input = inputs.first(where: isChanged) else { return nil }
    return Faults.io(
      input.path, "changed while it was read", "Nothing was published. Run again when nobody writes to it.")
  }

  /// Runs a stage that may open these files, and what they were then is what it finds.
  ///
  /// - Throws: what `body` throws; where a file has changed meanwhile, `Faults` (io) that says so and nothing else.
  static func watching<Result>(
    _ inputs: [Manifest.Input], _ body: () async throws -> Result
  ) async throws -> Result {
    let entries = Dictionary(
      inputs.compactMap { input in input.watched.map { (input.path, $0) } }, uniquingKeysWith: { first, _ in first })
    return try await WatchedInputs.$current.withValue(entries) {
      let result = try await body()
      if let change = change(of: inputs) { throw change }
      return result
    }
  }

  private static func isChanged(_ input: Manifest.Input) -> Bool {
    guard let before = input.stamp else { return false }
    guard let now = FileStamp(of: input.path) else { return true }
    if now == before { return false }
    guard now.differsOnlyInStatus(from: before) else { return true }
    // Another run may have linked or unlinked it; what cannot be read any more has changed.
    return (try? Digest.ofFile(input.path).sha256) != input.sha256
  }
}

extension Manifest.Input {
  /// What a stage that reads the file must find in it; nil in runs of format 1.
  var watched: WatchedInputs.Entry? {
    guard let stamp, let readAt else { return nil }
    return WatchedInputs.Entry(sha256: sha256, stamp: stamp, readAt: readAt)
  }

  /// The same file as another stage reads it.
  func of(_ stage: String) -> Manifest.Input {
    Manifest.Input(stage: stage, path: path, sha256: sha256, bytes: bytes, stamp: stamp, readAt: readAt)
  }
}
