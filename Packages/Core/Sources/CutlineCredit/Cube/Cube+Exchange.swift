public import CutlineCore
internal import Foundation

/// `cube.json` with everything that is said once; `cube.csv` with the main period, one row a cell; `months.csv` and
/// `folds.csv` with the two slices, one row for each combination that holds anything.
extension Cube {
  public func write(to folder: String) throws {
    try CanonicalJSON.encode(head, pretty: true).withUnsafeBytes {
      try ExchangeFolder.write($0, to: folder + "/cube.json")
    }
    let cells = try ExchangeWriter(folder + "/cube.csv")
    try cells.append(try cellsText())
    try cells.finish()
    try writeSlice(monthSlice, to: folder + "/months.csv", columns: Self.monthColumns) { codes in
      ["\(codes[0])", months[codes[1]].iso] + Self.state(codes[2])
    }
    try writeSlice(foldSlice, to: folder + "/folds.csv", columns: Self.foldColumns) { codes in
      ["\(codes[0])", periods[codes[1]].name] + Self.state(codes[2]) + ["\(codes[3])"]
    }
  }

  private static let monthColumns = ["cell", "month", "status", "outcome"]
  private static let foldColumns = ["cell", "period", "status", "outcome", "bucket"]

  private static func state(_ index: Int) -> [String] {
    let state = ApplicationState.all[index]
    return [state.status.name, state.outcome.name]
  }

  /// `cell` (from 0), a bin for each variable (from 1, empty outside the grid), `outside` (the reason there), and for every
  /// state its measures in units: `oa_amt_booked_mature`.
  private func cellsText() throws -> String {
    let names = ApplicationState.all.flatMap { state in measures.map { "\($0.name)_\(state.name)" } }
    var text = (["cell"] + grid.axes.map(\.name) + ["outside"] + names).map(CsvText.field).joined(separator: ",") + "\n"
    let sums = try ApplicationState.all.flatMap { state in
      try measures.map { (scale: $0.scale, sums: try self.sums(of: $0, [state])) }
    }
    for cell in 0..<cellCount {
      let isOutside = cell >= grid.cellCount
      let bins = isOutside ? grid.axes.map { _ in "" } : grid.bins(cell).map { String($0 + 1) }
      let reason = isOutside ? outside[cell - grid.cellCount].reason : ""
      let fields =
        ["\(cell)"] + bins + [CsvText.field(reason)] + sums.map { FixedPoint.text($0.sums[cell], scale: $0.scale) }
      text += fields.joined(separator: ",") + "\n"
    }
    return text
  }

  private func writeSlice(
    _ slice: CubeSlice, to path: String, columns: [String], _ fields: ([Int]) -> [String]
  ) throws {
    let writer = try ExchangeWriter(path)
    try writer.append((columns + measures.map(\.name)).map(CsvText.field).joined(separator: ",") + "\n")
    for place in 0..<slice.count where slice.values.contains(where: { $0[place] != 0 }) {
      let sums = zip(measures, slice.values).map { FixedPoint.text($1[place], scale: $0.scale) }
      try writer.append((fields(slice.codes(at: place)) + sums).joined(separator: ",") + "\n")
    }
    try writer.finish()
  }

