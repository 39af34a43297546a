internal import CutlineCredit

/// Kinds that learn from applications.
extension StageTemplate {
  static let train = StageTemplate(
    "train",
    #"""
    /// The observed risk of a cell, drawn towards the mean of all cells where a cell has little behind it:
    /// `Z · own + (1 − Z) · mean` with the credibility `Z = denominator / (denominator + weight)`.
    struct {{Stage}}: Stage {
      typealias Kind = Train
      static let name = "{{name}}"
      static let summary = "Observed risk of each cell, drawn towards the mean by credibility."

      struct Config: StageConfig {
        var weight = 10_000.0
        static let fields: [Field<Self>] = [
          .double("weight", \.weight, in: 1...1e12, unit: "currency", "Balance at which a cell counts for one half.")
        ]
      }
      let config: Config

      func run(_ input: Train.Input, in context: RunContext) async throws -> RiskSurface {
        let sample = input.sample
        var numerator = [Int64](repeating: 0, count: sample.grid.cellCount)
        var denominator = numerator
        var rows = 0
        for row in sample.cell.indices where sample.isMature[row] {
          numerator[Int(sample.cell[row])] += sample.amounts[2][row]
          denominator[Int(sample.cell[row])] += sample.amounts[3][row]
          rows += 1
        }
        let total = denominator.reduce(0, +)
        guard total > 0 else {
          throw Faults.data("train", "no booked application has a balance", "Check the period and the segment.")
        }
        let multiplier = sample.measure.multiplier
        let mean = multiplier * Double(numerator.reduce(0, +)) / Double(total)
        let risk = zip(numerator, denominator).map { numerator, denominator in
          guard denominator > 0 else { return mean }
          let own = multiplier * Double(numerator) / Double(denominator)
          let credibility = Double(denominator) / (Double(denominator) + 100 * config.weight)
          return credibility * own + (1 - credibility) * mean
        }
        return RiskSurface(
          grid: sample.grid, multiplier: multiplier, risk: risk, estimator: Self.name, featureSet: "cells",
          parameters: ["weight": config.weight], features: [], coefficients: [], trainR2: 0, trainingRows: rows,
          trainingCells: denominator.count { $0 > 0 }, folds: 0, candidates: [])
      }
    }

    """#)

  static let exposure = StageTemplate(
    "exposure",
    #"""
    /// Balance per unit requested: the ratio of sums over booked applications with an outcome, times a factor.
    struct {{Stage}}: Stage {
      typealias Kind = Exposure
      static let name = "{{name}}"
      static let summary = "Balance per unit requested: the ratio of sums, times a factor."

      struct Config: StageConfig {
        var factor = 1.0
        static let fields: [Field<Self>] = [
          .double("factor", \.factor, in: 0.1...10, "Multiplies the observed ratio.")
        ]
      }
      let config: Config

      func run(_ input: Exposure.Input, in context: RunContext) async throws -> ExposureModel {
        let sample = input.sample
        let rows = sample.cell.indices.filter { sample.isMature[$0] }
        let requested = rows.reduce(0) { $0 + sample.amounts[1][$1] }
        let pile = rows.reduce(0) { $0 + sample.amounts[3][$1] }
        guard requested > 0 else {
          throw Faults.data("exposure", "nothing was requested by booked applications", "Check oa_amt.")
        }
        return ExposureModel(
          method: Self.name, ratio: config.factor * Double(pile) / Double(requested), r2: nil, rows: rows.count)
      }
    }

    """#)

  static let modelFiles = StageTemplate(
    "model-files", id: "models",
    #"""
    /// The risk of every cell as CSV, and the exposure ratio in a file of its own.
    struct {{Stage}}: Stage {
      typealias Kind = ModelFiles
      static let name = "{{name}}"
      static let summary = "Writes the risk surface and the exposure ratio as text."
      init(config: NoConfig) {}

      func run(_ input: ModelFiles.Input, in context: RunContext) async throws -> FileSet {
        var risk = "cell,risk\n"
        for (cell, value) in input.surface.risk.enumerated() { risk += "\(cell),\(value)\n" }
        return FileSet(files: [
          ResultFile(
            path: "models/{{name}}/risk.csv", bytes: Array(risk.utf8),
            columns: [
              ColumnNote("cell", unit: "bin", "Index of the cell, row-major."),
              ColumnNote("risk", unit: "fraction", "Predicted risk."),
            ]),
          ResultFile(path: "models/{{name}}/exposure.txt", bytes: Array("\(input.exposure.ratio)\n".utf8)),
        ])
      }
    }

    """#)

  static let inferRejects = StageTemplate(
    "infer-rejects",
    #"""
    /// Rejected applications are riskier than booked ones by one factor in every cell.
    struct {{Stage}}: Stage {
      typealias Kind = InferRejects
      static let name = "{{name}}"
      static let summary = "Raises the risk of rejected applications by one factor."

      struct Config: StageConfig {
        var factor = 1.5
        static let fields: [Field<Self>] = [
          .double("factor", \.factor, in: 1...10, "Risk of a rejected application relative to a booked one.")
        ]
      }
      let config: Config

      func run(_ input: InferRejects.Input, in context: RunContext) async throws -> RejectAdjustment {
        let cells = input.sample.grid.cellCount
        context.note("all \(cells) cells are raised by \(config.factor)")
        return RejectAdjustment(
          method: Self.name, multiplier: [Double](repeating: config.factor, count: cells), cappedCells: 0)
      }
    }

    """#)
}
