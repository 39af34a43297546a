internal import CutlineCore
internal import Foundation
internal import Synchronization

/// What a run has left for people: its result files by path. Charts and pages are made of these and of nothing else, so that
/// their numbers are those of the tables, to the last digit, whether they are drawn in the run or later from its folder.
struct RunTables: Sendable {
  private let places: [String: (files: StageFiles, record: FileRecord)]

  /// - Parameter sources: files of the stages of one run; a path occurs once in a run.
  init(_ sources: [StageFiles]) {
    places = Dictionary(
      sources.flatMap { files in files.records.map { ($0.path, (files, $0)) } }, uniquingKeysWith: { first, _ in first }
    )
  }

  /// All files, by path.
  var records: [FileRecord] { places.values.map(\.record).sorted { $0.path < $1.path } }

  func record(_ path: String) -> FileRecord? { places[path]?.record }

  /// The table at `path`; nil where the run has none.
  /// - Throws: `Faults` (integrity) where it is no table of this program, (io).
  func table(_ path: String) throws -> StoredTable? {
    try bytes(path).map { try StoredTable(path: path, csv: $0) }
  }

  func bytes(_ path: String) throws -> [UInt8]? {
    try places[path].map { try $0.files.bytes(of: $0.record) }
  }

  /// What the JSON at `path` holds; nil where the run has none.
  /// - Throws: `Faults` (integrity) where it is not what this program writes, (io).
  func decoded<T: Decodable>(_ type: T.Type, at path: String) throws -> T? {
    guard let bytes = try bytes(path) else { return nil }
    do { return try JSONDecoder().decode(type, from: Data(bytes)) } catch {
      throw Faults.integrity(path, "is not what cutline wrote", "Restore it or run again.")
    }
  }

  /// The paths that begin with `prefix` and end with `suffix`, with what stands between.
  func paths(_ prefix: String, _ suffix: String) -> [(path: String, name: String)] {
    records.map(\.path).filter {
      $0.hasPrefix(prefix) && $0.hasSuffix(suffix) && $0.utf8.count > prefix.utf8.count + suffix.utf8.count
    }.map { ($0, String($0.dropFirst(prefix.count).dropLast(suffix.count))) }
  }
}
