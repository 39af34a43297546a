internal import CutlineCompute
public import CutlineCore
internal import Foundation

/// `sample.csv`, one row per application, `sample.json` with everything that is said once, and perhaps `origin.csv`.
extension Sample: ExchangedArtifact {
  /// What stands in `sample.json`.
  private struct Head: Codable {
    let grid: CellGrid
    let measure: RiskMeasure
    let outside: [OutsideCell]
    let amounts: [Amount]
    let summary: SampleSummary
  }

  /// `cell`, per axis its bin (from 1) and raw score, month and period, status and outcome, the amounts in units,
  /// `is_eligible`, `key`. Bins are empty outside the grid.
  private static func columns(_ grid: CellGrid, _ amounts: [Amount]) throws -> [String] {
    let columns =
      ["cell"] + grid.axes.flatMap { [$0.name, "\($0.name)_raw"] } + ["month", "period", "status", "outcome"]
      + amounts.map(\.name) + ["is_eligible", "key"]
    if let twice = columns.indices.first(where: { columns[..<$0].contains(columns[$0]) }) {
      throw Faults.data(
        "sample", "the name \(columns[twice]) of a variable is that of another column",
        "Give the variable another name.")
    }
    return columns
  }

  public func write(to folder: String) throws {
    let head = Head(grid: grid, measure: measure, outside: outside, amounts: amounts, summary: summary)
    try CanonicalJSON.encode(head, pretty: true).withUnsafeBytes {
      try ExchangeFolder.write($0, to: folder + "/sample.json")
    }
    try origin?.write(to: folder)
    let writer = try ExchangeWriter(folder + "/sample.csv")
    try writer.append(try Self.columns(grid, amounts).map(CsvText.field).joined(separator: ",") + "\n")
    let values = try amounts.map { ($0.scale, try self.values(of: $0)) }
    for row in cell.indices {
      let bins = Int(cell[row]) < grid.cellCount ? grid.bins(Int(cell[row])) : nil
      var line = "\(cell[row])"
      for axis in grid.axes.indices {
        line += ",\(bins.map { String($0[axis] + 1) } ?? ""),\(NumberText.shortest(scores[axis][row]))"
      }
      line += ",\(month[row]),\(period[row].name),\(status[row].name),\(outcome[row].name)"
      for (scale, amount) in values { line += "," + FixedPoint.text(amount[row], scale: scale) }
      line += eligible.contains(row) ? ",1," : ",0,"
      try writer.append(line + "\(key[row])\n")
    }
    try writer.finish()
  }

  public init(readingFrom folder: ExchangeFolder) throws {
    let head = try folder.json(Head.self, from: "sample.json")
    try head.grid.checkShape("sample.json")
    try head.measure.check("sample.json")
    guard Set(head.amounts).count == head.amounts.count, head.amounts.allSatisfy({ (0...9).contains($0.scale) }),
      head.outside.count <= 1000
    else {
      throw Faults.data("sample.json", "amounts or outside cannot be", "Name each amount once, with 0 to 9 decimals.")
    }
    var rows = try folder.csv("sample.csv", columns: Self.columns(head.grid, head.amounts))
    var reader = SampleRows(head.grid, outside: head.outside.count, amounts: head.amounts)
    while let row = try rows.next() { try reader.add(row) }
    self.init(
      grid: head.grid, measure: head.measure, outside: head.outside, cell: reader.cell, month: reader.month,
      period: reader.period, status: reader.status, outcome: reader.outcome, scores: reader.scores,
      amounts: Dictionary(zip(head.amounts, reader.amounts), uniquingKeysWith: { a, _ in a }),
      eligible: RowSet(reader.isEligible), key: reader.key, summary: head.summary,
      origin: folder.has(SampleOrigin.file) ? try SampleOrigin(readingFrom: folder) : nil)
    try check()
  }

  /// What every reader of a sample takes for granted about its rows.
  func check() throws {
    let columns = try amounts.map { ($0, try values(of: $0)) }
    let lengths =
      [month.count, period.count, status.count, outcome.count, eligible.rowCount, key.count] + columns.map(\.1.count)
      + scores.map(\.count)
    guard lengths.allSatisfy({ $0 == rowCount }) else {
      throw Faults.data("sample", "its columns have different lengths", "Give every column one value a row.")
    }
    if let origin, !origin.fits(sourceRows: origin.rows.rowCount, sampleRows: rowCount) {
      throw Faults.data(
        SampleOrigin.file, "names \(origin.rows.count) rows as those of the sample, which has \(rowCount)",
        "Give one row per row of the source, in_sample = 1 where the sample holds it.")
    }
    guard Amount.standard.allSatisfy(amounts.contains), scores.count == grid.axes.count else {
      throw Faults.data(
        "sample", "has \(amounts.count) amounts and \(scores.count) scores a row",
        "Give \(CellSums.columnNames.joined(separator: ", ")), and a score for each variable.")
    }
    guard AmountScale.isOne(amounts.filter(Amount.standard.contains).map(\.scale)) else {
      throw Faults.data("sample", "its five standard amounts have different scales", AmountScale.advice)
    }
    let count = cellCount
    if let row = cell.firstIndex(where: { $0 < 0 || Int($0) >= count }) {
      throw Faults.data(
        Place(column: "cell", row: row), "is \(cell[row]) of \(count) cells",
        "Count cells from 0, the last variable fastest, then those outside the grid.")
    }
    if let large = columns.first(where: { !sumsAreExact($0.1) }) {
      throw Faults.data("sample.csv, column \(large.0)", "adds up to more than 90 000 billion", "Check the amounts.")
    }
    try checkRows()
    try summary.check("sample.json")
    let booked = cell.indices.count { isDecided($0) && status[$0] == .booked }
    let rejected = cell.indices.count { isDecided($0) && status[$0] == .scoreRejected }
    guard booked == summary.account.bookedRows, rejected == summary.account.scoreRejectedRows else {
      throw Faults.data(
        "sample.json",
        "summary.account counts \(summary.account.bookedRows) booked and \(summary.account.scoreRejectedRows) rejected "
          + "rows, sample.csv holds \(booked) and \(rejected) in the grid, of the main period", "Count again.")
    }
  }

