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
  /// Decimals of the amounts; nil = those of the file.
  private let amountScale: Int?

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
    amountScale = try AmountScaleOption.value(arguments)
    swapIn = arguments["swap-in"].map(WordList.words)
    if let swapIn, swapIn.count != 3 {
      throw Faults.usage(
        "--swap-in", "\(swapIn.count) columns are named", "Name three: production, numerator and denominator.")
    }
  }

  /// The table: all of it, split into what is booked and what comes from rejected applications.
  func cells() throws -> CellTable {
    let own = [production, numerator, denominator]
    let names = own + (swapIn ?? [])
    let scale = try csv.scale(of: names, stated: amountScale)
    func sums(_ columns: [String]) throws -> [CellSums] {
      let amounts = try columns.map { try csv.amounts($0, in: scale, beside: names) }
      return amounts[0].indices.map {
        CellSums(numerator: amounts[1][$0], denominator: amounts[2][$0], production: amounts[0][$0])
      }
    }
    let all = try sums(own)
    let taken = try swapIn.map(sums) ?? all.map { _ in .zero }
    return csv.cellTable(booked: zip(all, taken).map { $0 - $1 }, swapIn: taken, multiplier: multiplier, scale: scale)
  }

  var hasSwapIn: Bool { swapIn != nil }
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
