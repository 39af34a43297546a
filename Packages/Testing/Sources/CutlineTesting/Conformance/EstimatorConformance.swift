internal import CutlineCompute
public import CutlineCore
public import CutlineCredit

/// What an estimator keeps when its design is said in other words: the same predictions.
public enum EstimatorLaw: String, Sendable, CaseIterable {
  /// The same model, whenever and with however many workers it is fitted.
  case sameSeed = "the same seed"
  /// Rows in another order are the same rows.
  case rowOrder = "the order of the rows"
  /// A row of weight 2 is that row twice.
  case repetition = "a weight is a repetition"
  /// A row of weight 0 is not there.
  case withoutWeight = "a row without weight"
  /// A feature in another unit, a power of two apart, is the same feature.
  case unit = "the unit of a feature"
  /// Where no row has weight there is nothing to fit: an error that says so.
  case nothing = "no row with weight"
}

/// The laws of kind `fit` that one output alone cannot show. `Fit.check` has the others.
///
/// Some estimators cannot keep one of them, such as a forest that draws its rows by their place. That is said with the
/// reason, and measured: an exemption that is not needed is as wrong as a law that is broken.
public enum EstimatorConformance {
  public struct Report: Sendable {
    /// The laws that were broken, and exemptions without a reason or without need; none is good.
    public let broken: [String]
    /// The laws that the estimator is exempt from, each with the reason and how far predictions differ.
    public let exempt: [String]
  }

  /// Fits the estimator to a design and to the same one in other words, and compares the predictions of its rows.
  ///
  /// - Parameters:
  ///   - settings: of the stage, where the defaults are not enough.
  ///   - design: for estimators that ask for more than `trial` has; its weights are those that rows have where they are
  ///     not what is tried.
  ///   - tolerance: the most that two predictions of a row may differ, as a part of the greatest prediction.
  ///   - except: laws that the estimator cannot keep, each with the reason.
  ///   - registry: where stages are looked up that the settings hold.
  /// - Throws: `CancellationError`, and what reading the settings throws.
  /// - Complexity: nine fits.
  public static func laws(
    _ stage: StageDescription, settings: [ConfigTable.Entry] = [], design: Design = trial, tolerance: Double = 1e-8,
    except: [EstimatorLaw: String] = [:], registry: Registry = Registry()
  ) async throws -> Report {
    let trial = Trial(
      instance: try stage.instance(settings, registry: registry), name: "\(stage.kind).\(stage.name)", design: design)
    var (broken, exempt): ([String], [String]) = ([], [])
    for law in EstimatorLaw.allCases {
      let found = try await trial.outcome(of: law, tolerance: tolerance)
      let head = "\(trial.name): \(law.rawValue): "
      switch (found, except[law]) {
      case (nil, nil): break
      case (let problem?, nil): broken.append(head + problem)
      case (_, ""?): broken.append(head + "it is exempt without a reason")
      case (nil, _?): broken.append(head + "it is exempt and keeps it; leave the exemption out")
      case (let problem?, let reason?): exempt.append(head + "exempt, as \(reason); \(problem)")
      }
    }
    return Report(broken: broken, exempt: exempt)
  }

  /// 60 rows: a fraction that rises with one feature and falls with the other, but for noise; both directions known.
  public static let trial: Design = {
    func part(_ value: Double) -> Double { value - value.rounded(.down) }
    let rows = 0..<60
    let first = rows.map { part(Double($0) * 0.6180339887) }
    let second = rows.map { 3 * part(Double($0) * 0.4142135624) - 1 }
    let noise = rows.map { part(Double($0) * 0.7320508076) - 0.5 }
    return Design(
      features: ["rising", "falling"], columns: [first, second],
      target: rows.map { 0.35 + 0.35 * first[$0] - 0.1 * second[$0] + 0.2 * noise[$0] }, targetUnit: "fraction",
      weights: rows.map { 1 + part(Double($0) * 0.2360679775) }, directions: [1, -1])
  }()
}

extension Design {
  /// Some of the rows in the order given, or some of them twice, with weights of their own.
  public func rows(_ places: [Int], weights: [Double]) -> Design {
    func taken<Value>(_ values: [Value]) -> [Value] { values.isEmpty ? [] : places.map { values[$0] } }
    return Design(
      features: features, columns: columns.map(taken), target: taken(target), targetUnit: targetUnit, weights: weights,
      offset: taken(offset), groups: taken(groups), times: taken(times), directions: directions)
  }

