internal import CutlineCore
internal import CutlineCredit

/// Compares the applications of the recent period, and of every month, with those of the main period.
enum Stability: ExchangedKind {
  struct Input: Sendable {
    let cube: Cube
    let sample: Sample
    /// For characteristics that are no scores or amounts of the sample.
    let source: SourceTable?
  }
  typealias Output = StabilityReport
  static let name = "stability"
  static let summary = "Compares the applications of the recent period, and of every month, with the main period's."
  static let ports = Ports(
    Input.init, .one("cube", \.cube), .one("sample", \.sample), .optional("source", \.source))

  static func check(_ output: StabilityReport, against input: Input) throws {
    for shift in output.shifts {
      guard shift.bins.reduce(0, { $0 + $1.expected }) == shift.expectedRows,
        shift.bins.reduce(0, { $0 + $1.actual }) == shift.actualRows
      else {
        throw Faults.data("stability, \(shift.variable)", "its bins do not add up to its rows", "Count every row once.")
      }
    }
  }

  static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [
      Input(cube: small.cube, sample: small.sample, source: small.source),
      Input(cube: small.cube, sample: small.sample, source: nil),
    ]
  }
}

/// What has moved, and whether the scores still order risk as they are declared to.
struct StabilityReport: StoredArtifact {
  static let typeName = "stability report"

  enum State: String, Sendable, Codable {
    /// No dates of a recent period are set.
    case notAskedFor = "not asked for"
    /// It holds no application.
    case empty
    case compared
  }

  /// The requirement's bands.
  enum Band: String, Sendable, Codable {
    case stable, moderate, unstable
    /// One of the two periods holds too few for it to mean anything: `fewest` of `StabilityConfig`.
    case notEnough = "not enough"
  }

  enum Role: String, Sendable, Codable { case score, amount, characteristic, overall }

  struct Bin: Sendable, Codable, Hashable {
    /// An interval, a category, `missing`.
    let label: String
    let expected, actual: Int64
    /// Its part of the PSI; nil without one, and where its rows are pooled with those of other rare bins.
    let term: Double?
    /// A category that the main period does not have.
    let isNew: Bool
    /// How many categories stand together in it without their words; nil for one bin of its own.
    let categories: Int?

    /// Without the words that too few applications share: known ones stand together in one line, new ones in another.
    static func kept(_ bins: [Bin]) -> [Bin] {
      func isShared(_ bin: Bin) -> Bool { Vocabulary.isShared(by: Int(bin.expected + bin.actual)) }
      var kept = bins.filter(isShared)
      for isNew in [false, true] {
        let others = bins.filter { !isShared($0) && $0.isNew == isNew }
        guard !others.isEmpty else { continue }
        let terms = others.compactMap(\.term)
        kept.append(
          Bin(
            label: "other \(isNew ? "new " : "")values: \(others.count)",
            expected: others.reduce(0) { $0 + $1.expected }, actual: others.reduce(0) { $0 + $1.actual },
            term: terms.isEmpty ? nil : terms.reduce(0, +), isNew: isNew, categories: others.count))
      }
      return kept
    }
  }

  /// One variable, recent against main.
  struct Shift: Sendable, Codable, Hashable {
    let variable: String
    let role: Role
    /// Nil where there are not enough applications.
    let psi: Double?
    /// What PSI stays below by noise alone, at the confidence of the report; and how likely noise is to reach it.
    let bound, p: Double?
    let band: Band
    let expectedRows, actualRows: Int64
    let bins: [Bin]

    /// How many bins hold applications, and how many categories only the recent period has.
    var binCount: Int { bins.reduce(0) { $0 + ($1.categories ?? 1) } }
    var newCategories: Int { bins.reduce(0) { $0 + ($1.isNew && $1.actual > 0 ? $1.categories ?? 1 : 0) } }

    /// Whether it is more than noise.
    var isBeyondNoise: Bool { (psi ?? 0) > (bound ?? .infinity) }
  }

  /// One variable, one month against the main period.
  struct MonthShift: Sendable, Codable, Hashable {
    let variable: String
    let month: Month
    let rows: Int64
    let psi, bound: Double?
    let band: Band
    /// Whether the month is part of the main period, which it is compared with.
    let isInMain: Bool
  }

  /// Whether a score orders outcomes as it is declared to.
  struct Order: Sendable, Codable, Hashable {
    enum Status: String, Sendable, Codable {
      case asDeclared = "as declared"
      /// The area cannot be told from one half.
      case undecided
      case reversed
      case notEnough = "not enough"
    }
    let variable: String
    /// `main`, `recent` or a month.
    let period: String
    let rows, bad: Int64
    /// Area under the curve, above ½ where the declared risky end is riskier; with its standard error.
    let area, standardError: Double?
    let p: Double?
    let status: Status
  }

  /// Two neighbouring bins of which the safer one went worse.
  struct Inversion: Sendable, Codable, Hashable {
    let variable, period: String
    /// From 1.
    let safer, riskier: Int
    let saferRate, riskierRate: Double
    /// One-sided, of all pairs of the variable in the period (Holm).
    let p: Double
  }

  let state: State
  /// `applications` or `booked`.
  let population: String
  let confidence: Double
  let shifts: [Shift]
  let months: [MonthShift]
  let order: [Order]
  let inversions: [Inversion]
}
