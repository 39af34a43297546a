internal import CParquet
internal import CSystem
internal import CutlineCore
internal import Glibc

/// The library that parses Parquet files, opened when the first one is met, so that the program needs no Arrow to start.
///
/// Unchecked, because it points to a C table, which is never changed nor freed.
struct ParquetLibrary: @unchecked Sendable {
  let functions: UnsafePointer<cutline_parquet>
  /// Arrow's, as the library says it, for example `26.0.1`.
  var version: String { functions.pointee.version().map { String(cString: $0) } ?? "" }

  static let fileName = "libcutline-parquet.so"
  /// Names the file of the library, where it lies somewhere else.
  static let variable = "CUTLINE_PARQUET_LIBRARY"

  /// The library of this installation, looked for when first asked.
  static let installed = Result { () throws(Faults) in try ParquetLibrary(candidates: candidates()) }

  /// Opens the first candidate that is there.
  ///
  /// - Throws: `Faults` (io) where none is there, or the first one cannot be used.
  init(candidates: [String]) throws(Faults) {
    guard let path = candidates.first(where: { access($0, F_OK) == 0 }) else {
      throw Faults.io(
        Self.fileName,
        "the reader for Parquet files is not installed; looked for " + candidates.joined(separator: ", "),
        "Run scripts/setup, set \(Self.variable) to its file, or give the table as CSV.")
    }
    var problem = [CChar](repeating: 0, count: 512)
    guard let functions = cutline_parquet_load(path, &problem, problem.count) else {
      throw Faults.io(
        path, "the reader for Parquet files cannot be used: \(Self.text(problem))",
        "Remove it and run scripts/setup again, or give the table as CSV.")
    }
    self.functions = functions
  }

  /// Where the library may be, in this order: where the environment says, and nowhere else then; beside the installed
  /// program; beside the executable; where `scripts/setup` puts it, in a folder above the executable.
  static func candidates(
    named: String? = getenv(variable).map { String(cString: $0) }, executables: [String] = executables
  ) -> [String] {
    if let named, !named.isEmpty { return [named] }
    var places: [String] = []
    for executable in executables {
      var folders = self.folders(above: executable)[...]
      guard let own = folders.popFirst() else { continue }
      if let prefix = folders.first { places.append("\(prefix)/lib/cutline/\(fileName)") }
      places.append("\(own)/\(fileName)")
      places += folders.map { "\($0)/.dependencies/parquet/lib/\(fileName)" }
    }
    var seen: Set<String> = []
    return places.filter { seen.insert($0).inserted }
  }

  /// The running program, and the program or library that this code is in: tests are loaded by another program.
  private static var executables: [String] {
    var found: [String] = []
    var path = [CChar](repeating: 0, count: 4096)
    if readlink("/proc/self/exe", &path, path.count - 1) > 0 { found.append(text(path)) }
    path = [CChar](repeating: 0, count: 4096)
    if cutline_own_path(&path, path.count) != 0, let whole = realpath(path, nil) {
      found.append(String(cString: whole))
      free(whole)
    }
    return found
  }

  /// The folders that a file lies in, nearest first.
  private static func folders(above path: String) -> [String] {
    var folders: [String] = []
    var rest = path[...]
    while let slash = rest.lastIndex(of: "/"), slash > rest.startIndex {
      rest = rest[..<slash]
      folders.append(String(rest))
    }
    return folders
  }

  /// What C has written into a buffer.
  static func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
