internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// PSI of every variable, recent and by month against the main period, each with the bound of noise; and whether the scores
/// still order outcomes as they are declared to.
///
/// Writes `stability_psi.csv`, `stability_bins.csv`, `stability_monthly.csv`, `score_order.csv` and `bin_inversions.csv`.
///
/// O(variables × n log n) time; 12 bytes a row for one variable at a time.
struct StandardStability: Stage {
  typealias Kind = Stability
  static let name = "standard"
  static let summary = "PSI with its noise bound, by variable and month; direction and monotonicity of the scores."
  static let reads = ["source"]
  let config: StabilityConfig

  var reads: [String] { config.variables.isEmpty ? [] : Self.reads }

  func run(_ input: Stability.Input, in context: RunContext) async throws -> StabilityReport {
    let sample = input.sample
    let followed = try followed(input)
    let isCounted: [Bool] = sample.status.map { config.population == .applications || $0 == .booked }
    let state: StabilityReport.State =
      sample.summary.recent == nil
      ? .notAskedFor
      : zip(sample.period, isCounted).contains { $0 == .recent && $1 } ? .compared : .empty
    let numbered = MonthNumbers(sample.month)
    var shifts: [StabilityReport.Shift] = []
    var months: [StabilityReport.MonthShift] = []
    for variable in followed {
      try context.checkCancellation()
      let own = try variable.make()
      let bins = own.role == .overall ? 20 : config.bins
      let binned = own.binned(bins, closed: config.closed) { isCounted[$0] && sample.period[$0] == .main }
      if state == .compared { shifts.append(shift(own, binned, sample, isCounted)) }
      if own.role != .overall { months += monthly(own.name, binned, sample, isCounted, numbered) }
    }
    let report = StabilityReport(
      state: state, population: config.population.rawValue, confidence: config.confidence, shifts: shifts,
      months: months,
      order: try ScoreOrder(sample: sample, level: config.level).orders(),
      inversions: try ScoreOrder.inversions(input.cube, level: config.level))
    for file in StabilityTables(report).files(in: config.folder) {
      try await context.attach(file.path, columns: file.columns) { try $0.append(file.bytes) }
    }
    say(report, context)
    return report
  }

  /// A variable, made when its turn comes: the values of one are in memory at a time.
  private struct Followed {
    let role: StabilityReport.Role
    let make: () throws -> Characteristic
  }

  /// The scores of the grid, the requested amount, what the configuration names; and the overall score.
  private func followed(_ input: Stability.Input) throws -> [Followed] {
    let sample = input.sample
    func score(_ index: Int, _ role: StabilityReport.Role) -> Followed {
      Followed(role: role) {
        let axis = sample.grid.axes[index]
        return Characteristic(
          axis.source, role, numbers: sample.scores[index], missingOutside: Self.missing(axis, sample.origin))
      }
    }
    let (perUnit, names) = (input.cube.scale.perUnit, sample.grid.axes.map(\.source))
    let amount = Followed(role: .amount) {
      Characteristic(
        Amount.requested.name, .amount, numbers: try sample.values(of: .requested).map { Double($0) / perUnit })
    }
    let rows = config.variables.isEmpty ? [] : sample.origin?.rows.map { Int32($0) } ?? []
    let columns = try config.variables.filter { !(names + [Amount.requested.name]).contains($0) }.map { name in
      let column = try SampleColumn.named(
        name, of: input.source, beside: sample, key: "stability_variables")
      return Followed(role: .characteristic) {
        let own = Characteristic(column, rows: rows)
        guard own.wordCount <= Characteristic.wordLimit, own.wordCount <= max(20, rows.count / 5) else {
          throw Faults.usage(
            "stability_variables",
            "\(name) has \(own.wordCount) different texts: it names applications and does not sort them",
            "Name a column of at most \(Characteristic.wordLimit) categories, and of several applications each.")
        }
        return own
      }
    }
    let overall = config.overall ?? names.first ?? ""
    guard let index = sample.grid.axes.firstIndex(where: { $0.source == overall || $0.name == overall }) else {
      throw Faults.usage(
        "overall", "\(overall) is no score of the grid\(DidYouMean.phrase(for: overall, among: names))",
        "Name one of \(names.joined(separator: ", ")).")
    }
    return names.indices.map { score($0, .score) } + [amount] + columns + [score(index, .overall)]
  }

  /// Rows that left the sample because of this score, by period: without them a score that is missing more often would look
  /// stable.
  private static func missing(_ axis: GridAxis, _ origin: SampleOrigin?) -> (main: Int64, recent: Int64) {
    guard let origin else { return (0, 0) }
    let isOwn = [false] + origin.reasons.map { $0.hasPrefix("\(axis.name): ") }
    var (main, recent) = (Int64(0), Int64(0))
    for (row, reason) in origin.reason.enumerated() where isOwn[Int(reason)] && !origin.rows.contains(row) {
      if origin.period[row] == .main { main += 1 }
      if origin.period[row] == .recent { recent += 1 }
    }
    return (main, recent)
  }

