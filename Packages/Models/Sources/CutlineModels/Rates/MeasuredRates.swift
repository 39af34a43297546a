internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

struct RatesConfig: StageConfig {
  var windowMonths = 12

  static let fields: [Field<Self>] = [
    .shared(
      .int(
        "n_months", \.windowMonths, in: 1...600, unit: "months",
        "Window of the rates of swap-ins, ending with the main period."))
  ]
}

/// Three rates, each measured on who met it, over the `n_months` months that end with the main period.
///
/// With B, C and O the requested amounts of booked, cancelled and other-rejected applications (of any place in the grid or
/// outside it), and of the last O′ those that `eligible` calls an offer:
///
///     pass    = (B + C + O′) / (B + C + O)      an offer that was not taken has passed
///     takeUp  = B / (B + C + O′)                 1, and said so, where the file has no offer that was not taken
///     granted = Σ booked amount / Σ requested amount of booked applications
///
/// so that pass · takeUp = B / (B + C + O), wherever the file draws the line between them. Where `eligible` is all, O′ = 0.
///
/// Intervals are of 95 %, with months as clusters: for a ratio r = ΣY / ΣX over M months,
/// se² = M / (M − 1) · Σ (Y_m − r X_m)² / (ΣX)², and r ± t(M − 1) · se, cut to 0...1 where no rate can leave it; none for one
/// month. They say how much the rate moved, not how well it carries over: all three are measured on applications that
/// passed the score, and are taken to hold for those that did not.
///
/// O(months × cells).
struct MeasuredRates: Stage {
  typealias Kind = Rates
  static let name = "measured"
  static let summary = "What other rules let pass, what of the offers is taken, what of a request is granted."
  let config: RatesConfig

  func run(_ input: Rates.Input, in context: RunContext) async throws -> SwapInRates {
    let window = try Window(input.cube, months: config.windowMonths)
    let requested = Measure(.requested)
    func sums(_ measure: Measure, _ states: [ApplicationState]) throws -> [Int64] {
      try window.sums(of: measure, states)
    }
    let booked = try sums(requested, ApplicationState.booked)
    let cancelled = try sums(requested, [.cancelled])
    let other = try sums(requested, [.otherRejected])
    let namesOffers = try namesOffers(window, booked, context)
    let offered = try namesOffers ? sums(.eligible, [.otherRejected]) : other.map { _ in 0 }
    guard booked.contains(where: { $0 > 0 }) else {
      throw Faults.data(
        "rates", "nobody was offered anything: no booked application from \(window.phrase) asks for an amount",
        "Check \(Amount.requested), the period and n_months, or choose use = \"stated\".")
    }
    let offers = (0..<booked.count).map { booked[$0] + cancelled[$0] + offered[$0] }
    let all = (0..<booked.count).map { booked[$0] + cancelled[$0] + other[$0] }
    let rows = try [ApplicationState.booked, [.cancelled], [.otherRejected]].map { states in
      try sums(.rows, states).reduce(0, +)
    }
    let pass = ClusteredRatio(offers, all).rate(
      most: 1, rows: rows.reduce(0, +),
      basis: "requested amount of offers / of booked, cancelled and otherwise rejected applications")
    var takeUp = ClusteredRatio(booked, offers).rate(
      most: 1, rows: offered.contains { $0 != 0 } ? 0 : rows[0] + rows[1],
      basis: "requested amount of booked applications / of offers")
    if booked == offers {
      takeUp = .init(
        value: 1, low: nil, high: nil, numerator: 0, denominator: 0, rows: 0,
        basis: "assumed: the file has no offer that was not taken")
      context.note(
        "take-up is taken as 1: the file has no offer that was not taken (cancelled, or eligible and not booked)")
    }
    let granted = ClusteredRatio(try sums(Measure(.production), ApplicationState.booked), booked).rate(
      most: .infinity, rows: rows[0], basis: "booked amount / requested amount of booked applications")
    if granted.value > 1 {
      context.warn(
        "booked applications were granted \(granted.value) times what they asked for: check \(word: Amount.production.name) and \(word: Amount.requested.name)"
      )
    }
    if window.months.count < config.windowMonths {
      context.warn(
        "the window of the rates of \(config.windowMonths) months holds data in \(window.months.count) of them")
    }
    return SwapInRates(
      method: Self.name, pass: pass, takeUp: takeUp, granted: granted, firstMonth: window.months.first,
      lastMonth: window.months.last)
  }

