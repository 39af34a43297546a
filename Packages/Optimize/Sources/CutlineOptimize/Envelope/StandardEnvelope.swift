internal import CutlineCore
internal import CutlineCredit

/// The exact frontier under every assumption, set beside each other.
///
/// `settings` are stages of kind infer-rejects, each with one adjustment of the rejects' risk; the run's own stands first.
/// For each the cells are made and searched as the run makes and searches its own. Per risk limit of the appetite:
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
  static let reads = ["rates"]

  struct Config: StageConfig {
    var settings: [Chosen<InferRejects>] =
      ["none", "within-cell", "monotone", "overrides"]
      + stride(from: 0.25, through: 3, by: 0.25).map {
        Chosen("acceptance-uplift", with: [("reject_uplift_factor", .float($0))])
      }
    var cells: Chosen<Cells> = "standard"
    var search: Chosen<Search> = "frontier"
    var appetite = RiskAppetite()

    static let fields: [Field<Self>] =
      [
        .stages(
          "settings", \.settings, "Adjustments of the rejects' risk, in the order in which flips are looked for."),
        .stage("cells", \.cells, "What makes the cells of each."), .stage("search", \.search, "What searches them."),
      ] + RiskAppetite.fields.map { $0.lifted(\.appetite) }

    func validate(at places: FieldPlaces) throws { try appetite.validate(at: places) }
  }
  let config: Config

  func run(_ input: RejectEnvelope.Input, in context: RunContext) async throws -> FileSet {
    let adjusted = try await adjustments(input, context)
    // The run's own one may be among them: once is enough.
    var kept: [(name: String, rejects: RejectAdjustment)] = [("the run's own: \(input.rejects.method)", input.rejects)]
    for own in adjusted where own.rejects.multiplier != input.rejects.multiplier { kept.append(own) }
    let settings = try await context.concurrently(kept) { own in
      var values: [String: any Artifact] = [
        "cube": input.cube, "surface": input.surface, "exposure": input.exposure, "rejects": own.rejects,
      ]
      values["rates"] = input.rates
      let cells = try await config.cells(Cells.ports.make(PortValues(values)), in: context.inner(.envelope))
      let frontier = try await config.search(Self.input(cells), in: context.inner(.envelope))
      return EnvelopeSetting(name: own.name, method: own.rejects.method, cells: cells, frontier: frontier)
    }
    let riskiest = Self.riskiest(settings.map(\.cells))
    let frontier = try await config.search(Self.input(riskiest), in: context.inner(.envelope))
    let limits = try config.appetite.limits().map { name, limit in
      try EnvelopeLimit(name, limit, settings, worst: (riskiest, frontier))
    }
    let report = EnvelopeReport(settings, limits)
    for limit in limits { context.note(Remark(word: report.sentence(limit))) }
    return try report.files()
  }

  /// What each stage says; one that fails is left out and said.
  private func adjustments(
    _ input: RejectEnvelope.Input, _ context: RunContext
  ) async throws -> [(name: String, rejects: RejectAdjustment)] {
    var made: [(name: String, rejects: RejectAdjustment)] = []
    for setting in config.settings {
      do {
        let values: [String: any Artifact] = ["cube": input.cube, "surface": input.surface]
        let rejects = try await setting(InferRejects.ports.make(PortValues(values)), in: context.inner(.envelope))
        made.append((setting.toml, rejects))
      } catch let error as CancellationError {
        throw error
      } catch {
        context.warn(
          "\(word: setting.title) is left out of the envelope: "
            + ((error as? any EndingError).map { Remark($0) } ?? Remark(Faults(error))))
      }
    }
    return made
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
    return CellTable(
      grid: first.grid, measure: first.measure, booked: first.booked, rejected: first.rejected,
      rejectedRows: first.rejectedRows, swapIn: swapIn, predictedRisk: first.predictedRisk,
      rejectMultiplier: multiplier,
      exposureRatio: first.exposureRatio, basis: first.basis, scale: first.scale)
  }
}

extension Purpose {
  /// What is made and searched under one assumption about the rejected.
  fileprivate static let envelope: Purpose = "reject-envelope"
}
