internal import CutlineCore
public import CutlineRules

/// Which rules or which model a policy means.
public enum PolicyReference: Sendable, Hashable {
  /// A table that comes with the program.
  case builtIn(String)
  case file(String)
  /// A version of the store, with the digest of its content where it is said.
  case version(String, sha256: String?)
}

/// Where the parts of a policy come from: the program, files, a store.
public protocol PolicyParts {
  /// - Throws: `Faults` or a refusal where there is none, or it has another digest.
  func rules(_ reference: PolicyReference) throws -> (table: RuleTable, sha256: String)
  /// - Parameter recipe: a file with the recipe of a model that brings none.
  func model(_ reference: PolicyReference, recipe: String?) throws -> (model: ScoringModel, sha256: String)
}

/// A policy that has been looked at: every part is there and fits, every number was read once.
public struct DecisionPolicy: Sendable {
  /// A model of the path.
  public struct Step: Sendable {
    public enum Source: Sendable {
      /// A probability that was computed elsewhere.
      case column(String)
      case model(ScoringModel, sha256: String)
    }
    /// For people, by language; `en` is always there.
    public let names: [String: String]
    public let source: Source
    public let zone: GreyZone

    /// In a language, or in English.
    public func name(_ language: String?) -> String { names[language ?? "en"] ?? names["en"] ?? "" }
    public var sha256: String? { if case .model(_, let sha256) = source { sha256 } else { nil } }
  }

  public let sheet: PolicySheet
  public let name: String
  public let rules: RuleTable
  public let rulesSHA256: String
  /// The first model, and the second where there is one.
  public let steps: [Step]
  /// Whether every model is evaluated where the first is; the decision is the same.
  public private(set) var evaluatesAlways: Bool
  /// Whether probabilities that nobody has calibrated are taken as they are.
  public let isRaw: Bool
  /// What somebody should know: sides that never decide, probabilities that are raw.
  public let notes: [String]

  /// What rules may say, and no more.
  static let outcomes = ["decline", RuleTable.manual, "approve", RuleTable.pass]

  /// - Throws: `Faults` (usage) with all mistakes, each with its place; what `parts` throws.
  public init(_ sheet: PolicySheet, _ parts: some PolicyParts) throws {
    var reading = Reading()
    func choice(_ text: PolicySheet.Text, _ names: [String], _ what: String) {
      guard !names.contains(text.text) else { return }
      reading.add(
        Faults.usage(
          text.place, "\(what) is \"\(text.text.prefix(40))\"\(DidYouMean.phrase(for: text.text, among: names))",
          "It may be \(names.joined(separator: " or "))."))
    }
    if sheet.name.text.isEmpty || sheet.name.text.count > 100 {
      reading.add(Faults.usage(sheet.name.place, "the name is empty or long", "Give up to 100 characters."))
    }
    choice(sheet.evaluate, ["needed", "always"], "evaluate")
    choice(sheet.probability, ["calibrated", "raw"], "probability")
    let isRaw = sheet.probability.text == "raw"
    let found = try reading.attempt { try Self.rules(sheet, parts) }
    var steps: [Step] = []
    for (key, own) in [("first", sheet.first), ("second", sheet.second)] {
      guard let own else { continue }
      try reading.attempt { steps.append(try Self.step(own, key, isRaw: isRaw, parts)) }
    }
    if sheet.first == nil {
      reading.add(Faults.usage(sheet.place, "the policy has no first model", "Write [first]."))
    }
    try reading.finish()
    guard let found else { throw Faults.usage(sheet.place, "the policy has no rules", "Write [rules].") }
    var notes: [String] = []
    for (key, step) in zip(["first", "second"], steps) {
      for side in step.zone.silentSides {
        notes.append(
          side == .approve
            ? "\(key) never approves: its lower end \(step.zone.lower) lies below 0"
            : "\(key) never declines: its upper end \(step.zone.upper) lies above 1")
      }
    }
    if isRaw {
      notes.append("probabilities are taken raw: a threshold means nothing unless they are of the population")
    }
    if steps.count == 1 { notes.append("there is no second model: whom the first leaves open goes to people") }
    self.sheet = sheet
    (name, rules, rulesSHA256, self.steps) = (sheet.name.text, found.table, found.sha256, steps)
    (evaluatesAlways, self.isRaw, self.notes) = (sheet.evaluate.text == "always", isRaw, notes)
  }