  /// Reads `cube.json`, `months.csv` and `folds.csv`; where `cube.csv` is there, too, it must be what they add up to.
  public init(readingFrom folder: ExchangeFolder) throws {
    let head = try folder.json(Head.self, from: "cube.json")
    try head.check("cube.json")
    guard head.grid.cellCount <= CellGrid.exchangeLimit else {
      throw Faults.data("cube.json", "the grid has more than \(CellGrid.exchangeLimit) cells", "Use fewer bins.")
    }
    let cells = head.grid.cellCount + head.outside.count
    let months = try Self.slice(
      head, sizes: head.monthSizes, folder.csv("months.csv", columns: Self.monthColumns + head.measures.map(\.name)), 4
    ) { row in
      guard let month = Month(iso: row.fields[1]), let place = head.months.firstIndex(of: month) else {
        throw row.refusal(1, "is no month of cube.json", "List every month there.")
      }
      return [try row.whole(0, in: 0...cells - 1), place, try row.state(2).index]
    }
    let folds = try Self.slice(
      head, sizes: head.foldSizes, folder.csv("folds.csv", columns: Self.foldColumns + head.measures.map(\.name)), 5
    ) { row in
      guard let period = Period(name: row.fields[1]), let place = head.periods.firstIndex(of: period) else {
        throw row.refusal(1, "is no period of cube.json", "List every period there.")
      }
      let bucket = try row.whole(4, in: 0...(head.buckets ?? 1) - 1)
      return [try row.whole(0, in: 0...cells - 1), place, try row.state(2).index, bucket]
    }
    self.init(head, months: months, folds: folds)
    guard folder.has("cube.csv") else { return }
    guard try folder.data("cube.csv") == Data(cellsText().utf8) else {
      throw Faults.data("cube.csv", "is not what folds.csv adds up to", "Hand it on unchanged, or leave it out.")
    }
  }

  private static func slice(
    _ head: Head, sizes: [Int], _ csv: ExchangeCSV, _ first: Int, _ codes: (ExchangeCSV.Record) throws -> [Int]
  ) throws -> CubeSlice {
    guard CubeSlice.keyCount(sizes) != nil else {
      throw Faults.data("cube.json", "cells, months and states combine to more than 2^32", "Use fewer bins or months.")
    }
    var csv = csv
    var rows = SliceRows(measures: head.measures.count)
    while let row = try csv.next() {
      let values = try head.measures.enumerated().map { try row.fixedPoint(first + $0, scale: $1.scale) }
      guard rows.add(try codes(row), of: sizes, values) else {
        throw row.refusal(0, "stands with these codes a second time", "Write each combination once.")
      }
    }
    return rows.slice(sizes)
  }

  /// What every reader of a cube takes for granted: no sum of a measure over all cells leaves Int64, the two slices hold the
  /// same applications, and nothing that only mature ones have stands elsewhere.
  /// - Throws: `Faults` (data).
  func check() throws {
    for (index, measure) in measures.enumerated() {
      func totals(_ slice: CubeSlice) throws -> [Int64] {
        // The third dimension of both slices is the state.
        try slice.sums(
          of: (index, measure), count: ApplicationState.all.count,
          by: slice.sizes.enumerated().map { $0 == 2 ? Array(0..<$1) : [Int](repeating: 0, count: $1) })
      }
      let (byMonth, byFold) = (try totals(monthSlice), try totals(foldSlice))
      guard byMonth == byFold else {
        throw Faults.data(
          "cube", "\(measure) adds up to other sums by month than by fold", "Add up the same applications for both.")
      }
      let isOfMature = [Measure.badRows, Measure(.numerator), Measure(.denominator)].contains(measure)
      if isOfMature, byFold.dropFirst().contains(where: { $0 != 0 }) {
        throw Faults.data("cube", "\(measure) stands where no outcome is known", "Write 0 there.")
      }
    }
    let account = summary.account
    let booked = try sums(of: .rows, ApplicationState.booked).prefix(grid.cellCount).reduce(Int128(0)) {
      $0 + Int128($1)
    }
    let rejected = try sums(of: .rows, [.scoreRejected]).prefix(grid.cellCount).reduce(Int128(0)) { $0 + Int128($1) }
    guard booked == Int128(account.bookedRows), rejected == Int128(account.scoreRejectedRows) else {
      throw Faults.data(
        "cube",
        "holds \(booked) booked and \(rejected) rejected applications of the main period in the grid, its account "
          + "\(account.bookedRows) and \(account.scoreRejectedRows)", "Count again.")
    }
  }
}
