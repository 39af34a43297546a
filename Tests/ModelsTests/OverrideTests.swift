import CutlineCompute
import CutlineCore
import CutlineCredit
import Foundation
import TestSupport
import Testing

@testable import CutlineModels

/// What overrides say about rejects, and the check of predictions against it.
@Suite struct OverrideTests {
  /// A cell of a made-up portfolio: applications by fate, and how many of the booked went bad.
  private struct Cell {
    var booked = 0
    var bad = 0
    var rejected = 0
    var cancelled = 0
    var isMature = true
  }

  /// A bad application owes 100 of 700: risk 1 with multiplier 7. Months change from row to row.
  private static func cube(_ cells: [Cell], columns: Int) throws -> Cube {
    let rows = cells.enumerated().flatMap { index, cell -> [SampleFixture.Row] in
      let bins = [index / columns, index % columns]
      return (0..<cell.booked).map {
        .init(
          bins: bins, requested: 100, numerator: cell.isMature && $0 < cell.bad ? 100 : 0,
          denominator: cell.isMature ? 700 : 0, isMature: cell.isMature)
      } + (0..<cell.rejected).map { _ in .init(bins: bins, status: .scoreRejected, requested: 100) }
        + (0..<cell.cancelled).map { _ in .init(bins: bins, status: .cancelled, requested: 100) }
    }
    return try Cube(of: SampleFixture.sample(SampleFixture.grid(cells.count / columns, columns), rows, months: 12))
  }

  /// Every cell has the predicted risk 0.1.
  private static func flat(_ cube: Cube) throws -> RiskSurface {
    try RejectFixture.surface(cube, .linear(intercept: 0.1, coefficients: [0, 0]))
  }

  private static func check(
    _ cube: Cube, _ surface: RiskSurface, _ rejects: [NamedArtifact<RejectAdjustment>],
    _ settings: [String: ConfigValue.Content] = [:], log: RejectFixture.Log = .init()
  ) async throws -> (json: [String: Any], table: [[String: String]]) {
    let input = RejectCheck.Input(cube: cube, surface: surface, rejects: rejects)
    let config = try OverrideCheck.Config.read(FitFixture.entries(settings), at: .default, origin: "test").config
    let files = try await OverrideCheck(config: config).run(input, in: log.context())
    try RejectCheck.check(files, against: input)
    #expect(files.files.map(\.path) == ["data/reject_check.csv", "data/reject_check.json"])
    let json = try #require(try JSONSerialization.jsonObject(with: Data(files.files[1].bytes)) as? [String: Any])
    let lines = String(decoding: files.files[0].bytes, as: UTF8.self).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    #expect(lines[0] == files.files[0].columns.map(\.name))
    let table = lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
    #expect(table.count == rejects.count * cube.grid.cellCount)
    return (json, table)
  }

  private static func none(_ cube: Cube) -> [NamedArtifact<RejectAdjustment>] {
    let ones = [Double](repeating: 1, count: cube.grid.cellCount)
    return [NamedArtifact("infer-rejects", RejectAdjustment(method: "none", multiplier: ones, cappedCells: 0))]
  }

  private static func verdict(_ json: [String: Any]) throws -> String {
    let methods = try #require(json["methods"] as? [[String: Any]])
    return try #require(methods.first?["verdict"] as? String)
  }

  /// In the rows 0 and 1 of the grid one of ten is booked; there rejects and overrides go bad at `factor` times the predicted
  /// 10 %. Elsewhere nine of ten are booked, as predicted.
  private static func planted(_ factor: Int) throws -> Cube {
    let cells = (0..<36).map { index in
      index < 12
        ? Cell(booked: 60, bad: 6 * factor, rejected: 540) : Cell(booked: 540, bad: 54, rejected: 60)
    }
    return try cube(cells, columns: 6)
  }

