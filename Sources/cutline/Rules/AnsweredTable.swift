@_spi(Run) internal import CutlineCore
internal import CutlineData
internal import CutlineWorkspace
internal import Foundation

/// A table of applications that is read, asked about, and written anew with the answers beside it.
struct AnsweredTable {
  let input: String
  /// Nil where only counts are asked for.
  let output: String?

  /// - Parameters:
  ///   - command: such as `rules run`, for errors.
  ///   - place: of the table among the operands.
  /// - Throws: `Faults` (usage, io) for a file that cannot be written, before anything is read.
  init(_ command: String, _ arguments: Arguments, at place: Int = 2, needsOutput: Bool = true) throws {
    input = try StoreOptions.operand(place, "TABLE", arguments)
    output = arguments["output"]
    guard let output else {
      if !needsOutput { return }
      throw Faults.usage("cutline \(command)", "names no file to write", "Give --output FILE.")
    }
    guard PathKind.real(input) != PathKind.real(output) else {
      throw Faults.usage("--output", "\(output) is the file that is read", "Name another file.")
    }
    guard !FileSystem.exists(output) else { throw Faults.io(output, "is there already", "Name another file.") }
    try NewFile.refuse(insideRun: output)
    // What is decided and kept must not find out afterwards that its table cannot be written.
    let name = output.lowercased()
    guard Self.endings.contains(where: { name.hasSuffix($0) || name.hasSuffix($0 + ".gz") }) else {
      throw Faults.usage(
        output, "the name does not say the format", "End it in \(Self.endings.joined(separator: ", ")).")
    }
    let folder = output.parentFolder.isEmpty ? "." : output.parentFolder
    guard PathKind.isFolder(folder), access(folder, W_OK | X_OK) == 0 else {
      throw Faults.io(folder, "is no folder that one can write to", "Name a file elsewhere.")
    }
  }

  /// Of names that the writer of tables takes.
  private static let endings = [".csv", ".xpt", ".sas7bdat"]

  /// Writes the table with columns beside it.
  /// - Throws: `Faults` (usage) where it has such a column already, (io).
  func write(_ table: Table, with added: [Column]) throws {
    guard let output else { return }
    if let taken = added.first(where: { table[$0.name] != nil }) {
      throw Faults.usage(
        "column \(taken.name)", "is in the table already", "Rename it: the answer would stand beside it.")
    }
    let written = try Table(columns: table.columns + added, rowCount: table.rowCount)
    for note in try TableWriter.write(written, to: output, style: .display) { Console.error("  \(note)") }
    Console.published()
    Console.error("\(output): \(table.rowCount) applications")
  }

  /// The column that a field is read from.
  /// - Throws: `Faults` (usage) where there is none, or several are one name when compared.
  static func column(_ wanted: String, _ table: Table, of path: String) throws -> Column {
    let name = TextColumn.comparable(wanted)
    let found = table.columns.filter { TextColumn.comparable($0.name) == name }
    guard found.count < 2 else {
      throw Faults.usage(
        path,
        "has the columns \(found.map { "\"\($0.name)\"" }.joined(separator: ", ")), which are one name when compared",
        "Rename or leave out one of them.")
    }
    guard let column = found.first else {
      throw Faults.usage(
        path, "has no column \(wanted)\(DidYouMean.phrase(for: wanted, among: table.names))",
        "It must hold every field that is read; name the column in the field's column.")
    }
    return column
  }

  /// The day on which rules of a time are asked.
  /// - Throws: `Faults` (usage) for what is none, and where it is needed and not given.
  static func asOf(_ arguments: Arguments, isNeeded: Bool) throws -> CalendarDate? {
    guard let text = arguments["as-of"] else {
      guard isNeeded else { return nil }
      throw Faults.usage(
        "--as-of", "is not given, and the table has rules of a time", "Give the day on which they are asked.")
    }
    guard let day = CalendarDate(iso: text) else {
      throw Faults.usage("--as-of", "\"\(text)\" is no day", "Write 2026-01-31.")
    }
    return day
  }
}
