package import CutlineCore
package import CutlineRules

/// A policy as it is written: which rules, which first and second model, thresholds and margins. Nothing in it has been looked at yet.
///
/// As JSON it is the content of a version of kind `policy`; as TOML it is what people write.
public struct PolicySheet: Sendable, Hashable {
  public static let mediaType = "application/vnd.cutline.policy+json"
  package static let format = "cutline-policy-1"
  package typealias Text = RuleSheet.Text

  /// Rules: a table of the program, a file or a version.
  package struct Rules: Sendable, Hashable {
    package var table, file, version, sha256: Text?
    package var place: Place = .default
  }

  /// A model with its grey zone.
  package struct Step: Sendable, Hashable {
    /// For people, by language.
    package var names: [String: String] = [:]
    /// A probability that was computed elsewhere: its column, and whether it is calibrated.
    package var column: Text?
    package var calibrated: Bool?
    /// A model of a file, with its recipe where that is another one.
    package var model, recipe: Text?
    /// A model of the store.
    package var version, sha256: Text?
    package var threshold: Text
    package var low, high: Text
    package var place: Place = .default
  }

  package var name: Text
  /// needed or always.
  package var evaluate = Text("needed")
  /// calibrated or raw.
  package var probability = Text("calibrated")
  package var rules = Rules()
  package var first: Step?
  package var second: Step?
  /// How its margins were chosen, in words.
  package var chosen: String?
  package var note: String?
  package var place: Place = .default

  package init(name: Text) { self.name = name }

  public static func == (a: Self, b: Self) -> Bool {
    (a.name, a.evaluate, a.probability, a.chosen, a.note) == (b.name, b.evaluate, b.probability, b.chosen, b.note)
      && (a.rules, a.first, a.second) == (b.rules, b.first, b.second)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(first)
  }

  /// Reads TOML, or JSON where the text begins with a brace.
  /// - Throws: `Faults` (usage) with all mistakes of a text in TOML, (data) for what is no policy in JSON.
  public init(_ bytes: [UInt8], of file: String) throws {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Faults.usage(file, "is no text in UTF-8", "Save it with this encoding.")
    }
    let first = bytes.first { ![9, 10, 13, 32].contains($0) }
    if first == UInt8(ascii: "{") { try self.init(json: bytes, of: file) } else { try self.init(toml: text, of: file) }
  }
}

extension PolicySheet.Rules {
  package static func == (a: Self, b: Self) -> Bool {
    (a.table, a.file, a.version, a.sha256) == (b.table, b.file, b.version, b.sha256)
  }
  package func hash(into hasher: inout Hasher) { hasher.combine(version) }
}

extension PolicySheet.Step {
  package static func == (a: Self, b: Self) -> Bool {
    (a.names, a.column, a.calibrated, a.model, a.recipe) == (b.names, b.column, b.calibrated, b.model, b.recipe)
      && (a.version, a.sha256, a.threshold, a.low, a.high) == (b.version, b.sha256, b.threshold, b.low, b.high)
  }
  package func hash(into hasher: inout Hasher) {
    hasher.combine(column)
    hasher.combine(threshold)
  }
}
