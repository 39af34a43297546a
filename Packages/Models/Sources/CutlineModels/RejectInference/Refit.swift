internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// What every method that fits the risk anew is told.
struct RefitConfig: StageConfig {
  /// Log-linear in the scores, nearly without a penalty: what is added to the cells shows, and nothing goes below 0.
  var estimator = Chosen<Fit>("poisson", with: [("alpha", .float(1e-4))])
  var cap = 3.0
  static let fields: [Field<Self>] = [
    .stage("estimator", \.estimator, "The estimator that is fitted to the cells, on the mean scores of their bins."),
    RejectSettings.cap(\.cap),
  ]

  /// Fits the estimator to one row a cell and sets what it predicts in the place of the surface's prediction ŷ:
  /// `multiplier = new / ŷ`, within 0...cap, in cells that have rejects and a predicted risk; 1 elsewhere.
  ///
  /// - Parameters:
  ///   - target: per cell: risk as a fraction; of use where there is weight.
  ///   - weights: per cell.
  /// - Throws: what the estimator throws, with its label.
  func adjustment(
    _ method: String, _ cells: RejectCells, of cube: Cube, target: [Double], weights: [Double], in context: RunContext
  ) async throws -> RejectAdjustment {
    guard zip(target, weights).contains(where: { $0 > 0 && $1 > 0 }) else {
      return .nothing(
        method, cells: cells.count, because: "no cell holds a risk above 0 to fit the estimator to", in: context)
    }
    let features = try PolynomialFeatures(.simple, grid: cells.grid, scores: cube.meanScores(), weights: weights)
    let model = try await estimator(
      Fit.Input(design: features.design(target, weights: weights)), in: context.inner(.rejectInference))
    let fitted = try model.form.evaluate(columns: features.columns, rows: cells.count, workers: context.workers)
    let raw = (0..<cells.count).map { cell in
      cells.rejected[cell] > 0 && cells.risk[cell] > 0 ? max(0, fitted[cell]) / cells.risk[cell] : nil
    }
    return RejectAdjustment(method: method, raw, within: 0...cap, in: context)
  }
}

/// Each reject enters twice: as bad with the weight of its predicted risk, as good with the rest.
///
/// Added up by cell, with f = `factor`, w = `reject_weight` and P̂ = A · Σ B / Σ requested, that is
///
///     target = (B y + w P̂ f ŷ) / (B + w P̂),   weight = B + w P̂
///
/// to which `estimator` is fitted anew; see `RefitConfig.adjustment`. With f = 1 it is nearly `none`: data that lies on the
/// old model does not move it, whatever its weight (the score equations of a likelihood with a canonical link keep their
/// root). What is left is the difference between this estimator and the surface's own, and where ŷ was misfitted.
///
/// - Complexity: one fit to cells.
///
/// Source: N. Siddiqi, *Intelligent Credit Scoring*, 2nd ed. 2017, ch. 9; J. Banasik, J. Crook, *Reject inference,
/// augmentation, and sample selection*, Eur. J. Oper. Res. 183 (2007).
struct FuzzyAugmentation: Stage {
  typealias Kind = InferRejects
  static let name = "fuzzy-augmentation"
  static let summary = "Adds every reject as bad and as good by its predicted risk, and fits the risk anew."

  struct Config: StageConfig {
    var refit = RefitConfig()
    var factor = 1.0
    var rejectWeight = 1.0
    static let fields: [Field<Self>] =
      RefitConfig.fields.map { $0.lifted(\.refit) } + [
        .double("factor", \.factor, in: 0...10, "Risk of a reject relative to its prediction."),
        .double("reject_weight", \.rejectWeight, in: 0...10, "Weight of a reject relative to a booked application."),
      ]
  }
  let config: Config

  func run(_ input: InferRejects.Input, in context: RunContext) async throws -> RejectAdjustment {
    let cells = try RejectCells(input.cube, input.surface)
    let added = (0..<cells.count).map { config.rejectWeight * cells.exposure($0) }
    let weights = (0..<cells.count).map { cells.denominator[$0] + added[$0] }
    let target = (0..<cells.count).map { cell in
      let bad = cells.multiplier * (cells.denominator[cell] > 0 ? cells.numerator[cell] : 0)
      return weights[cell] > 0 ? (bad + added[cell] * config.factor * cells.risk[cell]) / weights[cell] : 0
    }
    if config.factor == 1 {
      context.note("with factor = 1 augmentation repeats what the surface says: nearly the same as none")
    }
    return try await config.refit.adjustment(
      Self.name, cells, of: input.cube, target: target, weights: weights, in: context)
  }
}

/// The riskiest rejects count as bad, all others as good.
///
/// A bad application has the risk s = ȳ / (bad rows / rows) of booked ones, its severity. The rejects' share of bad is
/// `bad_share`, or where that is not set factor · (Σ P̂ ŷ / Σ P̂) / s, at most 1. In order of falling ŷ the rejects of a cell
/// are bad until that share of Σ P̂ is reached; cells of one ŷ on the edge are bad by the same part. With q that part,
///
///     target = (B y + w P̂ s q) / (B + w P̂),   weight = B + w P̂
///
/// So Σ P̂ s q is factor times the predicted sum: what is hard is its distribution, not its level.
///
/// - Complexity: O(cells log cells), and one fit to cells.
///
/// Source: N. Siddiqi, *Intelligent Credit Scoring*, 2nd ed. 2017, ch. 9 ("simple augmentation").
struct HardCutoff: Stage {
  typealias Kind = InferRejects
  static let name = "hard-cutoff"
  static let summary = "Counts the riskiest rejects as bad and the others as good, and fits the risk anew."

