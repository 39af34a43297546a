@_spi(Run) internal import CutlineCore
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
  /// Other folders that hold neither a run nor a frontier.
  let others: [String]

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
    let names = try FileSystem.names(in: folder)
    let all = names.filter {
      !$0.hasPrefix(".") && !$0.hasPrefix(Self.supersegment) && PathKind.isFolder("\(folder)/\($0)")
    }
    failed = all.filter { $0.hasSuffix(Self.failure) }
    let folders = all.filter { !$0.hasSuffix(Self.failure) }
    let runs = folders.filter { PathKind.isFile("\(folder)/\($0)/\(Manifest.fileName)") }
    if !runs.isEmpty {
      (layout, entries) = (.runs, runs.map { Entry(name: $0, path: "\(folder)/\($0)") })
      others = folders.filter { !runs.contains($0) }
      return
    }
    layout = .files
    let nested = folders.map { Entry(name: $0, path: "\(folder)/\($0)/data/\(Self.frontier)\(scenario).csv") }
      .filter { PathKind.isFile($0.path) }
    guard nested.isEmpty else {
      entries = nested
      others = folders.filter { name in !nested.contains { $0.name == name } }
      return
    }
    others = folders
    entries = try Self.files(names, folder, scenario)
    guard !entries.isEmpty else {
      throw Faults.usage(
        folder, "holds neither run folders nor frontiers as CSV",
        "Name a folder with one run folder a segment, or one CSV a segment (SEGMENT.csv or SEGMENT_\(scenario).csv).")
    }
  }

  /// One CSV a segment: SEGMENT_SCENARIO.csv, or SEGMENT.csv where no file says its scenario.
  /// - Throws: `Faults` (usage) for files of which it is not clear whether they are segments.
  private static func files(_ names: [String], _ folder: String, _ scenario: String) throws -> [Entry] {
    let files = names.filter { $0.hasSuffix(".csv") && !$0.hasPrefix(".") }.map { String($0.dropLast(4)) }
    func isOf(_ scenario: String, _ file: String) -> Bool { file.hasSuffix("_\(scenario)") }
    let own = files.filter { isOf(scenario, $0) }
    let other = files.filter { file in !own.contains(file) && scenarios.contains { isOf($0, file) } }
    let silent = files.filter { !own.contains($0) && !other.contains($0) }
    // A segment that is left out without a word would be missing in every sum.
    if let odd = own.isEmpty ? nil : silent.first {
      throw Faults.usage(
        "\(folder)/\(odd).csv", "says no scenario, while \(own[0]).csv does",
        "Call it \(odd)_\(scenario).csv where it is a segment, or put it elsewhere.")
    }
    if let odd = own.isEmpty ? other.first : nil {
      throw Faults.usage(
        "\(folder)/\(odd).csv", "is of another scenario than \(scenario), of which there is none",
        "Name its scenario with --scenario.")
    }
    let found = (own.isEmpty ? silent : own).map { file in
      let name = own.isEmpty ? file : String(file.dropLast(scenario.count + 1))
      return Entry(
        name: name.hasPrefix(frontier) ? String(name.dropFirst(frontier.count)) : name, path: "\(folder)/\(file).csv")
    }
    if let twice = found.first(where: { entry in found.count { $0.name == entry.name } > 1 }) {
      throw Faults.usage(twice.path, "and another file are of one segment, \(twice.name)", "Keep one of them.")
    }
    return found
  }

  /// A model of several segments, and no segment.
  private static let supersegment = "_supersegment_"
  private static let failure = ".failed"
  private static let frontier = "efficient_frontier_"
  /// Those that a run has.
  static let scenarios = ["pessimistic", "base", "optimistic"]
}
