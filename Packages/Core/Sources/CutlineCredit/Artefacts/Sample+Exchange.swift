public import CutlineCore
internal import Foundation

/// `sample.csv`, one row per application, and `sample.json` with everything that is said once.
extension Sample: ExchangedArtifact {
  /// What stands in `sample.json`.
  private struct Head: Codable {
    let grid: CellGrid
    let measure: RiskMeasure
    let summary: SampleSummary
  }

  private static let statusNames: [SampleStatus: String] = [.booked: "booked", .scoreRejected: "score-rejected"]

  /// `cell`, per axis its bin (from 1) and raw score, `status`, the five amounts in units, `is_mature`, `key`.
  private static func columns(_ grid: CellGrid) throws -> [String] {
    let columns =
      ["cell"] + grid.axes.flatMap { [$0.name, "\($0.name)_raw"] } + ["status"] + CellSums.columnNames
      + ["is_mature", "key"]
    if let twice = columns.indices.first(where: { columns[..<$0].contains(columns[$0]) }) {
      throw Faults.data(
        "sample", "the name \(columns[twice]) of a variable is that of another column",
        "Give the variable another name.")
    }
    return columns
  }

  public func write(to folder: String) throws {
    let head = try CanonicalJSON.encode(Head(grid: grid, measure: measure, summary: summary), pretty: true)
    try head.withUnsafeBytes { try ExchangeFolder.write($0, to: folder + "/sample.json") }
    let writer = try ExchangeWriter(folder + "/sample.csv")
    try writer.append(try Self.columns(grid).map(CsvText.field).joined(separator: ",") + "\n")
    for row in cell.indices {
      let bins = grid.bins(Int(cell[row]))
      var line = "\(cell[row])"
      for axis in grid.axes.indices { line += ",\(bins[axis] + 1),\(NumberText.shortest(scores[axis][row]))" }
      line += "," + (Self.statusNames[status[row]] ?? "")
      for amount in amounts { line += "," + NumberText.cents(amount[row]) }
      line += isMature[row] ? ",1," : ",0,"
      try writer.append(line + "\(key[row])\n")
    }
    try writer.finish()
  }

  public init(readingFrom folder: ExchangeFolder) throws {
    let head = try folder.json(Head.self, from: "sample.json")
    try head.grid.checkShape("sample.json")
    guard head.measure.multiplier.isFinite, head.measure.multiplier > 0 else {
      throw Faults.data("sample.json", "measure.multiplier is not positive", "Give the snapshots of the denominator.")
    }
    let axes = head.grid.axes
    var rows = try folder.csv("sample.csv", columns: Self.columns(head.grid))
    var cell: [Int32] = []
    var status: [SampleStatus] = []
    var scores = [[Double]](repeating: [], count: axes.count)
    var amounts = [[Int64]](repeating: [], count: CellSums.columnNames.count)
    var isMature: [Bool] = []
    var key: [UInt64] = []
    while let row = try rows.next() {
      let index = try row.whole(0, in: 0...head.grid.cellCount - 1)
      var place = 1
      var bins: [Int] = []
      for axis in axes.indices {
        bins.append(try row.whole(place, in: 1...axes[axis].binCount) - 1)
        scores[axis].append(try row.number(place + 1))
        place += 2
      }
      guard head.grid.index(bins) == index else {
        throw row.refusal(0, "is not the cell of the row's bins", "Count cells from 0, the last variable fastest.")
      }
      cell.append(Int32(index))
      guard let named = Self.statusNames.first(where: { $0.value == row.fields[place] }) else {
        throw row.refusal(place, "is neither booked nor score-rejected", "Write one of the two.")
      }
      status.append(named.key)
      for amount in amounts.indices { amounts[amount].append(try row.hundredths(place + 1 + amount)) }
      place += 1 + amounts.count
      isMature.append(try row.whole(place, in: 0...1) == 1)
      guard let number = UInt64(row.fields[place + 1]) else {
        throw row.refusal(place + 1, "is no whole number of at most 64 bits", "Hand the key of the application on.")
      }
      key.append(number)
    }
    self.init(
      grid: head.grid, measure: head.measure, cell: cell, status: status, scores: scores, amounts: amounts,
      isMature: isMature, key: key, summary: head.summary)
    try check()
  }

