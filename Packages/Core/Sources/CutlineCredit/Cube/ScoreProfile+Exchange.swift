public import CutlineCore
internal import Foundation

/// `score-profile.json` with everything that is said once, and `score-profile.csv` with one row for each combination of
/// variable, value, month and state that holds anything; `value` is empty for applications without the score.
extension ScoreProfile {
  private static let columns = ["variable", "value", "month", "status", "outcome"]

  public func write(to folder: String) throws {
    try CanonicalJSON.encode(head, pretty: true).withUnsafeBytes {
      try ExchangeFolder.write($0, to: folder + "/score-profile.json")
    }
    let writer = try ExchangeWriter(folder + "/score-profile.csv")
    try writer.append((Self.columns + measures.map(\.name)).map(CsvText.field).joined(separator: ",") + "\n")
    for (variable, slice) in zip(variables, slices) {
      for place in 0..<slice.count where slice.values.contains(where: { $0[place] != 0 }) {
        let codes = slice.codes(at: place)
        let value = codes[0] < variable.values.count ? NumberText.shortest(variable.values[codes[0]]) : ""
        let state = ApplicationState.all[codes[2]]
        let fields = [CsvText.field(variable.name), value, months[codes[1]].iso, state.status.name, state.outcome.name]
        let sums = zip(measures, slice.values).map { FixedPoint.text($1[place], scale: $0.scale) }
        try writer.append((fields + sums).joined(separator: ",") + "\n")
      }
    }
    try writer.finish()
  }

  public init(readingFrom folder: ExchangeFolder) throws {
    let head = try folder.json(Head.self, from: "score-profile.json")
    try head.check("score-profile.json")
    var rows = try folder.csv("score-profile.csv", columns: Self.columns + head.measures.map(\.name))
    var read = head.variables.map { _ in SliceRows(measures: head.measures.count) }
    while let row = try rows.next() {
      guard let index = head.variables.firstIndex(where: { $0.name == row.fields[0] }) else {
        throw row.refusal(0, "is no variable of score-profile.json", "List every variable there.")
      }
      let variable = head.variables[index]
      let score = row.fields[1].isEmpty ? Double.nan : try row.number(1)
      let value = variable.index(of: score)
      guard score.isNaN || (variable.values.indices.contains(value) && variable.values[value] == score) else {
        throw row.refusal(1, "is no value of the variable in score-profile.json", "List every value there.")
      }
      guard let month = Month(iso: row.fields[2]), let place = head.months.firstIndex(of: month) else {
        throw row.refusal(2, "is no month of score-profile.json", "List every month there.")
      }
      let codes = [value, place, try row.state(3).index]
      let sums = try head.measures.enumerated().map { try row.fixedPoint(5 + $0, scale: $1.scale) }
      guard read[index].add(codes, of: head.sizes(index), sums) else {
        throw row.refusal(0, "stands with these codes a second time", "Write each combination once.")
      }
    }
    self.init(head, slices: head.variables.indices.map { read[$0].slice(head.sizes($0)) })
  }
}

/// The combinations of a slice while they are read.
struct SliceRows {
  private let measures: Int
  private var rows: [UInt32: [Int64]] = [:]

  init(measures: Int) { self.measures = measures }

  /// - Returns: false where the combination was there before.
  mutating func add(_ codes: [Int], of sizes: [Int], _ values: [Int64]) -> Bool {
    let key = zip(sizes, codes).reduce(0) { $0 * $1.0 + $1.1 }
    return rows.updateValue(values, forKey: UInt32(truncatingIfNeeded: key)) == nil
  }

  func slice(_ sizes: [Int]) -> CubeSlice {
    let count = sizes.reduce(1, *)
    let isDense = CubeSlice.isDense(count, occupied: rows.count, measures: measures)
    let keys = isDense ? nil : rows.keys.sorted()
    let values = (0..<measures).map { measure in
      if let keys { return keys.map { rows[$0]?[measure] ?? 0 } }
      var column = [Int64](repeating: 0, count: count)
      for (key, values) in rows { column[Int(key)] = values[measure] }
      return column
    }
    return CubeSlice(sizes: sizes, keys: keys, values: values)
  }
}

extension ExchangeCSV.Record {
  /// Status and outcome from two columns.
  func state(_ column: Int) throws -> ApplicationState {
    guard let status = SampleStatus(name: fields[column]), let outcome = Outcome(name: fields[column + 1]),
      let state = ApplicationState(status, outcome)
    else {
      throw refusal(column, "is no status with this outcome", "Booked ones are mature or immature, others have none.")
    }
    return state
  }
}
