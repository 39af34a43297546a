internal import CutlineCore
internal import CutlineCredit

/// The textbook's parcelling: rejects of a score band go bad as the booked of the band do, times a factor. The default of a run.
///
/// All decided applications are put in order of the predicted risk ŷ of their cell and cut into bands of equal count. The
/// band of a cell is ⌊bands · share of applications with a smaller ŷ⌋: cells of one ŷ are never split, and bands may stay
/// empty. In band k, with the exposure-weighted mean ŷ of its rejects,
///
///     risk of its rejects = factor · m Σ T / Σ B of its booked,   multiplier = that / (Σ A ŷ / Σ A of its rejects)
///
/// Few bad ones make a poor rate: the band's ratio R of observed to predicted risk of its booked, R = m Σ T / Σ B ŷ, is drawn
/// towards that of all bands by κ = `prior_bads`, as the mean of a gamma posterior, R* = (ε R + κ R̄) / (ε + κ) with ε the bad
/// ones that the surface expects in the band; the risk is then factor · R* · Σ B ŷ / Σ B. With κ = 0 it is the formula above.
///
/// A band without booked exposure takes the observed risk of the next riskier band that has some, and where there is none
/// of the next safer one. Multipliers are kept within 0...cap; a cell without rejects has 1.
///
/// The factor is a judgement: no outcome of a reject enters. 1 says that rejects are like the booked of their band; 1.2, the
/// default, is what a study of known truth over several ways of selecting says (docs/methods/reject-inference.md).
///
/// - Complexity: O(cells log cells).
///
/// Source: N. Siddiqi, *Intelligent Credit Scoring*, 2nd ed. 2017, ch. 9; A. Ehrhardt, C. Biernacki et al., *Reject inference
/// methods in credit scoring*, J. Appl. Stat. 48 (2021), whose package `scoringTools` has the factor 1 in every band, too.
struct ScoreBandParcelling: Stage {
  typealias Kind = InferRejects
  static let name = "parceling-score-band"
  static let summary = "Gives rejects of a band of predicted risk the observed risk of its booked ones, times a factor."

  struct Config: StageConfig {
    var bands = 10
    var factor = 1.2
    var cap = 3.0
    var priorBads = 10.0
    static let fields: [Field<Self>] = [
      .int("bands", \.bands, in: 1...1000, "Bands of equally many applications by predicted risk."),
      .double("factor", \.factor, in: 0...10, "Risk of the rejects of a band relative to its booked ones."),
      RejectSettings.cap(\.cap),
      .double(
        "prior_bads", \.priorBads, in: 0...1_000_000, unit: "bad applications",
        "Weight of the ratio of observed to predicted risk of all bands in that of a band; 0 takes each as it is."),
    ]
  }
  let config: Config

  func run(_ input: InferRejects.Input, in context: RunContext) async throws -> RejectAdjustment {
    let cells = try RejectCells(input.cube, input.surface)
    let band = self.bands(of: cells)
    var sums = [Sums](repeating: Sums(), count: config.bands)
    for cell in 0..<cells.count {
      sums[band[cell]].numerator += cells.numerator[cell]
      sums[band[cell]].denominator += cells.denominator[cell]
      sums[band[cell]].expected += cells.denominator[cell] * cells.risk[cell] / cells.multiplier
      sums[band[cell]].requested += cells.requested[cell]
      sums[band[cell]].predicted += cells.requested[cell] * cells.risk[cell]
    }
    guard sums.contains(where: { $0.denominator > 0 }) else {
      return .nothing(
        Self.name, cells: cells.count, because: "no booked application has an outcome and an exposure", in: context)
    }
    let event = cells.meanBad
    let expected = sums.reduce(0) { $0 + $1.expected }
    let overall = expected > 0 ? sums.reduce(0) { $0 + $1.numerator } / expected : 1
    let observed = sums.indices.map { band -> Double in
      let known =
        (band..<sums.count).first { sums[$0].denominator > 0 }
        ?? (0..<band).last { sums[$0].denominator > 0 }
      return known.map { cells.multiplier * numerator(sums[$0], overall, event) / sums[$0].denominator } ?? 0
    }
    say(sums, observed, in: context)
    let raw = (0..<cells.count).map { cell -> Double? in
      let own = sums[band[cell]]
      guard cells.rejected[cell] > 0, own.predicted > 0 else { return nil }
      return config.factor * observed[band[cell]] / (own.predicted / own.requested)
    }
    return RejectAdjustment(method: Self.name, raw, within: 0...config.cap, in: context)
  }

  private struct Sums {
    var numerator = 0.0, denominator = 0.0, requested = 0.0, predicted = 0.0
    /// Numerator that the surface expects of the booked.
    var expected = 0.0
  }

  /// What the band's numerator is taken to be, with the prior's part: R* times the expected one.
  private func numerator(_ sums: Sums, _ overall: Double, _ event: Double?) -> Double {
    guard config.priorBads > 0, sums.expected > 0, let event, event > 0 else { return sums.numerator }
    let bads = sums.expected / event
    return (sums.numerator / event + config.priorBads * overall) / (bads + config.priorBads) * sums.expected
  }

  /// Per cell its band, 0 the safest.
  private func bands(of cells: RejectCells) -> [Int] {
    let order = (0..<cells.count).sorted { (cells.risk[$0], $0) < (cells.risk[$1], $1) }
    let all = (0..<cells.count).reduce(0.0) { $0 + cells.decided($1) }
    var band = [Int](repeating: 0, count: cells.count)
    var (before, ofEqual, last) = (0.0, 0.0, -Double.infinity)
    for cell in order {
      if cells.risk[cell] > last {
        before += ofEqual
        (ofEqual, last) = (0, cells.risk[cell])
      }
      // Counts are whole numbers: their products are exact.
      band[cell] = all > 0 ? min(config.bands - 1, Int(Double(config.bands) * before / all)) : 0
      ofEqual += cells.decided(cell)
    }
    return band
  }

  private func say(_ sums: [Sums], _ observed: [Double], in context: RunContext) {
    let lent = sums.count { $0.requested > 0 && $0.denominator <= 0 }
    if lent > 0 {
      context.note(
        "\(lent) bands hold rejects and no booked exposure; they take the risk of the next riskier band that has some, or where none has of the next safer one"
      )
    }
    let safe = sums.indices.count { sums[$0].requested > 0 && observed[$0] <= 0 }
    if safe > 0 {
      context.warn("in \(safe) bands no booked application went bad: their rejects are predicted without any risk")
    }
  }
}