  /// What every reader of a sample takes for granted about its rows.
  func check() throws {
    let lengths = [status.count, isMature.count, key.count] + amounts.map(\.count) + scores.map(\.count)
    guard lengths.allSatisfy({ $0 == rowCount }) else {
      throw Faults.data("sample", "its columns have different lengths", "Give every column one value a row.")
    }
    guard amounts.count == CellSums.columnNames.count, scores.count == grid.axes.count else {
      throw Faults.data(
        "sample", "has \(amounts.count) amounts and \(scores.count) scores a row",
        "Give \(CellSums.columnNames.joined(separator: ", ")), and a score for each variable.")
    }
    let count = grid.cellCount
    if let row = cell.firstIndex(where: { $0 < 0 || Int($0) >= count }) {
      throw Faults.data(
        Place(column: "cell", row: row), "is \(cell[row]) of \(count) cells",
        "Count cells from 0, the last variable fastest.")
    }
    if let large = amounts.indices.first(where: { !ArtifactCheck.addsUp(amounts[$0]) }) {
      throw Faults.data(
        "sample.csv, column \(CellSums.columnNames[large])", "adds up to more than 90 000 billion", "Check the amounts."
      )
    }
    for row in cell.indices {
      func refuse(_ problem: String, _ advice: String) -> Faults {
        Faults.data("sample.csv, application \(row + 1)", problem, advice)
      }
      if isMature[row], status[row] != .booked {
        throw refuse("is_mature is 1 for a rejected one", "Only booked ones have an outcome.")
      }
      if status[row] == .booked, !isMature[row], amounts[2][row] != 0 || amounts[3][row] != 0 {
        throw refuse("has todu amounts but is_mature is 0", "Write 0 where the outcome is not known.")
      }
    }
    let booked = status.count { $0 == .booked }
    guard booked == summary.bookedRows, status.count - booked == summary.scoreRejectedRows else {
      throw Faults.data(
        "sample.json",
        "summary counts \(summary.bookedRows) booked and \(summary.scoreRejectedRows) rejected rows, sample.csv holds "
          + "\(booked) and \(status.count - booked)", "Count again.")
    }
    let waterfall = Dictionary(grouping: summary.waterfall, by: \.role).mapValues { rows in
      rows.reduce(0.0) { $0 + Double($1.rows) }
    }
    let input = waterfall[.input, default: 0]
    let others = [SampleSummary.WaterfallRow.Role.dropped, .outside, .used].map { waterfall[$0, default: 0] }
    guard input == others.reduce(0, +), others[2] == Double(status.count) else {
      throw Faults.data(
        "sample.json", "summary.waterfall does not add up to the \(status.count) rows of sample.csv",
        "Count every row of the input once: used, dropped or outside.")
    }
    guard summary.months >= 1, summary.annualCoefficient == 12 / Double(summary.months) else {
      throw Faults.data(
        "sample.json", "summary.annualCoefficient is not 12 / months", "Give at least one month, and 12 / months.")
    }
    let factors = [summary.stress.factor, summary.transformation.rate]
    guard factors.allSatisfy({ $0.isFinite && $0 >= 0 && $0 <= 1000 }) else {
      throw Faults.data(
        "sample.json", "the stress factor or the transformation rate is not in 0...1000", "1 stands for none.")
    }
  }
}

extension CellGrid {
  /// The largest grid that is read from a program.
  static let exchangeLimit = 1 << 20

  /// At least one variable, bins with increasing edges, names that differ.
  func checkShape(_ file: String) throws {
    guard !axes.isEmpty else { throw Faults.data(file, "grid has no variable", "Give at least one.") }
    var cells = 1
    for axis in axes {
      guard axis.edges.count >= 2, axis.edges.count <= 1001 else {
        throw Faults.data(file, "\(axis.name) has \(axis.edges.count) edges", "Give 2 to 1001.")
      }
      if let index = axis.edges.indices.dropFirst().first(where: { !(axis.edges[$0] > axis.edges[$0 - 1]) }) {
        throw Faults.data(
          file,
          "the edges of \(axis.name) do not increase: \(axis.edges[index - 1]) is followed by \(axis.edges[index])",
          "List each edge once, in ascending order.")
      }
      cells *= axis.binCount
      guard cells <= Self.exchangeLimit else {
        throw Faults.data(file, "the grid has more than \(Self.exchangeLimit) cells", "Use fewer bins.")
      }
    }
    guard Set(axes.map(\.name)).count == axes.count, !axes.contains(where: { $0.name.isEmpty }) else {
      throw Faults.data(file, "two variables share a name, or one has none", "Give each a name.")
    }
  }
}
