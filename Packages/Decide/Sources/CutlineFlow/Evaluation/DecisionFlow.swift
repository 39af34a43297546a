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
  }

  /// All fields that rules and recipes read, and columns of probabilities; each column once, in this order.
  public var fields: [Field] {
    var known: Set<String> = []
    let all =
      (policy.rules.fields + recipes.flatMap(\.fields)).map { Field(name: $0.name, column: $0.column, kind: $0.kind) }
      + probabilityFields.compactMap { $0 }
    return all.filter { known.insert(TextColumn.comparable($0.column)).inserted }
  }

  /// By step, the column of its probability.
  var probabilityFields: [Field?] {
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
