internal import CutlineCore
internal import CutlineCredit

/// The exact frontier under every assumption, set beside each other.
///
/// `settings` are stages of kind infer-rejects, each with one adjustment of the rejects' risk; the run's own stands first, with
/// the strategies that it chose. The others have its cells with other numerators, r · P / m · multiplier with the predicted
/// risk r and the pile P of the cell, and are searched by `search`, which has to be the run's own with its constraints: where it
/// does not find the run's own production on its own cells, it is refused. Per scenario of the run:
///
/// - the best strategy under each setting, and how many cells it decides otherwise than under the one before;
/// - the risk that the run's own strategy has under each setting;
/// - the strategy with most production that keeps the limit under all of them. A multiplier touches numerators only, so
///   production is the same under every setting and the least of their optima bounds it. The optimum of cells that have
///   the greatest numerator of all settings keeps the limit everywhere; where it reaches the bound, as it does where one
///   setting is the riskiest in every cell, it is the optimum, and otherwise better points of the setting with the least
///   optimum are tried, and the bound is stated.
///
/// O(settings × search).
struct StandardEnvelope: Stage {
  typealias Kind = RejectEnvelope
  static let name = "standard"
  static let summary =
    "Frontiers, flips of cutoffs and what holds over a range of settings: reject_envelope.csv, .json."

  struct Config: StageConfig {
    /// No more than the evidence of most portfolios allows: beyond that the envelope is that of the boldest opinion.
    var settings: [Chosen<InferRejects>] =
      ["none", "within-cell", "monotone", "overrides"]
      + stride(from: 1, through: 1.6, by: 0.1).map {
        Chosen("parceling-score-band", with: [("factor", .float(($0 * 10).rounded() / 10))])
      }
      + stride(from: 0.25, through: 1.5, by: 0.25).map {
        Chosen("acceptance-uplift", with: [("reject_uplift_factor", .float($0))])
      }
    var search: Chosen<Search> = "frontier"

    static let fields: [Field<Self>] = [
      .stages("settings", \.settings, "Adjustments of the rejects' risk, in the order in which flips are looked for."),
      .stage("search", \.search, "What searches the cells of each; cutline reject-envelope takes the run's own."),
    ]
  }
  let config: Config

  func run(_ input: RejectEnvelope.Input, in context: RunContext) async throws -> FileSet {
    guard input.cells.grid == input.cube.grid, input.surface.grid == input.cube.grid else {
      throw Faults.data("reject-envelope", "cells and surface belong to another grid", "Connect stages of one run.")
    }
    let (adjusted, failed) = try await adjustments(input, context)
    var kept: [(name: String, rejects: RejectAdjustment)] = [("the run's own: \(input.rejects.method)", input.rejects)]
    // What is the same is one assumption, whatever it is called.
    for own in adjusted where !kept.contains(where: { $0.rejects.multiplier == own.rejects.multiplier }) {
      kept.append(own)
    }
    let settings = try await context.concurrently(Array(kept.enumerated())) { place, own in
      let cells = place == 0 ? input.cells : try Self.cells(input.cells, under: own.rejects)
      let frontier = try await config.search(Self.input(cells), in: context.inner(.envelope))
      return EnvelopeSetting(name: own.name, method: own.rejects.method, cells: cells, frontier: frontier)
    }
    try checkOwn(input, settings[0])
    let riskiest = Self.riskiest(settings.map(\.cells))
    let frontier = try await config.search(Self.input(riskiest), in: context.inner(.envelope))
    let limits = try input.scenarios.scenarios.map { scenario in
      try EnvelopeLimit(scenario, settings, worst: (riskiest, frontier))
    }
    let report = EnvelopeReport(settings, limits, failed: failed)
    for limit in limits { context.note(Remark(word: report.sentence(limit))) }
    return try report.files()
  }

  /// What each stage says; one that fails is left out and said.
  private func adjustments(
    _ input: RejectEnvelope.Input, _ context: RunContext
  ) async throws -> (made: [(name: String, rejects: RejectAdjustment)], failed: [String]) {
    var made: [(name: String, rejects: RejectAdjustment)] = []
    var failed: [String] = []
    for setting in config.settings {
      do {
        let values: [String: any Artifact] = ["cube": input.cube, "surface": input.surface]
        let rejects = try await setting(InferRejects.ports.make(PortValues(values)), in: context.inner(.envelope))
        made.append((setting.toml, rejects))
      } catch let error as CancellationError {
        throw error
      } catch {
        failed.append(setting.toml)
        context.warn(
          "\(word: setting.title) is left out of the envelope: "
            + ((error as? any EndingError).map { Remark($0) } ?? Remark(Faults(error))))
      }
    }
    return (made, failed)
  }

  /// The search of the envelope finds on the run's own cells what the run's own search found there.
  private func checkOwn(_ input: RejectEnvelope.Input, _ own: EnvelopeSetting) throws {
    for scenario in input.scenarios.scenarios {
      let found = try own.frontier.answer(to: scenario.limit, measure: own.cells.measure).point.map {
        own.frontier.points[$0].production
      }
      guard found != scenario.totals?.optimum.production else { continue }
      throw Faults.usage(
        "stage reject-envelope, search",
        "\(config.search.title) finds another production than the run's own search within \(scenario.limit) %",
        "Give it the run's search with its constraints, search = { use = \"…\", with = { … } }, and scenarios that take the best of it."
      )
    }
  }

  /// The same cells under another adjustment: numerators of swap-ins change, nothing else.
  static func cells(_ own: CellTable, under rejects: RejectAdjustment) throws -> CellTable {
    let swapIn = try own.swapIn.indices.map { cell in
      var sums = own.swapIn[cell]
      let numerator =
        own.predictedRisk[cell] * Double(sums.denominator) / own.measure.multiplier * rejects.multiplier[cell]
      guard abs(numerator) < 0x1p53 else {
        throw Faults.data("reject-envelope", "a numerator under \(rejects.method) is too large to add up", "Use a cap.")
      }
      sums.numerator = Int64(numerator.rounded(.toNearestOrEven))
      return sums
    }
    return table(own, swapIn, rejects.multiplier)
  }

  private static func table(_ own: CellTable, _ swapIn: [CellSums], _ multiplier: [Double]) -> CellTable {
    CellTable(
      grid: own.grid, measure: own.measure, booked: own.booked, rejected: own.rejected, rejectedRows: own.rejectedRows,
      swapIn: swapIn, predictedRisk: own.predictedRisk, rejectMultiplier: multiplier, exposureRatio: own.exposureRatio,
      basis: own.basis, scale: own.scale)
  }

  private static func input(_ cells: CellTable) throws -> Search.Input {
    try Search.ports.make(PortValues(["cells": cells]))
  }

  /// Every cell at the greatest numerator that it has.
  static func riskiest(_ tables: [CellTable]) -> CellTable {
    let first = tables[0]
    var (swapIn, multiplier) = (first.swapIn, first.rejectMultiplier)
    for table in tables.dropFirst() {
      for cell in swapIn.indices {
        swapIn[cell].numerator = max(swapIn[cell].numerator, table.swapIn[cell].numerator)
        multiplier[cell] = max(multiplier[cell], table.rejectMultiplier[cell])
      }
    }
    return table(first, swapIn, multiplier)
  }
}

extension Purpose {
  /// What is made and searched under one assumption about the rejected.
  fileprivate static let envelope: Purpose = "reject-envelope"
}
