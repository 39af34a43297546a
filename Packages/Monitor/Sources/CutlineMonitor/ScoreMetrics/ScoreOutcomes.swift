internal import CutlineCore
internal import CutlineCredit

/// Which applications count, and which of them are bad.
struct ScoreOutcomes {
  struct Row {
    let row: Int
    let isBad: Bool
  }

  /// Where the outcome of booked ones comes from, as files say it.
  let name: String
  private let sample: Sample
  /// Per row of the sample, of booked ones; nil where it is not known.
  private let isBad: [Bool?]
  /// Per row: what it counts; nil = 1.
  let weights: [Int64]?
  let weighting: String
  /// Per row the number of its cluster, where some keys occur more than once.
  let clusters: [Int]?

  /// The column that the requirement names.
  static let usual = "early_bad"

  /// - Throws: `Faults` (usage) for a column that is not there; (data) for an outcome other than 0 and 1, and for weights that are
  ///   negative, missing or too many.
  init(_ input: ScoreMetrics.Input, _ config: ScoreMetricsConfig) throws {
    let sample = input.sample
    self.sample = sample
    let rows = sample.origin.map { Array($0.rows) } ?? []
    let given = config.outcome ?? (input.source?.table[Self.usual] != nil && !rows.isEmpty ? Self.usual : nil)
    let booked = sample.status.indices.map { sample.status[$0] == .booked }
    if let given {
      let values = try Self.numbers(given, input, key: "outcome")
      isBad = try zip(rows.indices, rows).map { place, row in
        guard booked[place], !values[row].isNaN else { return nil }
        guard values[row] == 0 || values[row] == 1 else {
          throw Faults.data(
            Place(column: given, row: row), "is neither 0 nor 1", found: .personal(NumberText.shortest(values[row])),
            "Give 1 for bad, 0 for good, and nothing where it is not known.")
        }
        return values[row] == 1
      }
      name = given
    } else {
      let numerator = try sample.values(of: .numerator)
      isBad = sample.outcome.indices.map { sample.outcome[$0] == .mature ? numerator[$0] > 0 : nil }
      name = "\(Amount.numerator.name) > 0, mature"
    }
    weighting = config.weight ?? "applications"
    weights = try config.weight.map { column in
      let values = try Self.numbers(column, input, key: "weight")
      let own = rows.map { values[$0] }
      if let place = own.firstIndex(where: { !($0 >= 0) }) {
        throw Faults.data(
          Place(column: column, row: rows[place]), "is no weight", found: .personal(NumberText.shortest(own[place])),
          "Give every application a number that is not negative.")
      }
      return try AmountScale(of: [own]).round(
        own, place: { row in row.map { Place(column: column, row: rows[$0]) } ?? "column \(column)".place },
        setting: "amount_scale = "
      ).values
    }
    var numbers: [UInt64: Int] = [:]
    let clusters = sample.key.map { key in
      let next = numbers.count
      numbers[key] = numbers[key] ?? next
      return numbers[key] ?? next
    }
    self.clusters = numbers.count < clusters.count ? clusters : nil
  }

  private static func numbers(_ name: String, _ input: ScoreMetrics.Input, key: String) throws -> [Double] {
    let column = try SampleColumn.named(name, of: input.source, beside: input.sample, key: key)
    guard case .number(let values) = column.values else {
      throw Faults.data("column \(column.name)", "holds no numbers", "Name a column of numbers with \(key).")
    }
    return values
  }

  /// In the grid: those outside it keep their decision, and have no score or a code in its place.
  private func isInGrid(_ row: Int) -> Bool { Int(sample.cell[row]) < sample.grid.cellCount }

  /// Booked: with a known outcome. Through the door: decided by score, bad = rejected.
  func rows(of population: ScoreMetricsReport.Population, in period: Period) -> [Row] {
    (0..<sample.rowCount).compactMap { row in
      guard sample.period[row] == period, isInGrid(row) else { return nil }
      switch population {
      case .booked: return isBad[row].map { Row(row: row, isBad: $0) }
      case .throughTheDoor:
        return sample.status[row].isDecidedByScore ? Row(row: row, isBad: sample.status[row] == .scoreRejected) : nil
      }
    }
  }
}
