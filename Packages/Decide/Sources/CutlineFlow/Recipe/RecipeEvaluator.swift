internal import CutlineRules

/// How often a feature of a recipe had no value of its own.
public struct RecipeCounts: Sendable, Equatable {
  /// By feature: missing (what the recipe says took its place), a level that it does not know, a value that may not be.
  public internal(set) var missing, unknown, failed: [Int]

  init(_ features: Int) {
    missing = [Int](repeating: 0, count: features)
    (unknown, failed) = (missing, missing)
  }

  mutating func add(_ other: RecipeCounts) {
    for place in missing.indices {
      missing[place] += other.missing[place]
      unknown[place] += other.unknown[place]
      failed[place] += other.failed[place]
    }
  }
}

/// Makes the features of one application after the other; one a thread.
final class RecipeEvaluator {
  let recipe: Recipe
  private let formulas: FormulaEvaluator
  /// In the order of the recipe; NaN where missing.
  private(set) var values: [Double]
  private(set) var counts: RecipeCounts

  init(_ recipe: Recipe) {
    self.recipe = recipe
    formulas = FormulaEvaluator(recipe.formulas)
    values = [Double](repeating: .nan, count: recipe.features.count)
    counts = RecipeCounts(recipe.features.count)
  }

  func read(_ columns: RuleColumns) { formulas.read(columns) }

  /// - Complexity: O(features · their parts); no memory.
  func evaluate(row: Int) {
    formulas.evaluate(row: row)
    for (place, feature) in recipe.features.enumerated() {
      var value = Double.nan
      var hasFailed = false
      switch feature.source {
      case .test(let test):
        switch formulas.truth(of: test) {
        case .yes: value = 1
        case .no: value = 0
        case .unknown: break
        case .failed: hasFailed = true
        }
      case .number(let number):
        (value, hasFailed) = (formulas.number(number), formulas.hasFailed(number: number))
      case .level(let number, let field):
        hasFailed = formulas.hasFailed(number: number)
        if !hasFailed, !formulas.isMissing(field: field) {
          value = formulas.number(number)
          if formulas.isOtherwise(number: number) { counts.unknown[place] += 1 }
        }
      }
      if hasFailed {
        // Nothing takes its place: what may not be is no missing value.
        counts.failed[place] += 1
        values[place] = .nan
        continue
      }
      if value.isNaN {
        counts.missing[place] += 1
        value = feature.missing
      }
      if value < feature.low { value = feature.low } else if value > feature.high { value = feature.high }
      values[place] = (value - feature.mean) / feature.std
    }
  }
}
