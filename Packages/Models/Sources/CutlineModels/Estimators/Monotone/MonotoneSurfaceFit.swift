internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// The best surface that is monotone in every feature, over the cells that the distinct values of the features make.
///
/// Minimises `Σ wᵢ (yᵢ − g(xᵢ))²` over all g that never fall from a point to one that is not below it in any feature (features
/// with direction −1 turned round), exactly; see `OrderedMeans`. By Barlow and Brunk's theorem the same g minimises every
/// Bregman divergence `Σ wᵢ D(yᵢ, g(xᵢ))`, such as the Bernoulli, Poisson or gamma deviance with these weights.
///
/// The model is constant within cells whose edges lie in the middle between neighbouring values of a feature. A cell without
/// data gets the middle between the greatest value below it and the least above it, the least and greatest of all standing in
/// where there is none; outside, the nearest cell's value holds. So the model is monotone everywhere.
///
/// - Throws: `Faults` (data) where a feature has no direction, or there are more than 2²⁰ cells; `Faults` (usage) where the
///   design has an offset or a setting names no feature.
/// - Complexity: a maximum flow over the cells for each level of splits: seconds for some 10,000 cells.
///
/// Source: R. E. Barlow, H. D. Brunk, *The isotonic regression problem and its dual*, JASA 67 (1972).
struct MonotoneSurfaceFit: Stage {
  typealias Kind = Fit
  static let name = "monotone-surface"
  static let summary = "The exact least-squares surface that is monotone along the directions of its features."

  struct Config: StageConfig {
    var rising: [String] = []
    var falling: [String] = []

    static let fields: [Field<Self>] = [
      .texts(
        "rising", \.rising, "Features with which the target may only rise, beside those that the design declares."),
      .texts(
        "falling", \.falling, "Features with which the target may only fall, beside those that the design declares."),
    ]
  }
  let config: Config

  func run(_ input: Fit.Input, in context: RunContext) async throws -> Model {
    let data = try FitData(input.design, for: Self.name)
    guard !data.hasOffset else {
      throw Faults.usage("fit \(Self.name)", "the design has an offset, which it does not take", "Leave it out.")
    }
    let directions = try directions(data)
    let greatest = data.target.reduce(0) { max($0, $1.magnitude) }
    let unit = greatest > 0 ? FitData.power(of: -greatest.exponent) : 1
    guard !data.names.isEmpty else {
      let mean = data.mean(of: data.target.map { $0 * unit }) / unit
      return try Model(
        Self.name, data, unit: input.design.targetUnit, form: .linear(intercept: mean, coefficients: []))
    }
    let cells = try OrderedCells(data.columns, rising: directions.map { $0 > 0 }, for: Self.name)
    var weight = [Double](repeating: 0, count: cells.count)
    var mean = weight
    for (row, cell) in cells.cells(data.columns).enumerated() {
      weight[cell] += data.weights[row]
      mean[cell] += (data.target[row] * unit - mean[cell]) * (data.weights[row] / weight[cell])
    }
    let values = try OrderedMeans(cells: cells, weight: weight, mean: mean).solve { try context.checkCancellation() }
    let form = try cells.form(cells.filled(values).map { $0 / unit })
    return try Model(Self.name, data, unit: input.design.targetUnit, form: form)
  }

  /// Per feature ±1.
  private func directions(_ data: FitData) throws -> [Int] {
    var directions = data.directions.isEmpty ? [Int](repeating: 0, count: data.names.count) : data.directions
    for (names, sign) in [(config.rising, 1), (config.falling, -1)] {
      for name in names {
        let place = try OneFeature.place(name, among: data.names, for: Self.name)
        guard directions[place] != -sign else {
          throw Faults.usage(
            "fit \(Self.name)", "the feature \(name) is rising and falling",
            "State it once, as the design declares it.")
        }
        directions[place] = sign
      }
    }
    let open = directions.indices.filter { directions[$0] == 0 }.map { data.names[$0] }
    guard open.isEmpty else {
      throw Faults.data(
        "fit \(Self.name)",
        "nothing is known of the direction of \(open.prefix(5).joined(separator: ", "))\(open.count > 5 ? " and others" : "")",
        "Name each such feature under rising or falling, or leave it out: products of scores have no direction.")
    }
    return directions
  }
}
