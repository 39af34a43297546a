internal import CutlineCore
internal import CutlineCredit
public import CutlineRules

/// A policy made ready to decide: rules, then the first model, then the second, then people. The same for one application and for a million.
public struct DecisionFlow: Sendable {
  /// What an application must be asked for.
  public struct Field: Sendable, Hashable {
    /// As rules and recipes call it.
    public let name: String
    /// The column of tables that holds it.
    public let column: String
    public let kind: RuleField.Kind
  }

  /// Where a model finds its inputs.
  struct Scorer: Sendable {
    let model: Model
    /// Among the flow's recipes.
    let recipe: Int
    /// By feature of the model, among the recipe's.
    let places: [Int]
  }

  public let policy: DecisionPolicy
  public let rules: RuleProgram
  /// Each once, also where both models read it.
  public let recipes: [Recipe]
  /// By step; nil of a column.
  let scorers: [Scorer?]
  /// All fields that rules and recipes read, and columns of probabilities; each column once, in this order.
  public let fields: [Field]
  /// Places among them, by column as names are compared.
  private let places: [String: Int]

  /// - Throws: as recipes do.
  public init(_ policy: DecisionPolicy) throws {
    self.policy = policy
    rules = RuleProgram(policy.rules)
    var recipes: [Recipe] = []
    scorers = try policy.steps.map { step in
      guard case .model(let own, _) = step.source else { return nil }
      let (recipe, places) = try own.inputs()
      if let known = recipes.firstIndex(where: { $0.sheet == recipe.sheet }) {
        return Scorer(model: own.model, recipe: known, places: places)
      }
      recipes.append(recipe)
      return Scorer(model: own.model, recipe: recipes.count - 1, places: places)
    }
    self.recipes = recipes
    var (fields, places): ([Field], [String: Int]) = ([], [:])
    let read = (policy.rules.fields + recipes.flatMap(\.fields)).map {
      Field(name: $0.name, column: $0.column, kind: $0.kind)
    }
    for field in read + Self.probabilityFields(policy).compactMap({ $0 }) {
      let name = TextColumn.comparable(field.column)
      guard places[name] == nil else { continue }
      places[name] = fields.count
      fields.append(field)
    }
    (self.fields, self.places) = (fields, places)
  }

  /// The field that a name means: by its column, which is one only, else by what rules and recipes call it.
  public func field(named name: String) -> Field? {
    places[TextColumn.comparable(name)].map { fields[$0] } ?? fields.first { $0.name == name }
  }

  /// By step, the column of its probability.
  var probabilityFields: [Field?] { Self.probabilityFields(policy) }

  private static func probabilityFields(_ policy: DecisionPolicy) -> [Field?] {
    policy.steps.map { step in
      guard case .column(let name) = step.source else { return nil }
      return Field(name: name, column: name, kind: .number)
    }
  }
}

extension Recipe {
  /// What it reads.
  public var fields: [RuleField] { formulas.fields }
}
