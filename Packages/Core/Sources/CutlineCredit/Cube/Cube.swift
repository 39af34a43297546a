public import CutlineCore

/// The applications of a sample added up: what everything downstream of the rows is made from.
///
/// Its cells are those of the grid and one for each reason to lie outside it. Every measure stands in two slices:
/// - *Months*: cell × month × state,
/// - *Folds*: cell × period × state × bucket,
///
/// where a state is a status with its outcome, and the bucket the hash class of the application (`Bucket`). Months and
/// periods are those that occur, ascending.
public struct Cube: BinaryArtifact {
  public static let typeName = "cube"

  public let grid: CellGrid
  public let measure: RiskMeasure
  /// The cells outside the grid: cell `grid.cellCount + k` is the k-th.
  public let outside: [OutsideCell]
  public let measures: [Measure]
  public let months: [Month]
  public let periods: [Period]
  /// Hash classes in the slice Folds; nil where the grid is too fine for them: folds are then made of rows.
  public let buckets: Int?
  public let summary: SampleSummary
  public let monthSlice, foldSlice: CubeSlice

  init(_ head: Head, months: CubeSlice, folds: CubeSlice) {
    grid = head.grid
    measure = head.measure
    outside = head.outside
    measures = head.measures
    self.months = head.months
    periods = head.periods
    buckets = head.buckets
    summary = head.summary
    monthSlice = months
    foldSlice = folds
  }

  /// The same sums with what else is known of them.
  public func with(_ summary: SampleSummary) -> Cube {
    let head = Head(
      grid: grid, measure: measure, outside: outside, measures: measures, months: months, periods: periods,
      buckets: buckets, summary: summary)
    return Cube(head, months: monthSlice, folds: foldSlice)
  }

  /// Of the five standard amounts.
  public var scale: AmountScale { AmountScale(measures.first { $0 == Measure(.denominator) }?.scale ?? 2) }

  /// Cells of the grid and outside it.
  public var cellCount: Int { grid.cellCount + outside.count }

  /// Bytes of its numbers.
  public var bytes: Int { monthSlice.bytes + foldSlice.bytes }

  /// Everything but the numbers.
  struct Head: Codable {
    let grid: CellGrid
    let measure: RiskMeasure
    let outside: [OutsideCell]
    let measures: [Measure]
    let months: [Month]
    let periods: [Period]
    let buckets: Int?
    let summary: SampleSummary

    var monthSizes: [Int] { [grid.cellCount + outside.count, months.count, ApplicationState.all.count] }
    var foldSizes: [Int] {
      [grid.cellCount + outside.count, periods.count, ApplicationState.all.count, buckets ?? 1]
    }

    /// What a cube takes for granted about itself.
    /// - Throws: `Faults` (data).
    func check(_ file: String) throws {
      try grid.checkShape(file, cellLimit: Cube.cellLimit)
      try measure.check(file)
      try summary.check(file)
      let needed = [Measure.rows, .badRows] + Amount.standard.map { Measure($0) }
      guard Set(measures).count == measures.count, needed.allSatisfy(measures.contains),
        measures.allSatisfy({ (0...18).contains($0.scale) && !$0.name.isEmpty }), measures.count <= 1000
      else {
        throw Faults.data(
          file, "its measures cannot be",
          "Give each once, with 0 to 18 decimals, \(needed.map(\.name).joined(separator: ", ")) among them.")
      }
      guard AmountScale.isOne(measures.filter { Amount.standard.map { Measure($0) }.contains($0) }.map(\.scale)) else {
        throw Faults.data(file, "its five standard amounts have different scales", AmountScale.advice)
      }
      guard !months.isEmpty, zip(months, months.dropFirst()).allSatisfy(<), !periods.isEmpty,
        zip(periods, periods.dropFirst()).allSatisfy({ $0.rawValue < $1.rawValue }), outside.count <= 1000
      else {
        throw Faults.data(
          file, "its months, periods or outside cannot be", "Give those that occur, ascending, each once.")
      }
      if let buckets, !(Bucket.fewest...Bucket.count).contains(buckets) || Bucket.count % buckets != 0 {
        throw Faults.data(file, "has \(buckets) buckets", "Give 60, 30 or 20 of them, or null.")
      }
    }
  }

  /// The finest grid that a cube is made for.
  static let cellLimit = 1 << 24

  var head: Head {
    Head(
      grid: grid, measure: measure, outside: outside, measures: measures, months: months, periods: periods,
      buckets: buckets, summary: summary)
  }

  public func encode(to writer: inout BinaryWriter) throws {
    try writer.append(json: head)
    monthSlice.encode(to: &writer)
    foldSlice.encode(to: &writer)
  }

  public init(decoding reader: inout BinaryReader) throws {
    let head = try reader.json(Head.self)
    do { try head.check("cube") } catch let error as Faults {
      throw reader.refusal("\(error.location): \(error.problem)")
    }
    let months = try CubeSlice(decoding: &reader, sizes: head.monthSizes, measures: head.measures.count)
    let folds = try CubeSlice(decoding: &reader, sizes: head.foldSizes, measures: head.measures.count)
    self.init(head, months: months, folds: folds)
  }
}
