public import CutlineCore
internal import CutlineCredit

extension StageConformance {
  /// The laws of the stage's kind on one input: what every stage that takes its place must give. None for kinds that
  /// this kit does not know.
  ///
  /// | kind | laws |
  /// |---|---|
  /// | `prepare` | every row lies in a cell and has its amounts; the waterfall adds up; outcomes of immature rows are 0 |
  /// | `train` | one finite risk a cell of the sample's grid |
  /// | `exposure` | a finite ratio that is not negative |
  /// | `infer-rejects` | one finite factor a cell that is not negative |
  /// | `cells` | booked sums are those of the sample; nothing predicted where nobody was rejected |
  /// | `search` | strategies are monotone and add up to their sums; no point beats another; what is answered keeps its limit |
  /// | `scenarios` | limits rise; a strategy keeps its limit unless none is given; an infeasible one has no strategy |
  /// | kinds that give files | paths stay inside the run folder and differ; tables hold the columns that they describe |
  ///
  /// - Returns: the laws that were broken.
  /// - Throws: what the stage throws.
  public static func lawful(
    _ stage: StageDescription, settings: [ConfigTable.Entry] = [], inputs: [String: any Artifact]
  ) async throws -> [String] {
    let output = try await stage.instance(settings)
      .run(inputs, in: RunContext(stageID: stage.name, seed: 11))
    let laws = KindLaws(inputs: inputs)
    return laws.broken(by: output).map { "\(stage.kind).\(stage.name): \($0)" }
  }

  /// A stage that is told to stop ends: with `CancellationError`, or with its result where it was nearly done. Anything
  /// else would be taken for a fault of the data.
  public static func stopsWhenCancelled(
    _ stage: StageDescription, settings: [ConfigTable.Entry] = [], inputs: [String: any Artifact]
  ) async throws -> [String] {
    let instance = try stage.instance(settings)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await instance.run(inputs, in: RunContext(stageID: stage.name, seed: 11))
    }
    do {
      _ = try await task.value
      return []
    } catch is CancellationError {
      return []
    } catch { return ["\(stage.kind).\(stage.name): when cancelled it fails with \(error)"] }
  }
}

/// What each kind of output must keep.
struct KindLaws {
  let inputs: [String: any Artifact]

  func broken(by output: any Artifact) -> [String] {
    switch output {
    case let sample as Sample: broken(by: sample)
    case let surface as RiskSurface: broken(by: surface)
    case let exposure as ExposureModel:
      exposure.ratio.isFinite && exposure.ratio >= 0 ? [] : ["its exposure ratio is \(exposure.ratio)"]
    case let rejects as RejectAdjustment: broken(by: rejects)
    case let cells as CellTable: broken(by: cells)
    case let frontier as Frontier: broken(by: frontier)
    case let scenarios as ScenarioSet: broken(by: scenarios)
    case let files as FileSet: broken(by: files)
    default: []
    }
  }

  private func input<A: Artifact>(_: A.Type) -> A? { inputs.values.lazy.compactMap { $0 as? A }.first }

  private func broken(by sample: Sample) -> [String] {
    var broken: [String] = []
    let rows = sample.rowCount
    if sample.status.count != rows || sample.isMature.count != rows || sample.key.count != rows
      || sample.amounts.contains(where: { $0.count != rows }) || sample.scores.contains(where: { $0.count != rows })
    {
      return ["its columns have different lengths"]
    }
    if sample.amounts.count != CellSums.columnNames.count || sample.scores.count != sample.grid.axes.count {
      return ["it has \(sample.amounts.count) amounts and \(sample.scores.count) scores a row"]
    }
    let count = sample.grid.cellCount
    if let row = sample.cell.firstIndex(where: { $0 < 0 || Int($0) >= count }) {
      broken.append("row \(row + 1) lies in cell \(sample.cell[row]) of \(count)")
    }
    let immature = sample.isMature.indices.first {
      !sample.isMature[$0] && (sample.amounts[2][$0] != 0 || sample.amounts[3][$0] != 0)
    }
    if let immature { broken.append("row \(immature + 1) has no known outcome and amounts of one") }
    let waterfall = sample.summary.waterfall
    func rowsOf(_ role: SampleSummary.WaterfallRow.Role) -> Int {
      waterfall.filter { $0.role == role }.reduce(0) { $0 + $1.rows }
    }
    if rowsOf(.input) != rowsOf(.dropped) + rowsOf(.outside) + rowsOf(.used) {
      broken.append("its waterfall does not add up: \(rowsOf(.input)) rows came in")
    }
    if rowsOf(.used) != rows { broken.append("its waterfall uses \(rowsOf(.used)) rows, the sample has \(rows)") }
    return broken
  }

  private func broken(by surface: RiskSurface) -> [String] {
    guard let sample = input(Sample.self) else { return [] }
    if surface.grid != sample.grid { return ["its grid is not that of the sample"] }
    if surface.risk.count != sample.grid.cellCount {
      return ["it gives \(surface.risk.count) risks for \(sample.grid.cellCount) cells"]
    }
    if let cell = surface.risk.firstIndex(where: { !$0.isFinite }) {
      return ["the risk of cell \(cell + 1) is \(surface.risk[cell])"]
    }
    return surface.multiplier == sample.measure.multiplier ? [] : ["its multiplier is \(surface.multiplier)"]
  }

  private func broken(by rejects: RejectAdjustment) -> [String] {
    guard let sample = input(Sample.self) else { return [] }
    if rejects.multiplier.count != sample.grid.cellCount {
      return ["it gives \(rejects.multiplier.count) factors for \(sample.grid.cellCount) cells"]
    }
    guard let cell = rejects.multiplier.firstIndex(where: { !($0.isFinite && $0 >= 0) }) else { return [] }
    return ["the factor of cell \(cell + 1) is \(rejects.multiplier[cell])"]
  }

