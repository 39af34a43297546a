internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// The weighted mean of the predictions of several estimators, each calibrated on request.
///
/// A calibration is fitted to predictions of rows that the estimator has not seen: the rows are divided into
/// `calibration_folds`, each fold being predicted by a fit to the others; then the estimator is fitted to all. With 0 folds it
/// is fitted to the predictions of the rows that were learnt from. A row's fold follows from its group, or else from what it
/// holds, so that equal rows stay together and their order plays no role.
///
/// - Throws: what the inner stages throw, with their path; `Faults` (usage) where weights and estimators differ in number.
/// - Complexity: `calibration_folds` + 1 fits of each estimator.
///
/// Source: J. Kittler, M. Hatef, R. Duin, J. Matas, *On combining classifiers*, IEEE TPAMI 20 (1998).
struct VotingFit: Stage {
  typealias Kind = Fit
  static let name = "voting"
  static let summary = "The weighted mean of several estimators' predictions, each calibrated on request."

  struct Config: StageConfig {
    var estimators: [Chosen<Fit>] = ["ridge", "linear"]
    var weights: [Double] = []
    var calibration: Chosen<Fit> = "identity"
    var folds = 5

    static let fields: [Field<Self>] = [
      .stages("estimators", \.estimators, "Estimators whose predictions are averaged."),
      .doubles("weights", \.weights, in: 0...1_000_000, "One per estimator; none means that all count the same."),
      .stage("calibration", \.calibration, "Calibration of each prediction; identity leaves them as they are."),
      .int(
        "calibration_folds", \.folds, in: 0...20,
        "Folds whose rows are predicted unseen for the calibration; 0 and 1 use the rows that were learnt from."),
    ]

    func validate(at places: FieldPlaces) throws {
      guard weights.isEmpty || (weights.count == estimators.count && weights.contains { $0 > 0 }) else {
        throw Faults.usage(
          places["weights"], "there are \(weights.count) weights for \(estimators.count) estimators, or all are 0",
          "Give each estimator a weight, or none at all.")
      }
    }
  }
  let config: Config

  func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
    let design = input.design
    let data = try FitData(design, for: Self.name)
    let folds = config.calibration.name == IdentityFit.name ? [] : folds(of: design, in: context)
    var forms: [ModelForm] = []
    for (index, estimator) in config.estimators.enumerated() {
      let form = try await estimator(input, in: context.inner(.whole, index)).form
      guard config.calibration.name != IdentityFit.name else {
        forms.append(form)
        continue
      }
      let raw =
        folds.isEmpty
        ? try form.evaluate(columns: design.columns, rows: design.rowCount, workers: context.workers)
        : try await unseen(design, folds, estimator, index, in: context)
      let pairs = Design(
        features: ["prediction"], columns: [raw], target: design.target, targetUnit: design.targetUnit,
        weights: design.weights, offset: design.offset, directions: [1])
      let calibration = try await config.calibration(.init(design: pairs), in: context.inner(.calibration, index))
      forms.append(try form.then(calibration.form))
    }
    let weights = config.weights.isEmpty ? forms.map { _ in 1 } : config.weights
    let total = weights.reduce(0, +)
    return try Model(
      Self.name, data, unit: design.targetUnit, form: .blend(forms, weights: weights.map { $0 / total }))
  }

  /// Predictions of every row by a fit to the other folds.
  private func unseen(
    _ design: Design, _ folds: [Int], _ estimator: Chosen<Fit>, _ index: Int, in context: RunContext
  ) async throws -> [Double] {
    var raw = [Double](repeating: 0, count: design.rowCount)
    for fold in Set(folds).sorted() {
      let rest = design.rows(folds.indices.filter { folds[$0] != fold })
      let held = folds.indices.filter { folds[$0] == fold }
      let model = try await estimator(.init(design: rest), in: context.inner(.fold, index, fold))
      let predicted = try model.form.evaluate(
        columns: design.columns.map { column in held.map { column[$0] } }, rows: held.count, workers: context.workers)
      for (place, row) in held.enumerated() { raw[row] = predicted[place] }
    }
    return raw
  }

  /// Per row its fold; none where one fold would hold all that has weight.
  private func folds(of design: Design, in context: RunContext) -> [Int] {
    guard config.folds > 1 else { return [] }
    let stream = context.random(.folds)
    let folds = design.target.indices.map { row in
      let key = design.groups.isEmpty ? design.content(of: row) : UInt64(bitPattern: design.groups[row])
      return Int(stream.bits(at: key)) % config.folds
    }
    guard Set(folds.indices.filter { design.weights[$0] > 0 }.map { folds[$0] }).count > 1 else {
      context.note("too few rows for folds: calibrated on the rows that were learnt from")
      return []
    }
    return folds
  }
}

extension Purpose {
  fileprivate static let calibration: Purpose = "voting/calibration"
}

extension Design {
  /// A number that stands for what a row holds.
  fileprivate func content(of row: Int) -> UInt64 {
    let values = columns.map { $0[row] } + [target[row]]
    return values.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ ($1 == 0 ? 0 : $1.bitPattern)) &* 0x9E37_79B9_7F4A_7C15 }
  }
}
