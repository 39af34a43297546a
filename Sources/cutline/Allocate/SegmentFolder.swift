internal import CutlineCore
internal import CutlineRun
internal import Foundation

/// Where the segments of an allocation are: a folder of run folders, or of frontiers as CSV. Only names are looked at here.
struct SegmentFolder {
  enum Layout: String {
    case runs, files

    var phrase: String {
      switch self {
      case .runs: "run folders: frontiers in exact sums, cells, draws"
      case .files: "frontiers as CSV: sums as the files have them"
      }
    }
  }

  struct Entry {
    let name: String
    /// A run folder, or a file.
    let path: String
  }

  let folder: String
  let layout: Layout
  /// By name.
  let entries: [Entry]
  /// What failed runs have left, and is no segment.
  let failed: [String]

  /// - Parameters:
  ///   - stated: nil for `data` where that is a folder, else `output`.
  ///   - scenario: whose frontiers are taken where files say so.
  /// - Throws: `Faults` (io) where there is no such folder; `Faults` (usage) where it holds no segment.
  init(_ stated: String?, scenario: String) throws {
    let folder = stated ?? (PathKind.isFolder("data") ? "data" : "output")
    self.folder = folder
    guard PathKind.isFolder(folder) else {
      throw Faults.io(
        folder, "is no folder", "Name the folder of the segments' run folders with --data-dir, such as output.")
    }
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    } catch {
      throw Faults.io(folder, "cannot be read: \(error.localizedDescription)", "Check its permissions.")
    }
    let all = names.filter {
      !$0.hasPrefix(".") && !$0.hasPrefix(Self.supersegment) && PathKind.isFolder("\(folder)/\($0)")
    }
    failed = all.filter { $0.hasSuffix(Self.failure) }
    let folders = all.filter { !$0.hasSuffix(Self.failure) }
    let runs = folders.filter { PathKind.isFile("\(folder)/\($0)/\(Manifest.fileName)") }
    if !runs.isEmpty {
      (layout, entries) = (.runs, runs.map { Entry(name: $0, path: "\(folder)/\($0)") })
      return
    }
    layout = .files
    let nested = folders.map { Entry(name: $0, path: "\(folder)/\($0)/data/\(Self.frontier)\(scenario).csv") }
      .filter { PathKind.isFile($0.path) }
    guard nested.isEmpty else {
      entries = nested
      return
    }
    let files = names.filter { $0.hasSuffix(".csv") && !$0.hasPrefix(".") }.map { ($0, String($0.dropLast(4))) }
    let own = files.filter { $0.1.hasSuffix("_\(scenario)") }
    entries = (own.isEmpty ? files : own.map { ($0.0, String($0.1.dropLast(scenario.count + 1))) })
      .map { file, name in
        Entry(
          name: name.hasPrefix(Self.frontier) ? String(name.dropFirst(Self.frontier.count)) : name,
          path: "\(folder)/\(file)")
      }
    guard !entries.isEmpty else {
      throw Faults.usage(
        folder, "holds neither run folders nor frontiers as CSV",
        "Name a folder with one run folder a segment, or one CSV a segment (SEGMENT.csv or SEGMENT_\(scenario).csv).")
    }
  }

  /// A model of several segments, and no segment.
  private static let supersegment = "_supersegment_"
  private static let failure = ".failed"
  private static let frontier = "efficient_frontier_"
}
