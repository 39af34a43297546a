internal import CutlineCore
public import CutlineCredit

/// Two strategies on one grid, of two runs or of one: which cells they decide otherwise, and what that does to people, money and
/// risk.
public struct StrategyDifference {
  /// What becomes of applications.
  public enum Class: String, CaseIterable, Sendable, Encodable {
    case keep, swapIn = "swap_in", swapOut = "swap_out", rejected
  }

  public struct Cell: Sendable {
    public let bins: [Int]
    public let intervals: [String]
    /// Of the second strategy; the first decides otherwise.
    public let isOpened: Bool
    /// In the second run: booked and score-rejected applications of the main period.
    public let booked, rejected: Int64
    /// When it is accepted, on the second run's cells; of a year.
    public let production: Double
    public let riskPct: Double?
  }

  /// On the cells of one run.
  public struct Total: Sendable, Equatable {
    public let production: Double
    public let riskPct: Double?
    public let people: [Class: Int64]
  }

  public let cells: [Cell]
  /// The first strategy on the first run, the second on the first, the second on the second.
  public let first, moved, second: Total
  public let isOneRun: Bool
  /// Of the main periods of both runs; 0 where it is not known.
  private let months: (Int, Int)

  /// - Throws: `Faults` (usage) for runs of different grids.
  public init(_ a: (run: VerifiedRun, strategy: Strategy), _ b: (run: VerifiedRun, strategy: Strategy)) throws {
    let grid = b.run.cells.grid
    guard a.run.cells.grid == grid else {
      throw Faults.usage(
        "\(a.run.folder), \(b.run.folder)", "their grids differ, so that no cell of one is a cell of the other",
        "Compare runs of the same variables and edges.")
    }
    isOneRun = a.run.folder == b.run.folder
    months = (a.run.cells.basis?.months ?? 0, b.run.cells.basis?.months ?? 0)
    let (cubeA, cubeB) = (try a.run.load(Cube.self, kind: "cube"), try b.run.load(Cube.self, kind: "cube"))
    first = try Self.total(a.run, cubeA, a.strategy)
    moved = try Self.total(a.run, cubeA, b.strategy)
    second = try Self.total(b.run, cubeB, b.strategy)
    let booked = try cubeB.sums(of: .rows, ApplicationState.booked)
    let rejected = try cubeB.sums(of: .rows, [.scoreRejected])
    cells = (0..<grid.cellCount).compactMap { cell in
      let isAccepted = b.strategy.accepts(cell, in: grid)
      guard isAccepted != a.strategy.accepts(cell, in: grid) else { return nil }
      let total = b.run.cells.total(cell)
      return Cell(
        bins: grid.bins(cell).map { $0 + 1 },
        intervals: zip(grid.axes, grid.bins(cell)).map { $0.interval(ofBin: $1) }, isOpened: isAccepted,
        booked: booked[cell], rejected: rejected[cell], production: b.run.volume(total.production),
        riskPct: b.run.cells.measure.percent(total))
    }
  }

  private static func total(_ run: VerifiedRun, _ cube: Cube, _ strategy: Strategy) throws -> Total {
    let booked = try cube.sums(of: .rows, ApplicationState.booked)
    let rejected = try cube.sums(of: .rows, [.scoreRejected])
    var people: [Class: Int64] = [:]
    for cell in 0..<run.cells.grid.cellCount {
      let isAccepted = strategy.accepts(cell, in: run.cells.grid)
      people[isAccepted ? .keep : .swapOut, default: 0] += booked[cell]
      people[isAccepted ? .swapIn : .rejected, default: 0] += rejected[cell]
    }
    let optimum = run.cells.totals(of: strategy).optimum
    return Total(
      production: run.volume(optimum.production), riskPct: run.cells.measure.strategyPercent(optimum), people: people)
  }

  /// The whole in words.
  public func sentences(_ a: String, _ b: String) -> [String] {
    func money(_ value: Double) -> String { (value > 0 ? "+" : value < 0 ? "−" : "") + TextTable.grouped(abs(value)) }
    func points(_ from: Double?, _ to: Double?) -> String {
      guard let from, let to else { return "undefined" }
      let change = to - from
      return (change > 0 ? "+" : change < 0 ? "−" : "") + TextTable.fixed(abs(change), 4)
    }
    let opened = cells.count { $0.isOpened }
    guard !cells.isEmpty || first != second else {
      return ["\(b) decides every cell as \(a) does, with the same applications, production and risk."]
    }
    var text: [String] = []
    text.append(
      cells.isEmpty
        ? "\(b) decides every cell as \(a) does."
        : "\(b) decides \(cells.count) cells otherwise than \(a): it opens \(opened) and closes \(cells.count - opened)."
    )
    let counts = Class.allCases.map { kind -> String in
      let (before, after) = (first.people[kind] ?? 0, second.people[kind] ?? 0)
      let change = after - before
      return
        "\(kind.rawValue) \(TextTable.grouped(Double(after))) (\(change > 0 ? "+" : change < 0 ? "−" : "±")\(TextTable.grouped(Double(abs(change)))))"
    }
    text.append("Applications of the main period: " + counts.joined(separator: ", ") + ".")
    if months.0 != months.1 {
      text.append(
        "The main periods have \(months.0) and \(months.1) months: applications are counted as they are, production is of a year."
      )
    }
    text.append(
      "Production of a year \(money(second.production - first.production)) to \(TextTable.grouped(second.production)), risk \(points(first.riskPct, second.riskPct)) points to \(second.riskPct.map { TextTable.fixed($0, 4) + " %" } ?? "undefined")."
    )
    if !isOneRun {
      text.append(
        "Of that the other strategy on the first run's applications brings \(money(moved.production - first.production)) and \(points(first.riskPct, moved.riskPct)) points; the other applications and predictions bring \(money(second.production - moved.production)) and \(points(moved.riskPct, second.riskPct)) points."
      )
    }
    return text
  }
}
