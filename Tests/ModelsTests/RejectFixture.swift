import CutlineCompute
import CutlineCore
import CutlineCredit
import Foundation
import Synchronization
import Testing

@testable import CutlineModels

/// Portfolios for reject inference: drawn ones that Tests/Oracles/reject_inference.py has worked out, and cells by hand.
struct RejectFixture {
  struct Rows: Decodable {
    let a, b: [Double]
    let status: [UInt8]
    let mature: [Int]
    let requested, numerator, denominator: [Int64]
    let month: [Int]
    let key: [UInt64]
  }

  enum Setting: Decodable {
    case number(Double)
    case flag(Bool)
    case word(String)

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      if let flag = try? value.decode(Bool.self) {
        self = .flag(flag)
      } else if let number = try? value.decode(Double.self) {
        self = .number(number)
      } else {
        self = .word(try value.decode(String.self))
      }
    }

    var content: ConfigValue.Content {
      switch self {
      case .number(let number): number == number.rounded() ? .integer(Int64(number)) : .float(number)
      case .flag(let flag): .boolean(flag)
      case .word(let word): .string(word)
      }
    }
  }

  struct Method: Decodable {
    let method: String
    let settings: [String: Setting]
    let multiplier: [Double]
  }

  struct Evidence: Decodable {
    let settings: [String: Setting]
    let ratio, low, high, shrunk, effective, expected, lost, rejectRisk: Double
    let capped, overrides, bads: Int
    let cells: [[Double]]
    let factors, exposure: [Double]
  }

  private struct Content: Decodable {
    let beta: [Double]
    let rows: Rows
    let risk: [Double]
    let methods: [Method]
    let evidence: [Evidence]
  }

  let rows: Rows
  let beta, risk: [Double]
  let methods: [Method]
  let evidence: [Evidence]

  static func data(_ name: String) throws -> Data {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return try Data(contentsOf: folder.appendingPathComponent("Fixtures/rejects/\(name).json"))
  }

  init(_ name: String) throws {
    let content = try JSONDecoder().decode(Content.self, from: Self.data(name))
    (rows, beta, risk) = (content.rows, content.beta, content.risk)
    (methods, evidence) = (content.methods, content.evidence)
  }

  static let grid = SampleFixture.grid(4, 4)

  /// - Parameters:
  ///   - order: the order of the rows; nil as they are.
  ///   - scale: what every amount is multiplied by.
  func sample(order: [Int]? = nil, scale: Int64 = 1) -> Sample {
    let order = order ?? Array(rows.a.indices)
    let status = order.map { SampleStatus(rawValue: rows.status[$0]) ?? .cancelled }
    let mature = order.map { rows.mature[$0] == 1 }
    let scores = [rows.a, rows.b].map { scores in order.map { scores[$0] } }
    func amounts(_ values: [Int64]) -> [Int64] { order.map { scale * values[$0] } }
    return Sample(
      grid: Self.grid, measure: RiskMeasure(multiplier: 7),
      cell: order.indices.map { row in
        Int32(Self.grid.index((0..<2).map { Self.grid.axes[$0].bin(of: scores[$0][row]) ?? 0 }))
      },
      month: order.map { Month(index: 2022 * 12 + rows.month[$0]) }, status: status,
      outcome: zip(status, mature).map { $0 != .booked ? .none : $1 ? .mature : .immature }, scores: scores,
      amounts: [
        .accounts: status.map { $0 == .booked ? 100 : 0 }, .requested: amounts(rows.requested),
        .numerator: amounts(rows.numerator), .denominator: amounts(rows.denominator),
        .production: amounts(rows.requested),
      ], key: order.map { rows.key[$0] }, summary: Self.summary)
  }

  static let summary = SampleSummary(
    basis: Basis(segment: "all", periodStart: "2022-01-01", periodEnd: "2022-12-31", months: 12),
    account: RowAccount(waterfall: [], bookedRows: 0, scoreRejectedRows: 0, immatureRows: 0),
    stress: Stress(factor: 1, mode: "off", worstRows: 0, worstBadRows: 0),
    transformation: Transformation(
      rate: 1, eligibleAmount: 1, bookedAmount: 1, firstMonth: nil, lastMonth: nil, monthsWithData: 12),
    qualitySkipped: false)

  func surface(of cube: Cube) throws -> RiskSurface {
    try Self.surface(cube, .linear(intercept: beta[0], coefficients: Array(beta[1...]), link: .logit))
  }

  /// What a model of the scores predicts for the cells.
  static func surface(_ cube: Cube, _ form: ModelForm, withModel: Bool = true) throws -> RiskSurface {
    let grid = cube.grid
    let means = try cube.meanScores()
    let columns = grid.axes.indices.map { axis in (0..<grid.cellCount).map { means[axis][grid.bins($0)[axis]] } }
    let model = try Model(
      name: "given", features: grid.axes.map { Model.Feature($0.source) }, unit: "fraction", form: form)
    return RiskSurface(
      grid: grid, multiplier: cube.measure.multiplier, risk: try form.evaluate(columns: columns, rows: grid.cellCount),
      estimator: "given", featureSet: "simple", parameters: [:], features: [], coefficients: [], trainR2: 0,
      trainingRows: 0, trainingCells: 0, folds: 0, candidates: [], model: withModel ? model : nil)
  }

  /// What a stage has said.
  final class Log: Sendable {
    private let events = Mutex<[RunEvent]>([])

    func context(workers: Int = 1) -> RunContext {
      RunContext(stageID: "test", seed: 1, workers: workers) { event in self.events.withLock { $0.append(event) } }
    }

    func texts(_ kind: RunEvent.Kind) -> [String] {
      events.withLock { $0.filter { $0.kind == kind }.map(\.remark.shown) }
    }
  }

  /// A stage of infer-rejects by name, as a plan would make it.
  static func infer(
    _ name: String, _ settings: [String: ConfigValue.Content] = [:], _ cube: Cube, _ surface: RiskSurface,
    log: Log = Log(), workers: Int = 1
  ) async throws -> RejectAdjustment {
    let registry = try ExplanationStageTests.registry()
    let stage = try registry.stage(kind: InferRejects.name, name: name, at: .default)
    let instance = try stage.instance(FitFixture.entries(settings), registry: registry)
    let output = try await instance.run(["cube": cube, "surface": surface], in: log.context(workers: workers))
    let adjustment = try #require(output as? RejectAdjustment)
    let input = try InferRejects.ports.make(PortValues(["cube": cube, "surface": surface]))
    try InferRejects.check(adjustment, against: input)
    return adjustment
  }

  static func evidence(
    _ cube: Cube, _ surface: RiskSurface, _ settings: [String: ConfigValue.Content] = [:]
  ) throws -> OverrideEvidence {
    let config = try OverrideConfig.read(FitFixture.entries(settings), at: .default, origin: "test").config
    return try OverrideEvidence(cube, surface, config, workers: 1)
  }

  static let names = [
    "none", "acceptance-uplift", "parceling-score-band", "fuzzy-augmentation", "hard-cutoff", "reweighting", "monotone",
    "within-cell", "overrides",
  ]
}