  private func checkRows() throws {
    let (numerator, denominator) = (try values(of: .numerator), try values(of: .denominator))
    for row in cell.indices {
      func refuse(_ problem: String, _ advice: String) -> Faults {
        Faults.data("sample.csv, application \(row + 1)", problem, advice)
      }
      if (status[row] == .booked) == (outcome[row] == .none) {
        throw refuse(
          "is \(status[row].name) with the outcome \(outcome[row].name)",
          "Booked ones are mature or immature, others have none.")
      }
      if outcome[row] != .mature, numerator[row] != 0 || denominator[row] != 0 {
        throw refuse("has todu amounts but its outcome is not mature", "Write 0 where the outcome is not known.")
      }
      if Int(cell[row]) < grid.cellCount, let axis = scores.firstIndex(where: { !$0[row].isFinite }) {
        throw refuse("lies in the grid and has no \(grid.axes[axis].name)", "Give each score of the grid.")
      }
    }
  }
}

/// The rows of `sample.csv` while they are read.
private struct SampleRows {
  private let grid: CellGrid
  private let cellCount: Int
  private let amountList: [Amount]
  var cell: [Int32] = []
  var month: [Month] = []
  var period: [Period] = []
  var status: [SampleStatus] = []
  var outcome: [Outcome] = []
  var scores: [[Double]]
  var amounts: [[Int64]]
  var isEligible: [Bool] = []
  var key: [UInt64] = []

  init(_ grid: CellGrid, outside: Int, amounts: [Amount]) {
    self.grid = grid
    cellCount = grid.cellCount + outside
    amountList = amounts
    scores = grid.axes.map { _ in [] }
    self.amounts = amounts.map { _ in [] }
  }

  mutating func add(_ row: ExchangeCSV.Record) throws {
    let index = try row.whole(0, in: 0...cellCount - 1)
    let isOutside = index >= grid.cellCount
    var place = 1
    var bins: [Int] = []
    for axis in grid.axes.indices {
      if !isOutside { bins.append(try row.whole(place, in: 1...grid.axes[axis].binCount) - 1) }
      scores[axis].append(isOutside && row.fields[place + 1].isEmpty ? .nan : try row.number(place + 1))
      place += 2
    }
    guard isOutside || grid.index(bins) == index else {
      throw row.refusal(0, "is not the cell of the row's bins", "Count cells from 0, the last variable fastest.")
    }
    cell.append(Int32(index))
    guard let found = Month(iso: row.fields[place]) else {
      throw row.refusal(place, "is no month", "Write it like 2022-03.")
    }
    month.append(found)
    period.append(try Self.name(row, place + 1, Period.init(name:), "main, recent or other"))
    status.append(
      try Self.name(row, place + 2, SampleStatus.init(name:), SampleStatus.allCases.map(\.name).joined(separator: ", "))
    )
    outcome.append(try Self.name(row, place + 3, Outcome.init(name:), "mature, immature or none"))
    place += 4
    for (amount, column) in zip(amountList, amounts.indices) {
      amounts[column].append(try row.fixedPoint(place, scale: amount.scale))
      place += 1
    }
    isEligible.append(try row.whole(place, in: 0...1) == 1)
    guard let number = UInt64(row.fields[place + 1]) else {
      throw row.refusal(place + 1, "is no whole number of at most 64 bits", "Hand the key of the application on.")
    }
    key.append(number)
  }

  private static func name<Value>(
    _ row: ExchangeCSV.Record, _ column: Int, _ make: (String) -> Value?, _ names: String
  ) throws -> Value {
    guard let value = make(row.fields[column]) else {
      throw row.refusal(column, "is none of \(names)", "Write one of them.")
    }
    return value
  }
}

extension RiskMeasure {
  func check(_ file: String) throws {
    guard multiplier.isFinite, multiplier > 0 else {
      throw Faults.data(file, "measure.multiplier is not positive", "Give the snapshots of the denominator.")
    }
  }
}

extension CellGrid {
  /// The largest grid that is read from a program.
  static let exchangeLimit = 1 << 20

  /// At least one variable, bins with increasing edges, names that differ.
  func checkShape(_ file: String, cellLimit: Int = exchangeLimit) throws {
    guard !axes.isEmpty else { throw Faults.data(file, "grid has no variable", "Give at least one.") }
    var cells = 1
    for axis in axes {
      guard axis.edges.count >= 2, axis.edges.count <= 65_537 else {
        throw Faults.data(file, "\(axis.name) has \(axis.edges.count) edges", "Give 2 to 65537.")
      }
      if let index = axis.edges.indices.dropFirst().first(where: { !(axis.edges[$0] > axis.edges[$0 - 1]) }) {
        throw Faults.data(
          file,
          "the edges of \(axis.name) do not increase: \(axis.edges[index - 1]) is followed by \(axis.edges[index])",
          "List each edge once, in ascending order.")
      }
      cells *= axis.binCount
      guard cells <= cellLimit else {
        throw Faults.data(file, "the grid has more than \(cellLimit) cells", "Use fewer bins.")
      }
    }
    guard Set(axes.map(\.name)).count == axes.count, !axes.contains(where: { $0.name.isEmpty }) else {
      throw Faults.data(file, "two variables share a name, or one has none", "Give each a name.")
    }
  }
}