  private func shift(
    _ own: Characteristic, _ binned: Characteristic.Binned, _ sample: Sample, _ isCounted: [Bool]
  ) -> StabilityReport.Shift {
    var (expected, actual) = (
      [Int64](repeating: 0, count: binned.labels.count), [Int64](repeating: 0, count: binned.labels.count)
    )
    for (row, code) in binned.codes.enumerated() where isCounted[row] {
      switch sample.period[row] {
      case .main: expected[Int(code)] += 1
      case .recent: actual[Int(code)] += 1
      case .other: break
      }
    }
    if config.population == .applications {
      expected[expected.count - 1] += own.missingOutside.main
      actual[actual.count - 1] += own.missingOutside.recent
    }
    let (n, m) = (expected.reduce(0, +), actual.reduce(0, +))
    let psi = psi(expected, actual)
    let bins = expected.indices.filter { expected[$0] + actual[$0] > 0 }.map { bin in
      StabilityReport.Bin(
        label: binned.labels[bin], expected: expected[bin], actual: actual[bin], term: psi?.terms[bin],
        isNew: binned.isNew[bin], categories: nil)
    }
    return StabilityReport.Shift(
      variable: own.name, role: own.role, psi: psi?.index, bound: psi?.bound(confidence: config.confidence), p: psi?.p,
      band: psi.map { config.band($0.index) } ?? .notEnough, expectedRows: n, actualRows: m,
      bins: binned.areWords ? StabilityReport.Bin.kept(bins) : bins)
  }

  private func psi(_ expected: [Int64], _ actual: [Int64]) -> PopulationStability? {
    guard expected.reduce(0, +) >= Int64(config.fewest), actual.reduce(0, +) >= Int64(config.fewest) else { return nil }
    return PopulationStability(
      expected: expected, actual: actual, smoothing: config.smoothing.rule, pooling: config.smoothing.pooling)
  }

  /// Of rows of the sample alone: the month of a row that left it is not known here.
  private func monthly(
    _ name: String, _ binned: Characteristic.Binned, _ sample: Sample, _ isCounted: [Bool], _ months: MonthNumbers
  ) -> [StabilityReport.MonthShift] {
    let labels = binned.labels.count
    var counts = [Int64](repeating: 0, count: labels * months.months.count)
    var expected = [Int64](repeating: 0, count: labels)
    var isInMain = [Bool](repeating: false, count: months.months.count)
    for (row, code) in binned.codes.enumerated() where isCounted[row] {
      let month = Int(months.numbers[row])
      counts[month * labels + Int(code)] += 1
      guard sample.period[row] == .main else { continue }
      expected[Int(code)] += 1
      isInMain[month] = true
    }
    return months.months.enumerated().compactMap { number, month in
      let own = Array(counts[number * labels..<(number + 1) * labels])
      let rows = own.reduce(0, +)
      guard rows > 0 else { return nil }
      let psi = psi(expected, own)
      return StabilityReport.MonthShift(
        variable: name, month: month, rows: rows, psi: psi?.index,
        bound: psi?.bound(confidence: config.confidence), band: psi.map { config.band($0.index) } ?? .notEnough,
        isInMain: isInMain[number])
    }
  }

  private func say(_ report: StabilityReport, _ context: RunContext) {
    switch report.state {
    case .notAskedFor:
      context.note(
        "no recent period is asked for; only months are compared with the main period (stability_monthly.csv)")
    case .empty: context.warn("the recent period holds no application: nothing is compared with it")
    case .compared:
      let moved = report.shifts.filter { $0.isBeyondNoise && $0.band != .stable }
      context.note(
        "\(moved.count) of \(report.shifts.count { $0.psi != nil }) distributions have moved by more than noise and \(config.moderate)"
      )
      for shift in moved {
        context.warn(
          "\(word: shift.variable) is \(word: shift.band.rawValue), PSI \(word: NumberText.fixed(shift.psi ?? 0, 4)) (noise stays below \(word: NumberText.fixed(shift.bound ?? 0, 4)))"
        )
      }
      for shift in report.shifts {
        let new = shift.newCategories
        if new > 0 { context.warn("\(word: shift.variable) has \(new) categories that the main period does not") }
      }
      let few = report.shifts.count { $0.band == .notEnough }
      if few > 0 {
        context.warn("\(few) distributions have fewer than \(config.fewest) applications in a period: no PSI")
      }
    }
    for own in report.order where own.status == .reversed {
      context.warn(
        "\(word: own.variable) orders outcomes against its declared direction in \(word: own.period) (area \(word: NumberText.fixed(own.area ?? 0, 3)))"
      )
    }
  }
}