  /// The same with other columns, or another target.
  fileprivate func replacing(columns other: [[Double]]? = nil, target: [Double]? = nil) -> Design {
    Design(
      features: features, columns: other ?? columns, target: target ?? self.target, targetUnit: targetUnit,
      weights: weights, offset: offset, groups: groups, times: times, directions: directions)
  }
}

/// An estimator and what it is tried on.
private struct Trial {
  let instance: StageInstance
  let name: String
  let design: Design

  private var places: [Int] { Array(0..<design.rowCount) }

  /// Nil where the law is kept, else what is wrong.
  func outcome(of law: EstimatorLaw, tolerance: Double) async throws -> String? {
    do {
      if law == .nothing { return try await refusal() }
      if law == .sameSeed {
        let first = try await fit(design)
        for workers in [1, 3] where try await fit(design, workers: workers) != first {
          return "another model with \(workers) worker\(workers == 1 ? "" : "s")"
        }
        return nil
      }
      let (own, other, at) = words(for: law)
      let (a, b) = (try predictions(await fit(own), design), try predictions(await fit(other), at))
      let difference = Self.distance(a, b)
      return difference <= tolerance
        ? nil : "predictions differ by \(difference) of the greatest one, at most \(tolerance) is allowed"
    } catch let error as CancellationError {
      throw error
    } catch { return "it cannot be fitted: \(error)" }
  }

  /// Two designs that mean the same, and the rows of the trial as the second one has them.
  private func words(for law: EstimatorLaw) -> (own: Design, other: Design, rows: Design) {
    switch law {
    case .sameSeed, .nothing: return (design, design, design)
    case .rowOrder:
      let turned = places.filter { $0 % 2 == 1 }.reversed() + places.filter { $0 % 2 == 0 }
      return (design, design.rows(turned, weights: turned.map { design.weights[$0] }), design)
    case .repetition:
      let counts = places.map { 1 + $0 % 3 }
      let repeated = places.flatMap { [Int](repeating: $0, count: counts[$0]) }
      return (
        design.rows(places, weights: counts.map(Double.init)), design.rows(repeated, weights: repeated.map { _ in 1 }),
        design
      )
    case .withoutWeight:
      // A quarter of the rows stands a second time, with the target of another row and no weight.
      let more = places.flatMap { $0 % 4 == 1 ? [$0, $0] : [$0] }
      let isGhost = more.indices.map { $0 > 0 && more[$0 - 1] == more[$0] }
      let mixed = design.rows(more, weights: zip(more, isGhost).map { $1 ? 0 : design.weights[$0] })
      let target = zip(more, isGhost).map { design.target[$1 ? ($0 + 29) % design.rowCount : $0] }
      return (design, mixed.replacing(target: target), design)
    case .unit:
      let scaled = design.replacing(
        columns: design.columns.enumerated().map { feature, column in
          let factor = feature % 2 == 0 ? 0x1p10 : 0x1p-20
          return column.map { factor * $0 }
        })
      return (design, scaled, scaled)
    }
  }

  /// What is wrong with how it refuses rows without weight.
  private func refusal() async throws -> String? {
    do {
      _ = try await fit(design.rows(places, weights: places.map { _ in 0 }))
      return "a model comes of it"
    } catch let error as any EndingError {
      guard [.data, .usage].contains(error.exitCode) else { return "the error is no fault of the data: \(error)" }
      return nil
    }
  }

  private func fit(_ design: Design, workers: Int = 1) async throws -> Model {
    let context = RunContext(stageID: "trial", seed: 11, workers: workers)
    guard let model = try await instance.run(["design": design], in: context) as? Model else {
      throw Faults.usage(name, "gives no model", "Try stages of kind fit.")
    }
    return model
  }

  private func predictions(_ model: Model, _ rows: Design) throws -> [Double] {
    try model.form.evaluate(columns: rows.columns, rows: rows.rowCount)
  }

  /// The greatest difference as a part of the greatest magnitude; infinite where a prediction is no number.
  private static func distance(_ a: [Double], _ b: [Double]) -> Double {
    guard (a + b).allSatisfy(\.isFinite) else { return .infinity }
    let greatest = (a + b).reduce(0) { max($0, $1.magnitude) }
    let difference = zip(a, b).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
    return difference == 0 ? 0 : difference / greatest
  }
}