  struct Config: StageConfig {
    var refit = RefitConfig()
    var factor = 1.0
    var rejectWeight = 1.0
    var badShare: Double?
    static let fields: [Field<Self>] =
      RefitConfig.fields.map { $0.lifted(\.refit) } + [
        .double("factor", \.factor, in: 0...10, "Share of bad rejects relative to the predicted one."),
        .double("reject_weight", \.rejectWeight, in: 0...10, "Weight of a reject relative to a booked application."),
        .optionalDouble(
          "bad_share", \.badShare, in: 0...1,
          "Part of the rejects' exposure that goes bad; left out, what is predicted."),
      ]
  }
  let config: Config

  func run(_ input: InferRejects.Input, in context: RunContext) async throws -> RejectAdjustment {
    let cells = try RejectCells(input.cube, input.surface)
    let rows = cells.matureRows.reduce(0, +)
    let badRows = cells.badRows.reduce(0, +)
    guard let mean = cells.meanRisk, mean > 0, badRows > 0 else {
      return .nothing(
        Self.name, cells: cells.count, because: "no booked application went bad: the risk of a bad one is not known",
        in: context)
    }
    let severity = mean / (badRows / rows)
    let exposure = (0..<cells.count).map(cells.exposure)
    let all = exposure.reduce(0, +)
    let predicted = zip(exposure, cells.risk).reduce(0) { $0 + $1.0 * $1.1 }
    let share = min(1, config.badShare ?? (all > 0 ? config.factor * predicted / all / severity : 0))
    let bad = Self.badParts(exposure, cells.risk, share: share)
    let weights = (0..<cells.count).map { cells.denominator[$0] + config.rejectWeight * exposure[$0] }
    let target = (0..<cells.count).map { cell in
      let booked = cells.multiplier * (cells.denominator[cell] > 0 ? cells.numerator[cell] : 0)
      let rejected = config.rejectWeight * exposure[cell] * severity * bad[cell]
      return weights[cell] > 0 ? (booked + rejected) / weights[cell] : 0
    }
    context.note(
      "\(word: NumberText.fixed(100 * share, 2)) % of the rejects count as bad, each with the risk \(word: NumberText.fixed(100 * severity, 2)) %"
    )
    return try await config.refit.adjustment(
      Self.name, cells, of: input.cube, target: target, weights: weights, in: context)
  }

  /// Per cell: the part of its rejects that is bad.
  static func badParts(_ exposure: [Double], _ risk: [Double], share: Double) -> [Double] {
    var left = share * exposure.reduce(0, +)
    var parts = [Double](repeating: 0, count: exposure.count)
    let groups = Dictionary(grouping: exposure.indices.filter { exposure[$0] > 0 }, by: { risk[$0] })
    for group in groups.sorted(by: { $0.key > $1.key }).map({ $0.value.sorted() }) {
      let own = group.reduce(0) { $0 + exposure[$1] }
      let part = min(1, max(0, left / own))
      for cell in group { parts[cell] = part }
      left -= own
    }
    return parts
  }
}

/// Booked applications stand for the rejects beside them: each counts 1 / a times, a the acceptance of its cell.
///
/// `estimator` is fitted to the booked cells alone with weights B / max(a, floor); a is drawn towards the acceptance of all by
/// `smoothing` applications. Unbiased where acceptance depends on nothing but the cell and the model is wrong in shape; where
/// the model is right it only costs precision.
///
/// - Complexity: one fit to cells.
///
/// Source: D. C. Hsia, *Credit scoring and the Equal Credit Opportunity Act*, Hastings Law J. 30 (1978) ("augmentation"); J. Banasik, J. Crook,
/// *Credit scoring, augmentation and lean models*, J. Oper. Res. Soc. 56 (2005).
struct Reweighting: Stage {
  typealias Kind = InferRejects
  static let name = "reweighting"
  static let summary = "Weights booked applications by the inverse of their cell's acceptance, and fits the risk anew."

  struct Config: StageConfig {
    var refit = RefitConfig()
    var smoothing = 10.0
    var floor = 0.02
    static let fields: [Field<Self>] =
      RefitConfig.fields.map { $0.lifted(\.refit) } + [
        RejectSettings.smoothing(\.smoothing),
        .double("floor", \.floor, in: 0.0001...1, "Least acceptance that a weight is made of."),
      ]
  }
  let config: Config

  func run(_ input: InferRejects.Input, in context: RunContext) async throws -> RejectAdjustment {
    let cells = try RejectCells(input.cube, input.surface)
    let acceptance = cells.acceptance(smoothing: config.smoothing)
    let weights = (0..<cells.count).map { cells.denominator[$0] / max(acceptance[$0] ?? 1, config.floor) }
    let target = (0..<cells.count).map { cell in
      cells.denominator[cell] > 0 ? cells.multiplier * cells.numerator[cell] / cells.denominator[cell] : 0
    }
    let floored = (0..<cells.count).count { cells.denominator[$0] > 0 && (acceptance[$0] ?? 1) < config.floor }
    if floored > 0 {
      context.note("\(floored) cells have an acceptance below \(config.floor) and are weighted as if they had that")
    }
    return try await config.refit.adjustment(
      Self.name, cells, of: input.cube, target: target, weights: weights, in: context)
  }
}
