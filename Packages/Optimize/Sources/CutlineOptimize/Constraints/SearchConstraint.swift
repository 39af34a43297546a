internal import CutlineCore
internal import CutlineCredit

/// What strategists ask of a strategy besides its risk.
enum SearchConstraint: CaseIterable {
  case pins, productionFloor, swapInProduction, swapInRisk, changes, nesting
}

/// The constraints of a search, as they are configured. Every search takes all keys; one that cannot honour a constraint
/// refuses its keys with the reason.
struct ConstraintConfig: StageConfig {
  enum Nesting: String, CaseIterable, Sendable {
    case none
    /// The most careful limit first; every bolder strategy accepts all that it accepts.
    case bottomUp = "bottom-up"
    /// The boldest first; every more careful strategy accepts nothing else.
    case topDown = "top-down"
    /// The middle one first, then outwards.
    case middleOut = "middle-out"
    /// All at once, so that their productions have the greatest sum.
    case joint
  }

  var pins: [PinnedCell] = []
  var productionFloor = 0.0
  var swapInProductionLimit: Double?
  var swapInRiskLimit: Double?
  var changesLimit: Int?
  var currentCutoffs: [Int] = []
  var nesting = Nesting.none

  static let fields: [Field<Self>] = SearchConstraint.allCases.flatMap(fields)

  /// The keys of one constraint.
  static func fields(_ constraint: SearchConstraint) -> [Field<Self>] {
    switch constraint {
    case .pins: [pinField]
    case .productionFloor:
      [
        .double(
          "production_floor", \.productionFloor, in: 0...9e13, unit: "currency, of the period",
          "Strategies with less production are left out; 0 = none.")
      ]
    case .swapInProduction:
      [
        .optionalDouble(
          "swap_in_production_limit", \.swapInProductionLimit, in: 0...9e13, unit: "currency, of the period",
          "Most production that a strategy may take in from rejected applications.")
      ]
    case .swapInRisk:
      [
        .optionalDouble(
          "swap_in_risk_limit", \.swapInRiskLimit, in: 0...1e6, unit: "percent",
          "Greatest predicted risk of all that a strategy takes in from rejected applications.")
      ]
    case .changes:
      [
        .optionalInt(
          "changes_limit", \.changesLimit, in: 0...1_000_000_000, unit: "cells",
          "Most cells whose decision differs from the current strategy; needs current_cutoffs."),
        .ints(
          "current_cutoffs", \.currentCutoffs, in: 0...1_000_000,
          "The strategy in force: the cutoff of every bin of the first variable (with more of them of every combination, "
            + "in order), 0 where nothing is accepted."),
      ]
    case .nesting:
      [
        .choice(
          "nesting", \.nesting,
          "Whether a bolder limit's strategy must accept all that a more careful one accepts, and which is found first."
        )
      ]
    }
  }

  /// The fields of a search that honours some constraints.
  ///
  /// - Parameters:
  ///   - path: where the search's configuration holds this one.
  ///   - reason: why the others cannot be honoured.
  ///   - advice: what honours them.
  static func fields<Root>(
    at path: Field<Root>.Path<ConstraintConfig>, honoured: Set<SearchConstraint>, reason: String, advice: String
  ) -> [Field<Root>] {
    SearchConstraint.allCases.flatMap { constraint in
      fields(constraint).map {
        honoured.contains(constraint)
          ? $0.lifted(path) : .notHonoured($0.key, because: reason, instead: advice)
      }
    }
  }

  /// The constraints that are set, each as its lines of TOML.
  var imposed: [[String]] {
    SearchConstraint.allCases.compactMap { constraint in
      let (own, plain) = (Self.fields(constraint), Self())
      let set = own.filter { $0.value(in: self) != $0.value(in: plain) }
      return set.isEmpty ? nil : set.map { "\($0.key) = \($0.value(in: self))" }
    }
  }

  func validate(at places: FieldPlaces) throws {
    if changesLimit != nil, currentCutoffs.isEmpty {
      throw Faults.usage(
        places["changes_limit"], "changes_limit counts changes against current_cutoffs, which is not set",
        "Give the cutoff of every bin of the first variable (0 = nothing accepted).")
    }
    if changesLimit == nil, !currentCutoffs.isEmpty {
      throw Faults.usage(
        places["current_cutoffs"], "current_cutoffs has no effect without changes_limit", "Set both, or none.")
    }
  }

  private static let pinField = Field<Self>.custom(
    "pins", allowed: "a list of texts like \"3,7=accept\" or \"3,7=reject\"",
    "Cells that every strategy accepts or rejects, by their bin numbers.",
    refused: [.integer(1), .array([ConfigValue(.string("3,7"), at: .default)])], form: .list(of: .text, atLeast: 0),
    show: { "[" + $0.pins.map { "\"\($0.text)\"" }.joined(separator: ", ") + "]" },
    read: { config, value in
      guard let items = value.array else {
        throw Field<Self>.refusal("pins", value, "a list of texts like \"3,7=accept\"")
      }
      config.pins = try items.map { item in
        guard let pin = item.string.flatMap(PinnedCell.init) else {
          throw Field<Self>.refusal("pins", item, "a text like \"3,7=accept\" or \"3,7=reject\"")
        }
        return pin
      }
    })
}
