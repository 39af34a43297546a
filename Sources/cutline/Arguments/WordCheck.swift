internal import CutlineCore
internal import Foundation

/// Whether the words of the command line and the current folder are text: where they are not, a file of another name would
/// be read, or made.
enum WordCheck {
  /// - Throws: `Faults` (usage) for a word, `Faults` (io) for the folder.
  static func run() throws {
    for place in 1..<max(1, Int(CommandLine.argc)) {
      guard let word = CommandLine.unsafeArgv[place], String(validatingCString: word) == nil else { continue }
      throw Faults.usage(
        "word \(place) of the command line", "is no UTF-8: \(String(cString: word))",
        "Rename the file or folder; names that are no text are neither read nor written.")
    }
    guard let folder = getcwd(nil, 0) else { return }
    defer { free(folder) }
    guard String(validatingCString: folder) == nil else { return }
    throw Faults.io(
      "the current folder", "has a name that is no UTF-8: \(String(cString: folder))",
      "Rename it, or work in another one.")
  }
}
