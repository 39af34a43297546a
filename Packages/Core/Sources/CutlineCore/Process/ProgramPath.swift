internal import Foundation

/// Where the program of a command is.
enum ProgramPath {
  /// The path of the program: as it stands where it holds a slash, otherwise the first of that name in PATH.
  /// - Throws: `Faults` (usage) when there is none, or none that may be executed.
  static func find(_ name: String, at location: String) throws -> String {
    if name.contains("/") {
      guard FileSystem.exists(name) else {
        throw Faults.usage(location, "there is no program \(name)", "Check the path.")
      }
      guard isProgram(name) else { throw notExecutable(location, name) }
      return name
    }
    let search = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    var found: String?
    for folder in search.split(separator: ":") {
      let path = "\(folder)/\(name)"
      if isProgram(path) { return path }
      if found == nil, FileSystem.isRegularFile(path) { found = path }
    }
    if let found { throw notExecutable(location, found) }
    let isHere = FileSystem.isRegularFile(name)
    throw Faults.usage(
      location, "there is no program \(name) in PATH",
      isHere ? "Write \"./\(name)\" for the file in this folder." : "Install it, or give its path.")
  }

  private static func notExecutable(_ location: String, _ path: String) -> Faults {
    Faults.usage(
      location, "\(path) is not executable",
      "Allow it with chmod +x, or start it by its interpreter: command = [\"python3\", \"\(path)\"].")
  }

  private static func isProgram(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
  }
}
