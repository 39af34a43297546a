public import CutlineCore
internal import CutlineRules

/// What many applications hold, by column, as a flow reads it.
public struct FlowColumns: Sendable {
  let rules: RuleColumns
  let recipes: [RuleColumns]
  /// By step; nil of a model.
  let probabilities: [[Double]?]
  public let rows: Int

  /// - Parameter column: by field that the flow reads, the values.
  /// - Throws: `Faults` (data) for a column of another form; what `column` throws.
  public init(_ flow: DecisionFlow, rows: Int, _ column: (DecisionFlow.Field) throws -> ColumnValues) throws {
    func values(_ field: RuleField) throws -> ColumnValues {
      try column(DecisionFlow.Field(name: field.name, column: field.column, kind: field.kind))
    }
    var reading = Reading()
    let rules = try reading.attempt { try RuleColumns(flow.rules, rows: rows, values) }
    var recipes: [RuleColumns] = []
    for recipe in flow.recipes {
      try reading.attempt { recipes.append(try RuleColumns(recipe.formulas.program, rows: rows, values)) }
    }
    var probabilities: [[Double]?] = []
    for field in flow.probabilityFields {
      guard let field else {
        probabilities.append(nil)
        continue
      }
      try reading.attempt { probabilities.append(try Self.numbers(column(field), field, rows)) }
    }
    try reading.finish()
    guard let rules else { throw Faults.data("the columns", "cannot be read", "Report it.") }
    (self.rules, self.recipes, self.probabilities, self.rows) = (rules, recipes, probabilities, rows)
  }

  private static func numbers(_ values: ColumnValues, _ field: DecisionFlow.Field, _ rows: Int) throws -> [Double] {
    switch values {
    case .number(let numbers) where numbers.count == rows: return numbers
    // Of no value it cannot be seen what it would be.
    case .text(let text) where text.codes.count == rows && text.codes.allSatisfy({ $0 < 0 }):
      return [Double](repeating: .nan, count: rows)
    default:
      throw Faults.data(
        "column \(field.column)", "holds no probabilities", "State its form with --type \(field.column)=number.")
    }
  }
}
