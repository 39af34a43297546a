internal import CutlineCore
internal import CutlineRules

/// A recipe that has been looked at: every field known, every condition typed, every number read once. It is fitted with the model and does
/// not change with the rows that come.
///
/// A feature is made in this order: its value; where that is missing, what `missing` says; the clamp; (x − mean) / std.
public struct Recipe: Sendable {
  struct Feature: Sendable {
    enum Source: Sendable {
      /// By place among the tests or the numbers of the formulas.
      case test(Int)
      case number(Int)
      /// A number, and the field whose level it is.
      case level(Int, field: Int)
    }
    let source: Source
    /// NaN: it stays missing.
    let missing: Double
    let low, high: Double
    let mean, std: Double
  }

  static let mostFeatures = 1000

  public let sheet: RecipeSheet
  /// Of the features, in their order.
  public let names: [String]
  let features: [Feature]
  let formulas: RuleFormulas

  /// - Throws: `Faults` (usage) with all mistakes, each with line and column.
  /// - Complexity: O(size of the recipe).
  public init(_ sheet: RecipeSheet) throws {
    var reading = Reading()
    var parts = Parts(fields: sheet.inputs.fieldNames)
    var features: [Feature] = []
    var known: Set<String> = []
    if sheet.features.isEmpty || sheet.features.count > Self.mostFeatures {
      reading.add(
        Faults.usage(
          sheet.inputs.place, "has \(sheet.features.count) features", "Write 1 to \(Self.mostFeatures) [[features]]."))
    }
    for own in sheet.features {
      if own.name.text.isEmpty || own.name.text.count > 200 || !known.insert(own.name.text).inserted {
        reading.add(
          Faults.usage(own.name.place, "a feature has no name, a long one or one that another has", "Name each once."))
      }
      try reading.attempt { features.append(try parts.feature(own)) }
    }
    try reading.finish()
    formulas = try RuleFormulas(inputs: sheet.inputs, numbers: parts.numbers, tests: parts.tests)
    (self.sheet, self.features, names) = (sheet, features, sheet.features.map(\.name.text))
  }

  private struct Parts {
    let fields: [String]
    var numbers: [RuleFormulas.Number] = []
    var tests: [RecipeSheet.Text] = []

    init(fields: [String]) { self.fields = fields }

    mutating func feature(_ own: RecipeSheet.Feature) throws -> Feature {
      let what = "feature \(own.name.text)"
      let kinds = [own.when != nil, own.value != nil, own.field != nil].count { $0 }
      guard kinds == 1, own.cases.isEmpty || own.value != nil, (own.field != nil) == (own.levels != nil),
        own.other == nil || own.field != nil
      else {
        throw Faults.usage(
          own.name.place, "\(what) is not one of a test, a number and a level",
          "Give when; or value, perhaps with cases; or field with levels, perhaps with other.")
      }
      let source: Feature.Source
      if let when = own.when {
        tests.append(when)
        source = .test(tests.count - 1)
      } else if let field = own.field {
        source = try level(own, field)
      } else if let value = own.value {
        numbers.append(.init(name: own.name, cases: own.cases.map { ($0.when, $0.value) }, otherwise: value))
        source = .number(numbers.count - 1)
      } else {
        throw Faults.usage(own.name.place, "\(what) has no value", "Give when, value, or field with levels.")
      }
      var (low, high) = (-Double.infinity, Double.infinity)
      if let clamp = own.clamp {
        guard clamp.count == 2 else {
          throw Faults.usage(own.name.place, "the clamp of \(what) has not two ends", "Write clamp = [0, 1].")
        }
        low = clamp[0].text == "-inf" ? low : try number(clamp[0], "clamp")
        high = clamp[1].text == "inf" ? high : try number(clamp[1], "clamp")
        guard low <= high else {
          throw Faults.usage(clamp[0].place, "the clamp of \(what) ends before it begins", "Turn its ends round.")
        }
      }
      guard (own.mean == nil) == (own.std == nil) else {
        throw Faults.usage(own.name.place, "\(what) has one of mean and std", "Give both, or none.")
      }
      let (mean, std) = (
        try own.mean.map { try number($0, "mean") } ?? 0, try own.std.map { try number($0, "std") } ?? 1
      )
      guard std > 0 else {
        throw Faults.usage(
          own.std?.place ?? own.name.place, "the std of \(what) is not above 0", "Of a constant feature it is 1.")
      }
      return Feature(
        source: source, missing: try own.missing.map { try number($0, "missing") } ?? .nan, low: low, high: high,
        mean: mean, std: std)
    }

    private mutating func level(_ own: RecipeSheet.Feature, _ field: RecipeSheet.Text) throws -> Feature.Source {
      guard let place = fields.firstIndex(of: field.text) else {
        throw Faults.usage(
          field.place, "there is no field \(field.text)\(DidYouMean.phrase(for: field.text, among: fields))",
          "Declare it under [fields].")
      }
      let levels = own.levels ?? []
      guard !levels.isEmpty, levels.count <= 1000, Set(levels).count == levels.count, levels.allSatisfy({ !$0.isEmpty })
      else {
        throw Faults.usage(
          own.name.place, "the levels of feature \(own.name.text) are empty, too many, or come twice",
          "Give each level once.")
      }
      let cases = levels.enumerated().map { place, level in
        (
          when: RecipeSheet.Text("\(field.text) == \(RuleLiteral.text(level).spelled)", own.name.place),
          value: RecipeSheet.Text("\(place)", own.name.place)
        )
      }
      numbers.append(.init(name: own.name, cases: cases, otherwise: own.other ?? .init("-1", own.name.place)))
      return .level(numbers.count - 1, field: place)
    }

    /// The double nearest to what was typed.
    private func number(_ text: RecipeSheet.Text, _ key: String) throws -> Double {
      guard let number = RuleNumber(spelled: text.text), number.double.isFinite else {
        throw Faults.usage(text.place, "\(key) \(text.text.prefix(40)) is no number", "Write a decimal.")
      }
      return number.double
    }
  }
}
