internal import CutlineCore

/// How a source reads its file: the keys of `ReadOptions` in a configuration, for every stage that reads a table.
struct TableFields: Sendable {
  var format = TableFormat.auto
  var member: String?
  var encoding: String?
  var delimiter: String?
  var decimalMark: String?
  var thousandsMark: String?
  var dateFormats: [String] = []
  var missingTokens: [String] = []
  var types: [StatedColumn] = []
  var header = true
  var skipLines = 0
  var comment: String?
  var quote: String?
  var escape: String?
  var expansionLimit = 200

  /// A column and the type that is stated of it.
  struct StatedColumn: Sendable {
    let column: String
    let texts: [String]
    let type: ColumnType
  }

  static let fields: [Field<Self>] = [
    .choice("format", \.format, "The file's format; auto goes by its content."),
    .optionalText("member", \.member, "XPT: which table, where the file holds several."),
    .optionalText("encoding", \.encoding, "Character set, where the file does not say or says it wrongly."),
    types,
    .texts(
      "date_formats", \.dateFormats,
      "Forms of dates besides 2022-01-31, such as %d/%m/%Y; digits alone are dates where all of a column are."),
    .texts("missing_tokens", \.missingTokens, "Texts that mean a missing value, such as NA."),
    .optionalText("decimal_mark", \.decimalMark, "The decimal mark of numbers in text; a point where it is left out."),
    .optionalText("thousands_mark", \.thousandsMark, "The mark between groups of three digits in text."),
    .optionalText("delimiter", \.delimiter, "CSV: the character between fields; found by itself when left out."),
    .bool(
      "header", \.header, "CSV: whether the first record holds the names; else they are column_1, column_2 and so on."),
    .int("skip_lines", \.skipLines, in: 0...1_000_000, "CSV: lines above the names that are passed over."),
    .optionalText("comment", \.comment, "CSV: what lines begin with that are no records, such as #."),
    .optionalText("quote", \.quote, "CSV: what fields are quoted with; none where quotes are text. A double quote."),
    .optionalText("escape", \.escape, "CSV: what takes the meaning of the next character, such as a backslash."),
    .int(
      "expansion_limit", \.expansionLimit, in: 1...1_000_000,
      "Compressed files may unfold to 256 MiB and this many times their size."),
  ]

  private static let types = Field<Self>.custom(
    "types", allowed: "a table from columns to types, such as { mis_date = \"date:%Y%m%d\", score = \"number\" }",
    "What columns hold: number, date, date-time, time or text, with a form behind a colon; a list of several forms.",
    refused: [
      .integer(1), .string("number"),
      .table(
        ConfigTable([
          .init(key: "x", place: .default, value: ConfigValue(.string("no-such-type"), at: .default))
        ])),
    ],
    form: .map(of: .oneOf([.text, .list(of: .text, atLeast: 1)])),
    show: { root in
      let entries = root.types.map { stated in
        let value: ConfigValue.Content =
          stated.texts.count == 1
          ? .string(stated.texts[0]) : .array(stated.texts.map { ConfigValue(.string($0), at: .default) })
        return ConfigTable.Entry(key: stated.column, place: .default, value: ConfigValue(value, at: .default))
      }
      return entries.isEmpty ? "{}" : ConfigValue(.table(ConfigTable(entries)), at: .default).toml
    },
    read: { root, value in
      guard let table = value.table else {
        throw Field<Self>.refusal("types", value, "a table such as { mis_date = \"date:%Y%m%d\" }")
      }
      var reading = Reading()
      root.types = []
      for entry in table.entries {
        try reading.attempt {
          let texts = (entry.value.array ?? [entry.value]).compactMap(\.string)
          guard !texts.isEmpty, texts.count == entry.value.array?.count ?? 1 else {
            throw Field<Self>.refusal("types.\(entry.key)", entry.value, "a type, or a list of forms of one type")
          }
          do {
            root.types.append(
              StatedColumn(column: entry.key, texts: texts, type: try ColumnType(texts, of: entry.key)))
          } catch let error as Faults {
            throw Faults.usage(entry.value.place, "\(error.location): \(error.problem)", error.advice)
          }
        }
      }
      try reading.finish()
    })

  /// - Throws: `Faults` (usage) for marks that cannot be ones, and forms of dates that cannot be read.
  func validate(at places: FieldPlaces) throws {
    for (key, mark) in [
      ("delimiter", delimiter), ("decimal_mark", decimalMark), ("thousands_mark", thousandsMark), ("escape", escape),
    ] {
      guard mark.map({ $0.count == 1 }) ?? true else {
        throw Faults.usage(places[key], "\(key) is \"\(mark ?? "")\"", "It must be one character.")
      }
    }
    do { _ = try CsvSigns(options()) } catch let error as Faults {
      throw Faults.usage(
        places["quote", "escape", "comment"], "\(error.location) \(error.problem)", error.advice)
    }
    do {
      _ = try ReadingMarks(options())
    } catch let error as Faults {
      throw Faults.usage(
        places["thousands_mark", "decimal_mark", "date_formats"], "\(error.location) \(error.problem)", error.advice)
    }
  }

  /// - Parameter workers: threads that parse text.
  func options(workers: Int = 1) -> ReadOptions {
    var options = ReadOptions()
    options.workers = workers
    options.format = format
    options.member = member
    options.encoding = encoding
    options.delimiter = delimiter?.first
    options.decimalMark = decimalMark?.first
    options.thousandsMark = thousandsMark?.first
    options.dateFormats = dateFormats
    options.missingTokens = missingTokens
    options.columnTypes = Dictionary(types.map { ($0.column, $0.type) }, uniquingKeysWith: { first, _ in first })
    options.columnKey = StandardText.standardise
    options.findsTypes = true
    options.hasHeader = header
    options.skipLines = skipLines
    options.comment = comment
    options.quote = quote
    options.escape = escape?.first
    options.expansionLimit = expansionLimit
    return options
  }
}
