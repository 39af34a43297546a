internal import CutlineCore
internal import CutlineData
internal import Foundation

/// Tables that a command reads from the files it is given, and the options that say how: the same for every command.
struct TableInput {
  static let options: [Option] = [
    .value("format", "NAME", "auto, sas7bdat, xpt, parquet or csv (default: by content)."),
    .value("member", "NAME", "XPT: which table, where the file holds several."),
    .value("encoding", "NAME", "Character set of the file, where it does not say or says it wrongly."),
    .value(
      "type", "COLUMN=TYPE", repeats: true,
      "What a column holds: number, date, date-time, time or text, perhaps with a form: d=date:%Y%m%d, n=number:1.234,5."
    ),
    .value("date-format", "FORM", repeats: true, "A form of dates besides 2022-01-31, such as %d/%m/%Y."),
    .value("missing", "TEXT", repeats: true, "A text that means a missing value, such as NA."),
    .value("decimal-mark", "C", "The decimal mark of numbers in text (default a point)."),
    .value("thousands-mark", "C", "The mark between groups of three digits in text."),
    .value("delimiter", "C", "CSV: the character between fields (default: found by itself)."),
    .flag("no-header", "CSV: the first line is data."),
    .value("skip-lines", "N", "CSV: lines above the names that are passed over."),
    .value("comment", "TEXT", "CSV: what lines begin with that are no records, such as #."),
    .value("quote", "C", "CSV: what fields are quoted with, or none (default a double quote)."),
    .value("escape", "C", "CSV: what takes the meaning of the next character, such as a backslash."),
    .value(
      "expansion-limit", "N", "Compressed files may unfold to 256 MiB and this many times their size (default 200)."),
  ]

  let options: ReadOptions

  /// - Throws: `Faults` (usage) for an option whose value cannot be one.
  init(_ arguments: Arguments) throws {
    var options = ReadOptions()
    options.format = try arguments.choice("format", TableFormat.self) ?? .auto
    options.member = arguments["member"]
    options.encoding = arguments["encoding"]
    options.workers = ProcessInfo.processInfo.activeProcessorCount
    options.columnTypes = try Self.types(arguments.all("type"))
    options.dateFormats = arguments.all("date-format")
    options.missingTokens = arguments.all("missing")
    options.decimalMark = try Self.mark("decimal-mark", arguments)
    options.thousandsMark = try Self.mark("thousands-mark", arguments)
    options.delimiter = try Self.mark("delimiter", arguments)
    options.hasHeader = !arguments.has("no-header")
    options.skipLines = try arguments.integer("skip-lines", in: 0...1_000_000) ?? 0
    options.comment = arguments["comment"]
    options.quote = arguments["quote"]
    options.escape = try Self.mark("escape", arguments)
    options.expansionLimit = try arguments.integer("expansion-limit", in: 1...1_000_000) ?? options.expansionLimit
    self.options = options
  }

  /// The table in the file; what the reader has to say goes to standard error.
  func read(_ path: String) throws -> Table {
    var options = options
    options.findsTypes = true
    return try Self.read(path, options)
  }

  /// The table in the file, with numbers whatever marks they are written with.
  func readFindingMarks(_ path: String) throws -> (table: Table, marks: NumberMarks) {
    var options = options
    options.findsTypes = true
    let (read, marks) = try NumberMarks.read(path, options: options)
    for note in read.facts.notes { Console.note(note, of: path) }
    return (read.table, marks)
  }

  /// The table in a second file: how its values are written is the same, its columns and what stands around them are not.
  func readBeside(_ path: String) throws -> Table {
    var options = options
    options.format = .auto
    options.member = nil
    options.columnTypes = [:]
    options.delimiter = nil
    options.hasHeader = true
    options.skipLines = 0
    options.findsTypes = true
    return try Self.read(path, options)
  }

  static func say(_ note: String) { Console.error("  \(note)") }

  private static func read(_ path: String, _ options: ReadOptions) throws -> Table {
    let read = try TableReader.read(path, options: options)
    for note in read.facts.notes { Console.note(note, of: path) }
    return read.table
  }

  private static func types(_ words: [String]) throws -> [String: ColumnType] {
    var forms: [String: [String]] = [:]
    for word in words {
      // A column's name may hold the sign, a type may not.
      guard let equals = word.lastIndex(of: "="), equals > word.startIndex else {
        throw Faults.usage("--type \(word)", "is not COLUMN=TYPE", "Write for instance --type mis_date=date:%Y%m%d.")
      }
      forms[String(word[..<equals]), default: []].append(String(word[word.index(after: equals)...]))
    }
    return try Dictionary(
      uniqueKeysWithValues: forms.map { ($0.key, try ColumnType($0.value, of: $0.key)) })
  }

  private static func mark(_ name: String, _ arguments: Arguments) throws -> Character? {
    guard let text = arguments[name] else { return nil }
    guard let mark = text == "\\t" ? "\t" : text.first, text.count == 1 || text == "\\t" else {
      throw Faults.usage("--\(name)", "\"\(text)\" is not one character", "Give one, such as --\(name) ';'.")
    }
    return mark
  }
}
