internal import CutlineCore
internal import CutlineCredit
internal import CutlineWorkspace

/// The cell table of `cutline frontier`, and which columns it is made of.
struct FrontierInput {
  let csv: CellCsv
  /// How its file was read.
  let reader: TableInput
  let production, numerator, denominator: String
  let multiplier: Double
  /// Production, numerator and denominator of what comes from rejected applications; nil where nothing is said.
  private let swapIn: [String]?

  init(_ arguments: Arguments) throws {
    func required(_ name: String) throws -> String {
      guard let value = arguments[name] else {
        throw Faults.usage("--\(name)", "is missing", "See cutline frontier --help.")
      }
      return value
    }
    reader = try TableInput(arguments)
    csv = try CellCsv(
      required("cells"), names: WordList.words(required("grid")), directions: WordList.words(required("directions")),
      read: reader.read, say: TableInput.say)
    production = arguments["production"] ?? "amount"
    numerator = arguments["numerator"] ?? "todu30"
    denominator = arguments["denominator"] ?? "pile"
    multiplier = try arguments.number("multiplier", above: 0) ?? 7
    swapIn = arguments["swap-in"].map(WordList.words)
    if let swapIn, swapIn.count != 3 {
      throw Faults.usage(
        "--swap-in", "\(swapIn.count) columns are named", "Name three: production, numerator and denominator.")
    }
  }

  /// The table: all of it, split into what is booked and what comes from rejected applications.
  func cells() throws -> CellTable {
    func sums(_ columns: [String]) throws -> [CellSums] {
      let (p, n, d) = (try csv.amounts(columns[0]), try csv.amounts(columns[1]), try csv.amounts(columns[2]))
      return p.indices.map { CellSums(numerator: n[$0], denominator: d[$0], production: p[$0]) }
    }
    let all = try sums([production, numerator, denominator])
    let taken = try swapIn.map(sums) ?? all.map { _ in .zero }
    return csv.cellTable(booked: zip(all, taken).map { $0 - $1 }, swapIn: taken, multiplier: multiplier)
  }

  var hasSwapIn: Bool { swapIn != nil }
}

/// Lists as they stand on the command line.
enum WordList {
  /// `a,b` as its parts, without blanks around them.
  static func words(_ text: String) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false)
      .map { String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
  }
}
