internal import CutlineCore
internal import CutlineCredit
internal import CutlineOptimize
internal import CutlineWorkspace

/// The cell table of `cutline frontier`, and which columns it is made of.
struct FrontierInput {
  private enum Source {
    case file(CellCsv, swapIn: [String]?, scale: Int?)
    case run(VerifiedRun)
  }

  let grid: CellGrid
  /// Per axis, the numbers of its bins.
  let labels: [[Int]]
  /// How files are read.
  let reader: TableInput
  /// Where a checker finds the sums again.
  let columns: Certificate.CellColumns
  private let source: Source

  init(_ arguments: Arguments) throws {
    reader = try TableInput(arguments)
    let path = try Self.required("cells", arguments)
    if PathKind.isFolder(path) {
      let run = try Self.run(path, arguments)
      grid = run.cells.grid
      labels = grid.axes.map { Array(1...$0.binCount) }
      columns = CertifiedCells(cells: run.cells).columns
      source = .run(run)
      return
    }
    let csv = try CellCsv(
      path, names: WordList.words(Self.required("grid", arguments)),
      directions: WordList.words(Self.required("directions", arguments)), read: reader.read, say: TableInput.say)
    // Nil where nothing is said of rejected applications.
    let swapIn = arguments["swap-in"].map(WordList.words)
    if let swapIn, swapIn.count != 3 {
      throw Faults.usage(
        "--swap-in", "\(swapIn.count) columns are named", "Name three: production, numerator and denominator.")
    }
    (grid, labels) = (csv.grid, csv.labels)
    columns = Certificate.CellColumns(
      bins: grid.axes.map(\.name), directions: grid.axes.map(\.direction),
      production: arguments["production"] ?? "amount", numerator: arguments["numerator"] ?? "todu30",
      denominator: arguments["denominator"] ?? "pile", multiplier: try arguments.number("multiplier", above: 0) ?? 7)
    source = .file(csv, swapIn: swapIn, scale: try AmountScaleOption.value(arguments))
  }

  private static func required(_ name: String, _ arguments: Arguments) throws -> String {
    guard let value = arguments[name] else {
      throw Faults.usage("--\(name)", "is missing", "See cutline frontier --help.")
    }
    return value
  }

  /// - Throws: `Faults` (usage) for options that are of files.
  private static func run(_ folder: String, _ arguments: Arguments) throws -> VerifiedRun {
    let known = [
      "grid", "directions", "production", "numerator", "denominator", "multiplier", "swap-in", "amount-scale",
    ]
    if let name = known.first(where: { arguments[$0] != nil }) {
      throw Faults.usage("--\(name)", "is only for files: \(folder) is a run folder", "Leave it out.")
    }
    return try VerifiedRun(folder)
  }

  /// The table: all of it, split into what is booked and what comes from rejected applications.
  func cells() throws -> CellTable {
    switch source {
    case .run(let run): return run.cells
    case .file(let csv, let swapIn, let stated):
      let own = [columns.production, columns.numerator, columns.denominator]
      let names = own + (swapIn ?? [])
      let scale = try csv.scale(of: names, stated: stated)
      func sums(_ columns: [String]) throws -> [CellSums] {
        let amounts = try columns.map { try csv.amounts($0, in: scale, beside: names) }
        return amounts[0].indices.map {
          CellSums(numerator: amounts[1][$0], denominator: amounts[2][$0], production: amounts[0][$0])
        }
      }
      let all = try sums(own)
      let taken = try swapIn.map(sums) ?? all.map { _ in .zero }
      return csv.cellTable(
        booked: zip(all, taken).map { $0 - $1 }, swapIn: taken, multiplier: columns.multiplier, scale: scale)
    }
  }

  var hasSwapIn: Bool {
    switch source {
    case .run: true
    case .file(_, let swapIn, _): swapIn != nil
    }
  }
}

/// `--amount-scale`.
enum AmountScaleOption {
  static let option = Option.value(
    "amount-scale", "N",
    "Decimals in which amounts are exact, 0 to 9 (default: those of the values, 2 to 6, more where six would move a sum)."
  )

  static func value(_ arguments: Arguments) throws -> Int? {
    try arguments.integer("amount-scale", in: 0...AmountScale.most)
  }
}

/// Lists as they stand on the command line.
enum WordList {
  /// `a,b` as its parts, without blanks around them.
  static func words(_ text: String) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false)
      .map { String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
  }
}