  private func broken(by cells: CellTable) -> [String] {
    guard let sample = input(Sample.self) else { return [] }
    var booked = [CellSums](repeating: .zero, count: sample.grid.cellCount)
    var rejected = [Int64](repeating: 0, count: sample.grid.cellCount)
    for row in 0..<sample.rowCount {
      let cell = Int(sample.cell[row])
      guard sample.status[row] == .booked else {
        rejected[cell] += 1
        continue
      }
      let amounts = sample.amounts.map { $0[row] }
      booked[cell] += CellSums(
        accounts: amounts[0], requested: amounts[1], numerator: amounts[2], denominator: amounts[3],
        production: amounts[4])
    }
    var broken: [String] = []
    if cells.booked != booked { broken.append("its booked sums are not those of the sample") }
    if cells.swapIn.count != booked.count { return broken + ["it predicts \(cells.swapIn.count) cells"] }
    if let cell = rejected.indices.first(where: { rejected[$0] == 0 && cells.swapIn[$0] != .zero }) {
      broken.append("cell \(cell + 1) has nobody rejected and a predicted swap-in")
    }
    return broken
  }

  private func broken(by frontier: Frontier) -> [String] {
    guard let cells = input(CellTable.self) else { return [] }
    var broken: [String] = []
    for (index, point) in frontier.points.enumerated() {
      let name = "point \(index + 1)"
      let lines = cells.grid.cellCount / (cells.grid.axes.last?.binCount ?? 1)
      guard point.strategy.accepted.count == lines else { return broken + ["\(name) has no cutoff for every bin"] }
      if point.strategy.firstViolation(in: cells.grid) != nil { broken.append("\(name) is not monotone") }
      let sums = cells.totals(of: point.strategy).optimum
      if [sums.production, sums.numerator, sums.denominator] != [point.production, point.numerator, point.denominator] {
        broken.append("\(name) does not add up to its sums")
      }
    }
    if frontier.answers.isEmpty {
      for (index, (a, b)) in zip(frontier.points, frontier.points.dropFirst()).enumerated() {
        let risks = Self.compareRisk(a, b)
        if a.production >= b.production || risks >= 0 {
          broken.append("points \(index + 1) and \(index + 2) do not both rise")
        }
      }
    }
    for answer in frontier.answers {
      guard let place = answer.point else {
        if answer.status == .optimal { broken.append("\(answer.limit) % is optimal and has no strategy") }
        continue
      }
      guard frontier.points.indices.contains(place) else { return broken + ["\(answer.limit) % names no point"] }
      let point = frontier.points[place]
      if answer.status == .infeasible { broken.append("\(answer.limit) % is infeasible and has a strategy") }
      if !Self.keeps(point.sums, answer.limit, cells) {
        broken.append("the strategy of \(answer.limit) % does not keep it")
      }
      if let bound = answer.bound, bound < point.production {
        broken.append("the bound of \(answer.limit) % is below its strategy")
      }
    }
    return broken
  }

  /// Sums too large to compare keep no limit: they would have stopped the stage.
  private static func keeps(_ sums: CellSums, _ limit: DecimalNumber, _ cells: CellTable) -> Bool {
    (try? cells.measure.fits(sums, limit: limit)) ?? false
  }

  private static func compareRisk(_ a: Frontier.Point, _ b: Frontier.Point) -> Int {
    let left = Int128(a.numerator) * Int128(max(b.denominator, 1))
    let right = Int128(b.numerator) * Int128(max(a.denominator, 1))
    return left < right ? -1 : left > right ? 1 : 0
  }

  private func broken(by set: ScenarioSet) -> [String] {
    guard let cells = input(CellTable.self) else { return [] }
    var broken: [String] = []
    for (a, b) in zip(set.scenarios, set.scenarios.dropFirst()) where a.limit > b.limit {
      broken.append("the limit of \(b.name) is below that of \(a.name)")
    }
    if Set(set.scenarios.map(\.name)).count != set.scenarios.count { broken.append("two scenarios share a name") }
    for scenario in set.scenarios {
      guard let strategy = scenario.strategy else {
        if scenario.status == .optimal { broken.append("\(scenario.name) is optimal and has no strategy") }
        continue
      }
      if scenario.status == .infeasible { broken.append("\(scenario.name) is infeasible and has a strategy") }
      let totals = cells.totals(of: strategy)
      if scenario.totals != totals { broken.append("the totals of \(scenario.name) are not those of its strategy") }
      if !Self.keeps(totals.optimum, scenario.limit, cells) {
        broken.append("the strategy of \(scenario.name) does not keep its limit")
      }
    }
    return broken
  }

  private func broken(by set: FileSet) -> [String] {
    var broken: [String] = []
    if Set(set.files.map(\.path)).count != set.files.count { broken.append("two of its files share a path") }
    for file in set.files {
      let parts = file.path.split(separator: "/", omittingEmptySubsequences: false)
      if parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) {
        broken.append("\(file.path) is not a path inside the run folder")
      }
      guard file.path.hasSuffix(".csv"), !file.columns.isEmpty else { continue }
      let header = String(decoding: file.bytes.prefix { $0 != 10 }, as: UTF8.self)
      let names = file.columns.map(\.name).joined(separator: ",")
      if header.replacing("\"", with: "") != names.replacing("\"", with: "") {
        broken.append("\(file.path) has other columns than it describes")
      }
    }
    return broken
  }
}
