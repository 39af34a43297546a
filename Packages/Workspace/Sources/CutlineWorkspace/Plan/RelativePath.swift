internal import CutlineCore
internal import Foundation

/// A path as a configuration says it: meant from the current folder; where nothing is there, from the folder of the file
/// in which it stands.
struct RelativePath {
  private let path: String
  private let folders: [String]

  /// - Parameter document: the configuration, whose folder is tried last: for what a command line says about it.
  init(_ path: String, at place: Place, in document: String? = nil) {
    self.path = path
    // A part of what the command line sets has a line, too.
    let isInFile = place.line > 0 && !place.source.hasPrefix("--")
    let sources = [isInFile ? place.source : nil, document].compactMap { $0 }
    folders = sources.map { $0.parentFolder }.filter { !$0.isEmpty }
  }

  /// Where it is; nil where it is nowhere. The path itself where it is absolute or found from the current folder.
  var found: String? { isHere ? path : beside }

  /// Where it is beside the configuration; nil where it need not be looked for there, or is not there.
  var beside: String? {
    guard !isHere else { return nil }
    return folders.lazy.map { ($0 as NSString).appendingPathComponent(path) }.first {
      FileManager.default.fileExists(atPath: $0)
    }
  }

  private var isHere: Bool { path.hasPrefix("/") || FileManager.default.fileExists(atPath: path) }
}