  /// Whether `eligible` tells offers from others: it names more than nothing and less than everything, and most of those who
  /// were booked, as all of them had an offer.
  private func namesOffers(_ window: Window, _ booked: [Int64], _ context: RunContext) throws -> Bool {
    let states = ApplicationState.all
    guard try window.sums(of: .eligible, states) != window.sums(of: Measure(.requested), states) else { return false }
    func total(_ sums: [Int64]) -> Double { sums.reduce(0) { $0 + Double($1) } }
    let share = total(try window.sums(of: .eligible, ApplicationState.booked)) / max(1, total(booked))
    guard share < 0.5 else { return true }
    context.warn(
      "eligible names \(word: NumberText.fixed(100 * share, 1)) % of what was booked: it cannot say which applications had an offer, and is not asked"
    )
    return false
  }
}

/// The requirement's one rate, for all that a swap-in brings: Σ requested amount of eligible booked applications / of
/// eligible ones, as the sample states it. With `eligible = "all"` it is a rate of approval and take-up together, which
/// takes the score's own refusals for a loss.
struct TransformationRates: Stage {
  typealias Kind = Rates
  static let name = SwapInRates.transformation
  static let summary = "The one transformation rate of the sample, for every quantity."
  init(config: NoConfig) {}

  func run(_ input: Rates.Input, in context: RunContext) async throws -> SwapInRates {
    return try SwapInRates(transformationOf: input.cube.summary)
  }
}

struct StatedRatesConfig: StageConfig {
  var pass = 1.0
  var takeUp = 1.0
  var granted = 1.0

  static let fields: [Field<Self>] = [
    .double("pass", \.pass, in: 0...1, unit: "share", "What other rules than the score let pass."),
    .double("take_up", \.takeUp, in: 0...1, unit: "share", "What of the offers is taken."),
    .double("granted", \.granted, in: 0...10, unit: "share", "What is booked of a requested amount."),
  ]
}

/// Rates that somebody states, for files that cannot show them.
struct StatedRates: Stage {
  typealias Kind = Rates
  static let name = "stated"
  static let summary = "Rates that the configuration states."
  let config: StatedRatesConfig

  func run(_ input: Rates.Input, in context: RunContext) async throws -> SwapInRates {
    func stated(_ value: Double) -> SwapInRates.Rate {
      .init(value: value, low: nil, high: nil, numerator: 0, denominator: 0, rows: 0, basis: "stated")
    }
    context.note("rates as stated: pass \(config.pass), take-up \(config.takeUp), granted \(config.granted)")
    return SwapInRates(
      method: Self.name, pass: stated(config.pass), takeUp: stated(config.takeUp), granted: stated(config.granted),
      firstMonth: nil, lastMonth: nil)
  }
}

/// The months of a cube that end with its main period.
private struct Window {
  let months: [Month]
  private let cube: Cube
  private let places: [Int]

  /// - Throws: `Faults` (data) where none of them holds applications.
  init(_ cube: Cube, months count: Int) throws {
    self.cube = cube
    let end = CalendarDate(iso: cube.summary.basis.periodEnd).map(Month.init) ?? cube.months.last
    places = cube.months.indices.filter { place in
      end.map { cube.months[place] <= $0 && $0 - cube.months[place] < count } ?? false
    }
    months = places.map { cube.months[$0] }
    guard !months.isEmpty else {
      throw Faults.data("rates", "no month of the window holds applications", "Check n_months and the period.")
    }
  }

  var phrase: String { "\(months.first?.iso ?? "?") to \(months.last?.iso ?? "?")" }

  /// Per month: Σ of a measure over all cells, those outside the grid too.
  /// - Throws: `Faults` (data) when a sum is not an Int64.
  func sums(of measure: Measure, _ states: [ApplicationState]) throws -> [Int64] {
    let sums = try cube.sumsByMonth(of: measure, states)
    return try places.map { place in
      guard let sum = Int64(exactly: sums[place].reduce(Int128(0)) { $0 + Int128($1) }) else {
        throw Faults.data(
          "column \(measure.column)", "its sum of a month does not fit in 64 bits", "State it in a larger unit.")
      }
      return sum
    }
  }
}
