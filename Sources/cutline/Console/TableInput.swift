internal import CutlineCore
internal import CutlineData

/// Tables that a command reads from the files it is given.
enum TableInput {
  /// The table in the file, whatever its format; what the reader has to say goes to standard error.
  static func read(_ path: String) throws -> Table {
    let read = try TableReader.read(path, options: ReadOptions())
    for note in read.facts.notes { Console.error("  \(path): \(note.shown)") }
    return read.table
  }

  static func say(_ note: String) { Console.error("  \(note)") }
}