  @Test func aChangeOfTheLevelInOneRegionIsSeen() async throws {
    let cube = try Self.planted(2)
    let surface = try Self.flat(cube)
    let evidence = try RejectFixture.evidence(cube, surface)
    #expect(evidence.compared == Array(0..<12) && evidence.overrides == 720 && evidence.badOverrides == 144)
    #expect(abs(try #require(evidence.ratio) - 2) < 1e-12)
    let interval = try #require(evidence.interval)
    #expect(interval.low > 1.5 && interval.high < 2.6)
    let adjustment = try await RejectFixture.infer("overrides", [:], cube, surface)
    #expect(adjustment.multiplier.allSatisfy { $0 > 1.7 && $0 < 2 }, "shrunk a little: \(adjustment.multiplier[0])")
    let log = RejectFixture.Log()
    let (json, table) = try await Self.check(cube, surface, Self.none(cube), log: log)
    #expect(try Self.verdict(json) == "outside")
    let warning = try #require(log.texts(.warning).first)
    #expect(
      warning.contains("none (infer-rejects) predicts 10.00 % for rejects of 12 cells where 720 overrides say 20.00 %"))
    #expect(warning.contains(OverrideEvidence.assumption))
    #expect(table[0]["status"] == "compared" && table[0]["override_risk_pct"] == "20")
    #expect(table[12]["status"] == "mostly_accepted" && table[12]["override_risk_pct"] == "")
    // What overrides themselves say is inside; both stand side by side.
    let both = Self.none(cube) + [NamedArtifact("second", adjustment)]
    let methods = try #require(try await Self.check(cube, surface, both).json["methods"] as? [[String: Any]])
    #expect(methods.map { $0["verdict"] as? String } == ["outside", "inside"])
    // Asked for, it ends the run.
    let faults = await expectFaults(.gate) {
      try await Self.check(cube, surface, Self.none(cube), ["stop": .boolean(true)])
    }
    #expect(faults?.problem.contains("predicts 10.00 %") ?? false)
  }

  @Test func anUnchangedLevelIsInside() async throws {
    let cube = try Self.planted(1)
    let surface = try Self.flat(cube)
    let log = RejectFixture.Log()
    let (json, _) = try await Self.check(cube, surface, Self.none(cube), ["stop": .boolean(true)], log: log)
    #expect(try Self.verdict(json) == "inside" && log.texts(.warning).isEmpty)
    #expect(abs(try #require(json["ratio"] as? Double) - 1) < 1e-12)
    // Twice the risk would be outside, and within a bound of 3 it is not.
    let twice = [
      NamedArtifact(
        "x", RejectAdjustment(method: "x", multiplier: [Double](repeating: 2.4, count: 36), cappedCells: 0))
    ]
    let narrow = try await Self.check(cube, surface, twice).json
    #expect(try Self.verdict(narrow) == "outside")
    let wide = try await Self.check(cube, surface, twice, ["override_bound": .integer(3)]).json
    #expect(try Self.verdict(wide) == "inside")
  }

  /// Everything that can be missing, each with a name of its own.
  @Test func whatIsMissingIsNamed() async throws {
    let accepted = Cell(booked: 20, bad: 2, rejected: 5)
    let cases: [(name: String, cells: [Cell])] = [
      ("no-demand", [Cell(cancelled: 3), Cell(cancelled: 1)]),
      ("no-rejects", [Cell(booked: 20, bad: 2), Cell(booked: 3)]),
      ("nobody-offered", [Cell(rejected: 20), Cell(rejected: 4)]),
      ("nobody-booked", [Cell(rejected: 20, cancelled: 2), Cell(rejected: 4)]),
      ("no-outcomes", [Cell(booked: 1, rejected: 9, isMature: false), Cell(booked: 4, isMature: false)]),
      ("no-overrides", [accepted, Cell(rejected: 30)]),
      ("no-overrides", [accepted, Cell(booked: 2, rejected: 30, isMature: false)]),
    ]
    for (name, cells) in cases {
      let cube = try Self.cube(cells, columns: 2)
      let surface = try Self.flat(cube)
      let evidence = try RejectFixture.evidence(cube, surface)
      #expect(evidence.status.rawValue == name)
      #expect(evidence.ratio == nil && evidence.interval == nil && evidence.shrunk == 1)
      let inferred = RejectFixture.Log()
      let adjustment = try await RejectFixture.infer("overrides", [:], cube, surface, log: inferred)
      #expect(adjustment.multiplier == [1, 1])
      #expect(
        inferred.texts(.warning) == [
          "overrides has nothing to infer from and leaves every multiplier at 1: \(evidence.status.phrase)"
        ])
      let log = RejectFixture.Log()
      let (json, _) = try await Self.check(cube, surface, Self.none(cube), ["stop": .boolean(true)], log: log)
      #expect(try Self.verdict(json) == "nothing to compare", "\(name)")
      #expect(json["status"] as? String == name && json["ratio"] == nil)
      #expect(log.texts(.note).contains { $0.contains("nothing to compare") } && log.texts(.warning).isEmpty)
      // No method fails where there is nothing to infer from, but within-cell, which has its model.
      for method in RejectFixture.names {
        let multiplier = try await RejectFixture.infer(method, [:], cube, surface).multiplier
        #expect(multiplier.allSatisfy { $0.isFinite }, "\(method) \(name)")
      }
    }
    let cube = try Self.cube([accepted, Cell(booked: 2, bad: 1, rejected: 30)], columns: 2)
    let none = try RejectFixture.surface(cube, .linear(intercept: 0, coefficients: [0, 0]))
    #expect(try RejectFixture.evidence(cube, none).status == .noPrediction)
  }

  @Test func statusesOfCells() async throws {
    let cells = [
      Cell(booked: 20, bad: 2, rejected: 5), Cell(booked: 2, bad: 1, rejected: 30), Cell(rejected: 7), Cell(booked: 9),
      Cell(), Cell(booked: 1, rejected: 8, isMature: false),
    ]
    let cube = try Self.cube(cells, columns: 3)
    let (json, table) = try await Self.check(cube, try Self.flat(cube), Self.none(cube))
    #expect(
      table.map { $0["status"] } == [
        "mostly_accepted", "compared", "no_overrides", "no_rejects", "no_demand", "no_overrides",
      ])
    #expect(table[4]["acceptance"] == "" && table[4]["predicted_risk_pct"] == "" && table[2]["acceptance"] == "0")
    #expect(json["overrides"] as? Int == 2 && json["badOverrides"] as? Int == 1)
  }

  /// One override: an estimate that is hardly one, with an interval as wide as that.
  @Test(arguments: [0, 1]) func oneOverride(bad: Int) async throws {
    let cells = [Cell(booked: 200, bad: 20, rejected: 5), Cell(booked: 1, bad: bad, rejected: 30)]
    let cube = try Self.cube(cells, columns: 2)
    let evidence = try RejectFixture.evidence(cube, try Self.flat(cube))
    #expect(evidence.status == .estimated && evidence.overrides == 1)
    #expect(abs(try #require(evidence.ratio) - 10 * Double(bad)) < 1e-12)
    let interval = try #require(evidence.interval)
    // A Poisson count of 0 or 1 at 90 %, of 0.1 expected.
    #expect(abs(interval.high - (bad == 0 ? 29.957 : 47.439)) < 1e-2, "\(interval)")
    #expect(bad == 0 ? interval.low == 0 : abs(interval.low - 0.51293) < 1e-4)
    #expect(abs(evidence.effectiveBads - Double(bad)) < 1e-9 && abs(evidence.expectedBads - 0.1) < 1e-9)
    #expect(abs(evidence.shrunk - (Double(bad) + 10) / 10.1) < 1e-9)
  }

  /// None of many went bad: the ratio is 0, its interval ends where that of no event does, and the estimate goes down.
  @Test func noneWentBad() throws {
    let cells = [Cell(booked: 200, bad: 20, rejected: 5), Cell(booked: 300, rejected: 3000)]
    let evidence = try RejectFixture.evidence(
      try Self.cube(cells, columns: 2), try Self.flat(try Self.cube(cells, columns: 2)))
    let interval = try #require(evidence.interval)
    #expect(evidence.ratio == 0 && evidence.effectiveBads == 0 && interval.low == 0)
    #expect(abs(interval.high - 2.9957 / 30) < 1e-4)
    #expect(abs(evidence.shrunk - 10.0 / 40) < 1e-9)
  }

  /// With weights far apart a cell of one override would speak for all.
  @Test func weightsAreCapped() async throws {
    let cells = [Cell(booked: 90, bad: 9, rejected: 100), Cell(booked: 1, bad: 1, rejected: 900)]
    let cube = try Self.cube(cells, columns: 2)
    let surface = try Self.flat(cube)
    let free = try RejectFixture.evidence(cube, surface, ["weight_cap": .integer(1000)])
    #expect(free.cappedCells == 0 && free.cappedShare == 0)
    let log = RejectFixture.Log()
    _ = try await RejectFixture.infer("overrides", ["weight_cap": .integer(2)], cube, surface, log: log)
    let capped = try RejectFixture.evidence(cube, surface, ["weight_cap": .integer(2)])
    // Mean weight 1000/91; the second cell counts with twice that instead of 900.
    #expect(capped.cappedCells == 1 && abs(capped.cappedShare - (900 - 2000.0 / 91) / 1000) < 1e-12)
    #expect(abs(capped.cells[1].exposure / capped.cells[0].exposure - 2000.0 / 91 / 100) < 1e-12)
    #expect(log.texts(.note).contains { $0.contains("the cap on weights binds in 1 cells") })
  }

  /// Too few months for a variance: the ratio stands, and that there is no interval is said.
  @Test func withoutGroupsThereIsNoInterval() async throws {
    let rows = [Cell(booked: 20, bad: 2, rejected: 5), Cell(booked: 2, bad: 1, rejected: 30)].enumerated().flatMap {
      cell, counts in
      (0..<counts.booked).map {
        SampleFixture.Row(bins: [0, cell], numerator: $0 < counts.bad ? 100 : 0, denominator: 700)
      } + (0..<counts.rejected).map { _ in SampleFixture.Row(bins: [0, cell], status: .scoreRejected) }
    }
    let cube = try Cube(of: SampleFixture.sample(SampleFixture.grid(1, 2), rows, months: 1))
    let surface = try Self.flat(cube)
    let evidence = try RejectFixture.evidence(cube, surface)
    #expect(evidence.groups == .none && evidence.interval == nil && evidence.bound == nil)
    #expect(abs(try #require(evidence.ratio) - 5) < 1e-12 && abs(evidence.shrunk - 11 / 10.2) < 1e-12)
    let log = RejectFixture.Log()
    let (json, table) = try await Self.check(cube, surface, Self.none(cube), log: log)
    #expect(try Self.verdict(json) == "nothing to compare")
    #expect(log.texts(.note).contains { $0.contains("no interval: neither hash classes nor months are there") })
    #expect(table[1]["override_risk_pct"] == "50" && table[1]["override_risk_low_pct"] == "")
  }

  /// Overrides that are the best of their cell by the scores are no sign that its rejects are safe.
  @Test func betterScoresOfOverridesAreNoFinding() async throws {
    let fixture = try RejectFixture("buckets")
    let cube = try Cube(of: fixture.sample())
    let surface = try fixture.surface(of: cube)
    let with = try RejectFixture.evidence(cube, surface)
    let without = try RejectFixture.evidence(cube, surface, ["within_cell": .boolean(false)])
    let (own, plain) = (try #require(with.ratio), try #require(without.ratio))
    #expect(own > plain)
    #expect(with.compared.allSatisfy { with.cells[$0].bookedFactor <= with.cells[$0].rejectedFactor + 0.02 })
    #expect(without.cells.allSatisfy { $0.bookedFactor == 1 && $0.rejectedFactor == 1 })
  }

  @Test func anAdjustmentOfAnotherGridIsRefused() async throws {
    let cube = try Self.planted(1)
    let alien = RejectAdjustment(method: "x", multiplier: [1, 1], cappedCells: 0)
    await expectFaults(.data) {
      try await Self.check(cube, try Self.flat(cube), [NamedArtifact("x", alien)])
    }
  }

  /// A sample with the amounts of stated overrides: those rows of which `isOverride` is true.
  private static func stated(_ sample: Sample, _ isOverride: (Int) -> Bool) throws -> Cube {
    var amounts = try Dictionary(uniqueKeysWithValues: sample.amounts.map { ($0, try sample.values(of: $0)) })
    let flags = (0..<sample.rowCount).map {
      sample.status[$0] == .booked && sample.outcome[$0] == .mature && isOverride($0)
    }
    func only(_ amount: Amount) -> [Int64] { zip(flags, amounts[amount] ?? []).map { $0 ? $1 : 0 } }
    amounts[.overrideNumerator] = only(.numerator)
    amounts[.overrideDenominator] = only(.denominator)
    amounts[.overrideRows] = flags.map { $0 ? 1 : 0 }
    amounts[.overrideBadRows] = zip(flags, amounts[.numerator] ?? []).map { $0 && $1 > 0 ? 1 : 0 }
    return try Cube(
      of: Sample(
        grid: sample.grid, measure: sample.measure, cell: sample.cell, month: sample.month, status: sample.status,
        outcome: sample.outcome, scores: sample.scores, amounts: amounts, key: sample.key, summary: sample.summary))
  }

  /// Stated to be the booked ones of the cells that are mostly rejected, overrides say what they say unstated; in other
  /// words, they say what these alone say.
  @Test func statedOverridesAreTheEvidence() throws {
    let fixture = try RejectFixture("buckets")
    let sample = fixture.sample()
    let plain = try Cube(of: sample)
    let surface = try fixture.surface(of: plain)
    let settings: [String: ConfigValue.Content] = ["within_cell": .boolean(false)]
    let unstated = try RejectFixture.evidence(plain, surface, settings)
    let compared = Set(unstated.compared)
    let all = try RejectFixture.evidence(
      Self.stated(sample) { compared.contains(Int(sample.cell[$0])) }, surface, settings)
    #expect(all.isStated && !unstated.isStated)
    #expect(all.ratio == unstated.ratio && all.shrunk == unstated.shrunk && all.interval == unstated.interval)
    #expect(all.overrides == unstated.overrides && all.badOverrides == unstated.badOverrides)
    // Half of them, by the key: a cube of these booked ones alone has the same outcomes to compare.
    let half = try RejectFixture.evidence(
      Self.stated(sample) { compared.contains(Int(sample.cell[$0])) && sample.key[$0] % 2 == 0 }, surface, settings)
    #expect(half.overrides < all.overrides && half.overrides > 0)
    let rows = (0..<sample.rowCount).filter { row in
      sample.status[row] == .booked && sample.outcome[row] == .mature && compared.contains(Int(sample.cell[row]))
        && sample.key[row] % 2 == 0
    }
    let (numerator, _) = (try sample.values(of: .numerator), 0)
    #expect(half.badOverrides == Double(rows.count { numerator[$0] > 0 }) && half.overrides == Double(rows.count))
  }

  /// Also where most are accepted, and none at all is said.
  @Test func statedOverridesCountInEveryCellWithRejects() throws {
    let fixture = try RejectFixture("buckets")
    let sample = fixture.sample()
    let surface = try fixture.surface(of: Cube(of: sample))
    let every = try RejectFixture.evidence(Self.stated(sample) { _ in true }, surface)
    #expect(every.cells.allSatisfy { $0.status != .mostlyAccepted } && !every.usesScores)
    let none = try RejectFixture.evidence(Self.stated(sample) { _ in false }, surface)
    #expect(none.status == .noOutcomes || none.status == .noOverrides)
    #expect(none.ratio == nil && none.shrunk == 1)
  }
}
