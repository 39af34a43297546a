internal import CutlineCore
internal import CutlineCredit

/// What an accepted application is worth, as rates of the sums of its cell.
///
/// ```toml
/// [preprocessing.value]
/// margin_pct = 9.5                 # of production; or a list, one for each bin of the first variable
/// funding_pct = 3.0                # of production
/// loss_given_default_pct = 60.0    # of todu_30ever_h6, the balance that went bad
/// acquisition_cost = 120.0         # per account
/// ```
///
///     value = (margin − funding) · oa_amt_h0 − loss given default · todu_30ever_h6 − acquisition cost · accounts
///
/// of booked applications and of swap-ins apart, each rounded once (half to even) to the scale of the amounts.
struct ValueRates: Sendable {
  /// Fractions of production, one for all or one a bin of the first variable.
  private(set) var margin: [Double] = []
  private var funding = 0.0
  private var loss = 0.0
  /// Currency per account.
  private var acquisition = 0.0

  private static let keys = ["margin_pct", "funding_pct", "loss_given_default_pct", "acquisition_cost"]
  static let allowed =
    "a table like { margin_pct = 9.5, funding_pct = 3.0, loss_given_default_pct = 60.0, acquisition_cost = 120.0 }"

  init(_ value: ConfigValue) throws {
    guard let table = value.table else { throw Field<ValueConfig>.refusal("value", value, Self.allowed) }
    for entry in table.entries {
      guard Self.keys.contains(entry.key) else {
        throw Faults.usage(
          entry.place, "value has no key \(entry.key)\(DidYouMean.phrase(for: entry.key, among: Self.keys))",
          "Its keys are \(Self.keys.joined(separator: ", ")).")
      }
      let numbers = (entry.key == "margin_pct" ? entry.value.array : nil)?.map(\.number) ?? [entry.value.number]
      let range = entry.key == "acquisition_cost" ? 0...1e9 : -1000...1000
      guard !numbers.isEmpty, numbers.allSatisfy({ $0.map(range.contains) ?? false }) else {
        throw Field<ValueConfig>.refusal(
          "value.\(entry.key)", entry.value,
          entry.key == "margin_pct"
            ? "percent from -1000 to 1000, or a list of them"
            : "a number from \(range.lowerBound) to \(range.upperBound)")
      }
      let known = numbers.compactMap { $0 }
      switch entry.key {
      case "margin_pct": margin = known.map { $0 / 100 }
      case "funding_pct": funding = known[0] / 100
      case "loss_given_default_pct": loss = known[0] / 100
      default: acquisition = known[0]
      }
    }
    guard !margin.isEmpty else {
      throw Faults.usage(
        value.place, "value has no margin_pct, and nothing earns", "Give the margin in percent of production.")
    }
  }

  var toml: String {
    let margins = margin.map { ConfigValue.number($0 * 100) }
    let list = margins.count == 1 ? margins[0] : "[\(margins.joined(separator: ", "))]"
    return
      "{ margin_pct = \(list), funding_pct = \(ConfigValue.number(funding * 100)), loss_given_default_pct = \(ConfigValue.number(loss * 100)), acquisition_cost = \(ConfigValue.number(acquisition)) }"
  }

  /// The cells with their value as production.
  /// - Throws: `Faults` (usage) for a list of margins that does not fit the first variable, or values too large to add up.
  func table(of cells: CellTable) throws -> CellTable {
    let grid = cells.grid
    let first = grid.axes.first
    guard margin.count == 1 || margin.count == first?.binCount else {
      throw Faults.usage(
        "value.margin_pct",
        "has \(margin.count) margins for \(first?.binCount ?? 0) bins of \(first?.name ?? "no variable")",
        "Give one, or one for each bin in order.")
    }
    func valued(_ sums: [CellSums]) throws -> [CellSums] {
      try sums.enumerated().map { cell, sums in
        let margin = margin.count == 1 ? margin[0] : margin[grid.bins(cell)[0]]
        // In this order the plain production comes out as it is where nothing but a margin of 100 % is stated.
        let value =
          (margin - funding) * Double(sums.production) - loss * Double(sums.numerator)
          - acquisition * Double(sums.accounts)
        guard let whole = Int64(exactly: value.rounded(.toNearestOrEven)), abs(whole) < 1 << 53 else {
          throw Faults.usage("value", "makes amounts too large to add up", "Give smaller rates.")
        }
        var own = sums
        own.production = whole
        return own
      }
    }
    var table = CellTable(
      grid: grid, measure: cells.measure, booked: try valued(cells.booked), rejected: cells.rejected,
      rejectedRows: cells.rejectedRows, swapIn: try valued(cells.swapIn), predictedRisk: cells.predictedRisk,
      rejectMultiplier: cells.rejectMultiplier, exposureRatio: cells.exposureRatio, basis: cells.basis,
      scale: cells.scale)
    table.rates = cells.rates
    return table
  }
}
