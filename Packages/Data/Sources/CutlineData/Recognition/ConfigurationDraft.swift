public import CutlineCore
internal import CutlineCredit

/// A commented configuration for a file that nobody has described: what its columns and words most likely mean, its
/// periods, scores with bins, special codes, and what only a person can know.
public struct ConfigurationDraft {
  /// The configuration, as TOML.
  public let text: String
  /// Types that columns must be stated to have, so that the file is read as it was here.
  public let types: [(column: String, type: String)]
  /// What only a person can say, one sentence each; empty where the configuration runs as it is.
  public let open: [String]
  /// What is good to know and stops nothing.
  public let notes: [String]
  /// What is marked with ? in the text, in short.
  public let guesses: [String]

  /// - Parameters:
  ///   - table: the file's, with names as it spells them.
  ///   - path: the file, as the configuration shall name it.
  ///   - answers: what a person has said of it.
  ///   - marks: what was found of how its numbers are written.
  public init(_ table: Table, path: String, answers: DraftAnswers = DraftAnswers(), marks: NumberMarks? = nil) throws {
    let table = try Table(
      columns: table.columns.map { $0.renamed(StandardText.standardise($0.name)) }, rowCount: table.rowCount)
    guard table.rowCount > 0 else { throw Faults.data(path, "holds no application", "Name a file with rows.") }
    let meanings = try answers.meanings(in: table)
    let dated = DatedTable(table, date: meanings[ApplicationColumns.month])
    let draft = try Draft(dated, path: path, answers: answers, meanings: meanings, marks: marks)
    // A name or a word of the file must not become a line of its own, whatever characters it has.
    text = draft.lines.map(Self.oneLine).joined(separator: "\n") + "\n"
    types = dated.types
    open = draft.open.map(Self.oneLine)
    notes = draft.notes.map(Self.oneLine)
    guesses = Self.guesses(draft.lines).map(Self.oneLine)
  }
}

extension ConfigurationDraft {
  /// Without control characters and other breaks of lines.
  static func oneLine(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          let isControl =
            scalar.value < 32 || (127...159).contains(scalar.value) || [0x2028, 0x2029].contains(scalar.value)
          return isControl ? "\u{FFFD}" : scalar
        }))
  }

  /// The keys of lines that end in a guess, and remarks that ask something, by the table in which they stand.
  static func guesses(_ lines: [String]) -> [String] {
    var (found, table): ([String], String) = ([], "")
    for line in lines {
      if line.hasPrefix("# ? ") { found.append(String(line.dropFirst(4))) }
      if line.hasPrefix("[") {
        let name = line.prefix { $0 != "]" }.dropFirst().split(separator: ".").dropFirst().joined(separator: ".")
        table = name.isEmpty ? "" : name + "."
      } else if !line.hasPrefix("#"), line.contains("   # ?"), let equals = line.firstRange(of: " = ") {
        let isName = table == "columns." || line.hasPrefix("bad_flag")
        let value = line[equals.upperBound...].prefix(upTo: line.firstRange(of: "   # ?")?.lowerBound ?? line.endIndex)
        found.append("\(isName ? "" : table)\(line[..<equals.lowerBound])\(isName ? " = \(value)" : "")")
      }
    }
    return found
  }

  /// A name of a bin's table that needs no quotes; a number tells equal ones apart.
  static func binNames(of columns: [String]) -> [String] {
    var names: [String] = []
    for column in columns {
      let plain = String(
        String.UnicodeScalarView(
          column.unicodeScalars.map { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)) ? scalar : "_"
          }))
      var name = "\(plain)_bin"
      while names.contains(name) { name += "_2" }
      names.append(name)
    }
    return names
  }
}
