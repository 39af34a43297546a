internal import CSystem
internal import CutlineCore
internal import Glibc

/// Finds the program that parses SAS files.
enum SasReaderProgram {
  static let name = "cutline-sas-reader"

  /// Beside the running program, or beside the library that this code is in.
  /// - Throws: `Faults` (io) when it is in neither place.
  static func locate() throws -> String {
    var folders: [String] = []
    if let link = runningProgram() { folders.append(folder(of: link)) }
    var path = [CChar](repeating: 0, count: 4096)
    if cutline_own_path(&path, path.count) != 0 { folders.append(folder(of: text(path[...]))) }
    for folder in folders {
      let candidate = folder + "/" + name
      if access(candidate, X_OK) == 0 { return candidate }
    }
    throw Faults.io(
      name, "the reader for SAS files is not beside the program (looked in \(folders.joined(separator: ", ")))",
      "Install it together with the program; building the program builds both.")
  }

  private static func runningProgram() -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    return count > 0 ? text(buffer[..<count]) : nil
  }

  private static func text(_ characters: ArraySlice<CChar>) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return String(path[..<slash])
  }
}
