internal import CutlineCompute
public import CutlineCore
public import CutlineCredit

/// Reads a table from a file; the program that embeds this module has the readers.
public typealias ReadsTable = (_ path: String) throws -> Table

/// A table with one row a cell, from any file that Cutline reads: bins by number, and amounts.
public struct CellCsv {
  public let grid: CellGrid
  /// Per axis, the numbers of its bins as the file has them, ascending.
  public let labels: [[Int]]
  private let table: Table
  private let path: String
  /// Per row: its cell.
  private let cells: [Int]
  private let say: (String) -> Void

  /// The largest number of cells that is read.
  static let cellLimit = 1 << 24

  /// - Parameters:
  ///   - names: columns that hold the bins, whole numbers; absent cells are zero.
  ///   - directions: per column, for the bin numbers.
  ///   - read: reads a table from a file.
  ///   - say: takes what is to be said about how amounts were read.
  public init(
    _ path: String, names: [String], directions: [String], read: ReadsTable, say: @escaping (String) -> Void
  ) throws {
    guard !names.isEmpty, names.count == directions.count else {
      throw Faults.usage(
        "--grid", "\(path) needs its bins and a direction for each: \(names.count) and \(directions.count) are given",
        "Give for instance --grid i,j --directions higher-is-safer,higher-is-safer.")
    }
    let table = try read(path)
    guard table.rowCount > 0 else { throw Faults.data(path, "holds no cell", "Write one row a cell.") }
    let bins = try names.map { try Self.bins(table, $0, path) }
    let labels = bins.map { Array(Set($0)).sorted() }
    if let score = labels.firstIndex(where: { $0.count > Int(UInt16.max) }) {
      throw Faults.data(path, "has more than \(UInt16.max) bins of \(names[score])", "Use fewer bins there.")
    }
    if let twice = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
      throw Faults.usage("--grid", "names \(names[twice]) twice", "Name a column for each score.")
    }
    guard labels.reduce(1.0, { $0 * Double($1.count) }) <= Double(Self.cellLimit) else {
      throw Faults.data(path, "spans more than \(Self.cellLimit) cells", "Use fewer bins.")
    }
    let axes = try zip(names, zip(directions, labels)).map { name, rest in
      guard let direction = Direction(rawValue: rest.0) else {
        let known = Direction.allCases.map(\.rawValue)
        throw Faults.usage(
          "--directions", "\"\(rest.0)\" is not a direction\(DidYouMean.phrase(for: rest.0, among: known))",
          "It may be \(known.joined(separator: " or ")).")
      }
      let edges = [Double(rest.1[0]) - 0.5] + rest.1.map { Double($0) + 0.5 }
      return GridAxis(name: name, source: name, direction: direction, edges: edges)
    }
    let grid = CellGrid(axes: axes)
    var seen: Set<Int> = []
    let cells = try (0..<table.rowCount).map { row in
      let places = zip(axes, bins).compactMap { axis, column in axis.bin(of: Double(column[row])) }
      let cell = grid.index(places)
      guard seen.insert(cell).inserted else {
        throw Faults.data("\(path), row \(row + 1)", "its cell stands in an earlier row", "Keep one row a cell.")
      }
      return cell
    }
    self.grid = grid
    self.labels = labels
    self.table = table
    self.path = path
    self.cells = cells
    self.say = say
  }

  /// The scale of some columns together, which is then that of a cell table.
  /// - Parameter stated: its decimals; nil = those of the values.
  /// - Throws: `Faults` (data) for a column that is not there, or no number.
  public func scale(of names: [String], stated: Int?) throws -> AmountScale {
    if let stated { return AmountScale(stated) }
    return AmountScale(of: try names.map { try Self.numbers(table, $0, "numbers", path) })
  }

  /// A column of amounts as whole numbers of a scale, per cell of the grid; 0 where the file has no row.
  /// - Parameters:
  ///   - others: columns in the same scale, and what states another one, for errors.
  /// - Throws: `Faults` (data) for a column that is not there, no number, empty in a row, too large, or moved by rounding.
  public func amounts(
    _ name: String, in scale: AmountScale, beside others: [String], setting: String = "--amount-scale "
  ) throws -> [Int64] {
    let numbers = try Self.numbers(table, name, "numbers", path)
    if let row = numbers.firstIndex(where: \.isNaN) {
      throw Faults.data("\(path), row \(row + 1)", "\(name) is empty", "Write 0, or leave the row out.")
    }
    let (values, rounded) = try scale.round(
      numbers, beside: try others.map { try Self.numbers(table, $0, "numbers", path) },
      place: { row in (row.map { "\(path), column \(name), row \($0 + 1)" } ?? "\(path), column \(name)").place },
      setting: setting)
    var amounts = [Int64](repeating: 0, count: grid.cellCount)
    for (cell, value) in zip(cells, values) { amounts[cell] = value }
    // Above that, sums of cells are not exact in a double, and somebody downstream would have to refuse them namelessly.
    guard sumsAreExact(amounts) else {
      throw Faults.data(
        "\(path), column \(name)", "the amounts of all cells add up to 2^53 \(scale.name) or more",
        "Use larger units, or state fewer decimals with --amount-scale.")
    }
    if rounded > 0 {
      let decimals = scale == .hundredths ? "two" : "\(scale.decimals)"
      say("\(path): \(rounded) values of \(name) have more than \(decimals) decimals and are rounded to \(scale.name)")
    }
    return amounts
  }

  /// A cell table of three columns, for a certificate.
  /// - Parameter scale: of all three, as the search had it.
  public func cellTable(
    production: String, numerator: String, denominator: String, multiplier: Double, scale: AmountScale
  ) throws -> CellTable {
    let names = [production, numerator, denominator]
    let columns = try names.map {
      try amounts($0, in: scale, beside: names, setting: "cutline frontier --amount-scale ")
    }
    let sums = columns[0].indices.map {
      CellSums(numerator: columns[1][$0], denominator: columns[2][$0], production: columns[0][$0])
    }
    return cellTable(booked: sums, swapIn: sums.map { _ in .zero }, multiplier: multiplier, scale: scale)
  }

  /// A cell table with these sums, nothing predicted.
  public func cellTable(
    booked: [CellSums], swapIn: [CellSums], multiplier: Double, scale: AmountScale
  ) -> CellTable {
    let zeros = [Double](repeating: 0, count: grid.cellCount)
    return CellTable(
      grid: grid, measure: RiskMeasure(multiplier: multiplier), booked: booked,
      rejected: booked.map { _ in .zero }, rejectedRows: booked.map { _ in 0 }, swapIn: swapIn, predictedRisk: zeros,
      rejectMultiplier: zeros, exposureRatio: 0, basis: nil, scale: scale)
  }

  private static func bins(_ table: Table, _ name: String, _ path: String) throws -> [Int] {
    let values = try numbers(table, name, "bin numbers", path)
    return try values.enumerated().map { row, value in
      guard value == value.rounded(), abs(value) <= 1e6 else {
        throw Faults.data(
          "\(path), row \(row + 1)", "the bin \(name) is \(value.isNaN ? "empty" : "no whole number up to 10^6")",
          found: value.isNaN ? nil : .personal(NumberText.shortest(value)), "Bins are whole numbers.")
      }
      return Int(value)
    }
  }

  /// The numbers of a column.
  /// - Throws: `Faults` (data) that show the first value that is none, and which options could read it.
  private static func numbers(_ table: Table, _ name: String, _ what: String, _ path: String) throws -> [Double] {
    switch try table.column(name).values {
    case .number(let values): return values
    case .moment:
      throw Faults.data("\(path), column \(name)", "holds dates where numbers are needed", "Name another column.")
    case .text(let text):
      guard let row = text.codes.indices.first(where: { row in text[row].map { Double($0) == nil } ?? false }) else {
        throw Faults.data("\(path), column \(name)", "does not hold numbers", "Name another column.")
      }
      throw Faults.data(
        "\(path), column \(name), row \(row + 1)", "does not hold \(what)",
        found: .personal(text[row] ?? ""),
        "State how numbers are written, such as --decimal-mark , or --type \(name)=number:1.234,5, or correct the file."
      )
    }
  }
}