  private static func rules(_ sheet: PolicySheet, _ parts: some PolicyParts) throws -> (
    table: RuleTable, sha256: String
  ) {
    let found = try parts.rules(sheet.rules.reference())
    if found.table.hit == .collectSum {
      throw Faults.usage(sheet.rules.place, "the rules add up points, and a policy asks for an outcome", "Use others.")
    }
    let others = found.table.usedOutcomes.filter { !outcomes.contains($0) }
    guard others.isEmpty else {
      throw Faults.usage(
        sheet.rules.place, "the rules have the outcome \(others.joined(separator: ", "))",
        "In a policy it is \(outcomes.joined(separator: ", ")); pass leaves it to the models.")
    }
    return found
  }

  private static func step(_ own: PolicySheet.Step, _ key: String, isRaw: Bool, _ parts: some PolicyParts) throws
    -> Step
  {
    func number(_ text: PolicySheet.Text, _ what: String) throws -> RuleNumber {
      guard let number = RuleNumber(spelled: text.text), text.text.count(where: \.isNumber) <= 30,
        !text.text.contains(where: { "eE".contains($0) })
      else {
        throw Faults.usage(
          text.place, "\(what) \"\(text.text.prefix(40))\" is no decimal of at most 30 digits", "Write it such as 0.35."
        )
      }
      return number
    }
    let zone: GreyZone
    do {
      zone = try GreyZone(
        threshold: number(own.threshold, "threshold"), low: number(own.low, "margin_low"),
        high: number(own.high, "margin_high"))
    } catch let faults as Faults {
      throw faults.location.hasPrefix("threshold") || faults.location.hasPrefix("margin")
        ? Faults.usage(
          own.place == .default ? own.threshold.place : own.place, "\(faults.location) \(faults.problem)",
          faults.advice)
        : faults
    }
    let names = own.names.merging(["en": key == "first" ? "First model" : "Second model"]) { own, _ in own }
    if let column = own.column {
      guard own.model == nil, own.recipe == nil, own.version == nil, own.sha256 == nil else {
        throw Faults.usage(column.place, "\(key) has a column and a model", "Keep one.")
      }
      guard !column.text.isEmpty else {
        throw Faults.usage(column.place, "the column of \(key) has no name", "Name it.")
      }
      if own.calibrated != true, !isRaw {
        throw uncalibrated(column.place, "the column \(column.text)", "calibrated = true")
      }
      return Step(names: names, source: .column(column.text), zone: zone)
    }
    if own.calibrated != nil {
      throw Faults.usage(
        own.place, "\(key) says calibrated of a model, which says it by itself", "Remove it; it is of a column.")
    }
    let (model, sha256) = try parts.model(own.reference(), recipe: own.recipe?.text)
    if !model.isCalibrated, !isRaw {
      throw uncalibrated(own.place, "the model of \(key)", "a model with a calibration")
    }
    return Step(names: names, source: .model(model, sha256: sha256), zone: zone)
  }

  private static func uncalibrated(_ place: Place, _ what: String, _ advice: String) -> Faults {
    Faults.usage(
      place, "\(what) is not said to be calibrated: a threshold would mean nothing",
      "Use \(advice) (prior-shift, platt, beta, isotonic), or say probability = \"raw\".")
  }
}

extension DecisionPolicy {
  /// The thresholds, as they are typed.
  var stepTexts: [String] { [sheet.first, sheet.second].compactMap { $0?.threshold.text } }

  /// The same, evaluating every model always.
  public var evaluatingAlways: DecisionPolicy {
    var own = self
    own.evaluatesAlways = true
    return own
  }
}

extension PolicySheet.Rules {
  /// - Throws: `Faults` (usage) where not one of them is meant.
  package func reference() throws -> PolicyReference {
    switch (table, file, version) {
    case (let table?, nil, nil) where sha256 == nil: return .builtIn(table.text)
    case (nil, let file?, nil) where sha256 == nil: return .file(file.text)
    case (nil, nil, let version?): return .version(version.text, sha256: sha256?.text)
    default:
      throw Faults.usage(
        place, "the rules are not one table, one file or one version", "Give table, file, or version with sha256.")
    }
  }
}

extension PolicySheet.Step {
  /// - Throws: `Faults` (usage) where not one of them is meant.
  package func reference() throws -> PolicyReference {
    switch (model, version) {
    case (let model?, nil) where sha256 == nil: return .file(model.text)
    case (nil, let version?) where recipe == nil: return .version(version.text, sha256: sha256?.text)
    default:
      throw Faults.usage(
        place, "its probability comes from not one place",
        "Give column; or model, perhaps with recipe; or version with sha256.")
    }
  }
}
