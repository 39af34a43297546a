import CutlineCompute
import CutlineCore
import CutlineCredit
import CutlineData
import Foundation
import Testing

@testable import CutlineFlow
@testable import CutlineRules

/// Policies and their parts without files.
struct FlowFixture: PolicyParts {
  var table: RuleTable
  var models: [String: ScoringModel] = [:]

  init() throws { table = try BuiltInRules.table("escalation") }

  func rules(_ reference: PolicyReference) throws -> (table: RuleTable, sha256: String) {
    (table, Digest.of(Data(try table.sheet.json)))
  }

  func model(_ reference: PolicyReference, recipe: String?) throws -> (model: ScoringModel, sha256: String) {
    guard case .file(let name) = reference, let own = models[name] else {
      throw Faults.usage("\(reference)", "is no model", "Name one.")
    }
    return (own, Digest.of(Data(try own.json)))
  }

  /// A policy of two columns, or of what is written in their place.
  static func policy(
    first: String = "column = \"p_first\"\ncalibrated = true",
    second: String? = "column = \"p_second\"\ncalibrated = true",
    head: String = ""
  ) -> String {
    "name = \"loan\"\n\(head)\n[rules]\ntable = \"escalation\"\n[first]\n\(first)\n"
      + (second.map { "[second]\n\($0)\n" } ?? "")
  }

  func policy(_ text: String) throws -> DecisionPolicy {
    try DecisionPolicy(PolicySheet(Array(text.utf8), of: "policy.toml"), self)
  }

  func flow(_ text: String) throws -> DecisionFlow { try DecisionFlow(policy(text)) }

  /// What a row may hold: values that rules, recipes and models treat apart.
  static func columns(_ flow: DecisionFlow, rows: Int, _ random: inout RandomStream) throws -> FlowColumns {
    var known: [String: [Double]] = [:]
    for field in flow.fields {
      known[field.column] = (0..<rows).map { _ in
        switch random.index(below: 60) {
        case 0: .nan
        case 1: field.column.hasPrefix("p_") ? [1, 0, 0.5, 0.85, 0.15, 1.5, -0.1][random.index(below: 7)] : 98
        default:
          // So that most come to the models.
          field.column.hasPrefix("p_") || field.column.hasPrefix("Revolving")
            ? random.uniform() : Double(random.index(below: field.kind == .integer ? 22 : 100))
        }
      }
    }
    return try FlowColumns(flow, rows: rows) { .number(known[$0.column] ?? []) }
  }

  /// A linear model of features with a calibration on top.
  static func model(_ names: [String], _ random: inout RandomStream, recipe: RecipeSheet?, isCalibrated: Bool = true)
    throws
    -> ScoringModel
  {
    let form = try ModelForm.linear(
      intercept: random.uniform() - 2, coefficients: names.map { _ in random.uniform() - 0.5 }, link: .logit)
    let shift = try ModelForm.expand(inputCount: 1, terms: [.link(0, .logit)])
      .then(.linear(intercept: 0.25, coefficients: [0.5], link: .logit))
    return try ScoringModel(
      model: Model(
        name: "logistic", features: names.map { .init($0) }, unit: "fraction",
        form: isCalibrated ? form.then(shift) : form),
      recipe: recipe)
  }

  static func recipe() throws -> RecipeSheet {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Examples/escalation/recipe.toml")
    return try RecipeSheet(Array(Data(contentsOf: path)), of: "recipe.toml")
  }
}

enum SharedOracle {
  static func path(_ name: String) -> String? {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/\(name)").path
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }

  static func table(_ name: String) throws -> Table {
    let path = try #require(Self.path("oracles/decisions/\(name)"))
    var options = ReadOptions()
    options.findsTypes = true
    return try TableReader.read(path, options: options).table
  }

  static func column(_ table: Table, _ name: String) throws -> Column {
    try #require(table.columns.first { TextColumn.comparable($0.name) == TextColumn.comparable(name) }, "\(name)")
  }
}
