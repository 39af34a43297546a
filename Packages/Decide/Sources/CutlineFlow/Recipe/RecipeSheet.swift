internal import CutlineCore
package import CutlineRules

/// How features are made of an application, as it is written: fields, derived fields and features in their order. Nothing in it has been
/// looked at yet.
public struct RecipeSheet: Sendable, Hashable {
  package static let format = "cutline-recipe-1"
  package typealias Text = RuleSheet.Text

  /// One feature: a test, a number, or a code of a level.
  package struct Feature: Sendable, Hashable {
    package struct Case: Sendable, Hashable, Codable {
      package var when, value: Text
      package init(when: Text, value: Text) { (self.when, self.value) = (when, value) }
    }
    package var name: Text
    /// 1 where the condition is true, 0 where it is false.
    package var when: Text?
    /// A number: that of the first case whose condition is true, else `value`.
    package var cases: [Case] = []
    package var value: Text?
    /// 0, 1, 2, … by the level of a text; `other` where it is none of them.
    package var field: Text?
    package var levels: [String]?
    package var other: Text?
    /// What a missing one becomes; nil: it stays missing.
    package var missing: Text?
    /// The least and the greatest value.
    package var clamp: [Text]?
    /// (x − mean) / std.
    package var mean, std: Text?
    package var note: String?

    package init(name: Text) { self.name = name }
  }

  package var name: String
  /// Fields and derived fields.
  package var inputs: RuleSheet
  package var features: [Feature] = []
  package var note: String?

  package init(name: String, inputs: RuleSheet) { (self.name, self.inputs) = (name, inputs) }

  /// Each feature is a column of its name, as it is.
  public init(columns names: [String]) {
    self.init(name: "columns", inputs: RuleSheet(columns: names))
    for (place, name) in names.enumerated() {
      var feature = Feature(name: Text(name))
      feature.value = Text(RuleSheet.columnField(place))
      features.append(feature)
    }
  }

  /// Reads TOML, or JSON where the text begins with a brace.
  /// - Throws: `Faults` (usage) with all mistakes of a text in TOML, (data) for what is no recipe in JSON.
  public init(_ bytes: [UInt8], of file: String) throws {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Faults.usage(file, "is no text in UTF-8", "Save it with this encoding.")
    }
    let first = bytes.first { ![9, 10, 13, 32].contains($0) }
    if first == UInt8(ascii: "{") { try self.init(json: bytes, of: file) } else { try self.init(toml: text, of: file) }
  }
}
