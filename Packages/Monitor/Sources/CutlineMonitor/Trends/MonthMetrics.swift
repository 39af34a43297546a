internal import CutlineCore
internal import CutlineCredit

/// One month of all applications of a segment, wherever they lie. What is not there is nil, never 0.
struct MonthMetrics: Sendable, Codable, Hashable {
  let month: Month
  let applications, booked, scoreRejected, otherRejected, cancelled: Int64
  /// Of booked applications: those with an outcome, and of these the bad ones.
  let mature, bad: Int64
  /// In units of the amounts.
  let requested, production: Double
  /// Booked over all applications.
  let approvalRate: Double?
  /// Production of a booked application.
  let meanProduction: Double?
  /// Bad over mature applications.
  let badRate: Double?
  /// Percent; of the mature, and of those of this and the five months before, where this month has any.
  let risk, rollingRisk: Double?
  /// Σ pile of the mature: what the risk is weighted by.
  let exposure: Double
  /// Booked over eligible requested amount; nil without eligible demand.
  let transformationRate: Double?
  let eligible: Double
  /// Per variable of the grid, of applications that have it.
  let meanScores: [Double?]
  let scored: [Int64]
  /// Percent: the comfort zone of its year; nil where it has no entry.
  let comfortZone: Double?

  /// Every month from the first to the last of the cube, those without an application too.
  ///
  /// - Throws: `Faults` (data) where a sum is not an Int64.
  /// - Complexity: O(combinations of the slice Months × measures).
  static func all(_ cube: Cube, zone: ComfortZone) throws -> [MonthMetrics] {
    guard let first = cube.months.first, let last = cube.months.last else { return [] }
    let states = ApplicationState.all
    // Sums over all cells may leave 64 bits; as a Double each is right to 1e-16.
    func byMonth(_ measure: Measure, _ states: [ApplicationState]) throws -> [Double] {
      try cube.sumsByMonth(of: measure, states).map { month in
        Double(month.reduce(Int128(0)) { $0 + Int128($1) })
      }
    }
    let counts = try states.map { try byMonth(.rows, [$0]) }
    let perUnit = cube.scale.perUnit
    let requested = try byMonth(Measure(.requested), states)
    let production = try byMonth(Measure(.production), ApplicationState.booked)
    let bad = try byMonth(.badRows, [.bookedMature])
    let numerator = try byMonth(Measure(.numerator), [.bookedMature])
    let denominator = try byMonth(Measure(.denominator), [.bookedMature])
    let eligible = try byMonth(.eligible, states)
    let taken = try byMonth(.eligibleBooked, states)
    let scores = try cube.grid.axes.map { axis in
      let measure = cube.measures.first { $0 == .score(axis) } ?? .score(axis)
      return (sum: try byMonth(measure, states), rows: try byMonth(.scoreRows(axis), states), scale: measure.scale)
    }
    var places: [Month: Int] = [:]
    for (place, month) in cube.months.enumerated() { places[month] = place }
    func risk(_ months: [Int]) -> Double? {
      let (top, bottom) = months.reduce((0.0, 0.0)) { ($0.0 + numerator[$1], $0.1 + denominator[$1]) }
      return bottom > 0 ? 100 * cube.measure.multiplier * top / bottom : nil
    }
    func ratio(_ a: Double, _ b: Double) -> Double? { b > 0 ? a / b : nil }
    return (0...(last - first)).map { offset in
      let month = first + offset
      let place = places[month]
      func at(_ column: [Double]) -> Double { place.map { column[$0] } ?? 0 }
      let own = counts.map { Int64(at($0)) }
      let booked = own[0] + own[1]
      let rolling = (0..<6).compactMap { places[Month(index: Int(month.index) - $0)] }
      return MonthMetrics(
        month: month, applications: own.reduce(0, +), booked: booked, scoreRejected: own[2], otherRejected: own[3],
        cancelled: own[4], mature: own[0], bad: Int64(at(bad)), requested: at(requested) / perUnit,
        production: at(production) / perUnit, approvalRate: ratio(Double(booked), Double(own.reduce(0, +))),
        meanProduction: ratio(at(production) / perUnit, Double(booked)), badRate: ratio(at(bad), Double(own[0])),
        risk: place.flatMap { risk([$0]) }, rollingRisk: place.flatMap { risk([$0]) }.flatMap { _ in risk(rolling) },
        exposure: at(denominator) / perUnit,
        transformationRate: ratio(at(taken), at(eligible)), eligible: at(eligible) / perUnit,
        meanScores: scores.map { ratio(at($0.sum) / power($0.scale), at($0.rows)) },
        scored: scores.map { Int64(at($0.rows)) }, comfortZone: zone.percent(of: month.year))
    }
  }

  private static func power(_ scale: Int) -> Double { (0..<scale).reduce(1) { value, _ in value * 10 } }

  /// Share of the booked that have an outcome; nil without booked ones.
  var maturity: Double? { booked > 0 ? Double(mature) / Double(booked) : nil }
}
