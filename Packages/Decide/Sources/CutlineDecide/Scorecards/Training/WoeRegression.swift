internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// A logistic regression on weights of evidence by an estimator that a setting names, with standard errors.
///
/// Standard errors are from the inverse information Σ w p (1 − p) x xᵀ at the solution, and hold without a penalty only; z and p
/// are of a coefficient of 0.
struct WoeRegression: Stage {
  typealias Kind = CardModels
  static let name = "woe-logistic"
  static let summary = "A logistic regression on weights of evidence, with standard errors."

  struct Config: StageConfig {
    var estimator = Chosen<Fit>("logistic")
    static let fields: [Field<Self>] = [
      .stage("estimator", \.estimator, "What fits it; it must give a linear model of log-odds.")
    ]
  }
  let config: Config

  func run(_ input: CardModels.Input, in context: RunContext) async throws -> CardModel {
    let (table, binning) = (input.table, input.binning)
    let rows = (0..<table.rowCount).filter { !table.isTest[$0] }
    let places = try binning.variables.map { variable in
      guard let place = table.variables.firstIndex(where: { $0.name == variable.name }) else {
        throw Faults.data("variable \(variable.name)", "is not in the training table", "Use the binning of this table.")
      }
      return place
    }
    let columns = try zip(binning.variables, places).map { variable, place in
      let bins = try variable.bins.bins(table.columns[place], of: variable.name)
      return rows.map { variable.woe[bins[$0]] }
    }
    let target = rows.map { table.isBad[$0] ? 1.0 : 0 }
    let design = Design(
      features: binning.variables.map(\.name), columns: columns, target: target, targetUnit: "fraction",
      weights: rows.map { _ in 1 })
    let model = try await config.estimator(Fit.Input(design: design), in: context.inner(.cardModel, 0))
    guard case .linear(let form) = model.form, form.link == .logit else {
      throw Faults.usage(
        "estimator", "\(config.estimator.title) gives no linear model of log-odds",
        "Use logistic, or another one whose form is linear with the link logit.")
    }
    let (intercept, coefficients) = (form.intercept, form.coefficients)
    let isPenalised = config.estimator.parameters.contains {
      ["alpha", "l2", "lambda"].contains($0.key) && $0.value > 0
    }
    let information = Information(columns, intercept: intercept, coefficients: coefficients, target: target)
    let errors = isPenalised ? nil : information.standardErrors
    return CardModel(
      estimator: config.estimator.title, intercept: intercept,
      terms: zip(binning.variables, coefficients).enumerated().map { index, term in
        let error = errors?[index + 1]
        let z = error.map { term.1 / $0 }
        return CardModel.Term(
          variable: term.0.name, coefficient: term.1, standardError: error, z: z, p: z.map(Normal.twoSided))
      }, logLikelihood: information.logLikelihood, nullLogLikelihood: information.nullLogLikelihood)
  }
}

/// What a logistic regression knows of its coefficients.
struct Information {
  private(set) var logLikelihood = 0.0
  let nullLogLikelihood: Double
  /// (p + 1) × (p + 1), the constant first.
  private var matrix: [[Double]]

  init(_ columns: [[Double]], intercept: Double, coefficients: [Double], target: [Double]) {
    let size = columns.count + 1
    var matrix = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
    var x = [Double](repeating: 1, count: size)
    for row in target.indices {
      var sum = intercept
      for (place, column) in columns.enumerated() {
        x[place + 1] = column[row]
        sum += coefficients[place] * column[row]
      }
      let p = Link.logit.mean(of: sum)
      logLikelihood += target[row] == 1 ? Self.log(p) : Self.log(1 - p)
      let weight = p * (1 - p)
      for i in 0..<size { for j in 0...i { matrix[i][j] += weight * x[i] * x[j] } }
    }
    for i in 0..<size { for j in 0..<i { matrix[j][i] = matrix[i][j] } }
    self.matrix = matrix
    let bad = target.reduce(0, +)
    let (all, rate) = (Double(target.count), bad / Double(target.count))
    nullLogLikelihood = bad * Self.log(rate) + (all - bad) * Self.log(1 - rate)
  }

  private static func log(_ value: Double) -> Double { value > 0 ? Link.log.sum(of: value) : -745 }

  /// √ of the diagonal of the inverse; nil where it is singular. Gauss and Jordan, with pivots.
  var standardErrors: [Double]? {
    var (left, right) = (matrix, matrix.indices.map { row in matrix.indices.map { $0 == row ? 1.0 : 0 } })
    let largest = matrix.indices.map { matrix[$0][$0] }.max() ?? 0
    for column in left.indices {
      guard let pivot = (column..<left.count).max(by: { left[$0][column].magnitude < left[$1][column].magnitude }),
        left[pivot][column].magnitude > 1e-12 * largest
      else { return nil }
      left.swapAt(column, pivot)
      right.swapAt(column, pivot)
      let scale = 1 / left[column][column]
      for place in left.indices {
        left[column][place] *= scale
        right[column][place] *= scale
      }
      for row in left.indices where row != column {
        let factor = left[row][column]
        guard factor != 0 else { continue }
        for place in left.indices {
          left[row][place] -= factor * left[column][place]
          right[row][place] -= factor * right[column][place]
        }
      }
    }
    return right.indices.map { max(0, right[$0][$0]).squareRoot() }
  }
}
