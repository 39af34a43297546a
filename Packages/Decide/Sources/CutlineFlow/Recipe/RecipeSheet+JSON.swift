internal import CutlineCore
internal import CutlineCredit
internal import CutlineRules
internal import Foundation

extension RecipeSheet {
  /// The recipe as JSON; its numbers are texts, since readers of JSON make doubles of numbers.
  public var json: [UInt8] {
    get throws { Array(try CanonicalJSON.encode(self, pretty: true)) + [UInt8(ascii: "\n")] }
  }

  /// - Throws: `Faults` (data) for what is no recipe.
  public init(json: [UInt8], of file: String) throws {
    do { self = try CanonicalJSON.decode(RecipeSheet.self, from: Data(json)) } catch let faults as Faults {
      throw faults.inside(file)
    } catch {
      throw Faults.data(file, "is no recipe of features", "Give a recipe in TOML, or as the tool writes it.")
    }
  }
}

extension RecipeSheet: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable { case format, name, inputs, features, note }

  public init(from decoder: any Decoder) throws {
    let values = try KnownKeys.container(decoder, CodingKeys.self, of: "the recipe")
    let format = try values.decode(String.self, forKey: .format)
    guard format == Self.format else {
      throw Faults.data("the recipe", "is of the format \(format.prefix(60))", "This version reads \(Self.format).")
    }
    self.init(
      name: try values.decode(String.self, forKey: .name),
      inputs: try values.decode(RuleSheet.self, forKey: .inputs))
    features = try values.decode([Feature].self, forKey: .features).map { feature in
      var own = feature
      // JSON has no lines here; the feature that is meant is the place.
      let place = Place(source: "feature \(feature.name.text)")
      func placed(_ text: Text) -> Text { Text(text.text, place) }
      own.name = placed(own.name)
      (own.when, own.value, own.field) = (own.when.map(placed), own.value.map(placed), own.field.map(placed))
      own.cases = own.cases.map { .init(when: placed($0.when), value: placed($0.value)) }
      return own
    }
    note = try values.decodeIfPresent(String.self, forKey: .note)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(Self.format, forKey: .format)
    try values.encode(name, forKey: .name)
    try values.encode(inputs, forKey: .inputs)
    try values.encode(features, forKey: .features)
    try values.encodeIfPresent(note, forKey: .note)
  }
}

extension RecipeSheet.Feature: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case name, when, value, cases, field, levels, other, missing, clamp, mean, std, note
  }
  private typealias Text = RuleSheet.Text

  package init(from decoder: any Decoder) throws {
    let values = try KnownKeys.container(decoder, CodingKeys.self, of: "a feature")
    self.init(name: try values.decode(Text.self, forKey: .name))
    when = try values.decodeIfPresent(Text.self, forKey: .when)
    value = try values.decodeIfPresent(Text.self, forKey: .value)
    cases = try values.decodeIfPresent([Case].self, forKey: .cases) ?? []
    field = try values.decodeIfPresent(Text.self, forKey: .field)
    levels = try values.decodeIfPresent([String].self, forKey: .levels)
    other = try values.decodeIfPresent(Text.self, forKey: .other)
    missing = try values.decodeIfPresent(Text.self, forKey: .missing)
    clamp = try values.decodeIfPresent([Text].self, forKey: .clamp)
    mean = try values.decodeIfPresent(Text.self, forKey: .mean)
    std = try values.decodeIfPresent(Text.self, forKey: .std)
    note = try values.decodeIfPresent(String.self, forKey: .note)
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(name, forKey: .name)
    try values.encodeIfPresent(when, forKey: .when)
    try values.encodeIfPresent(value, forKey: .value)
    if !cases.isEmpty { try values.encode(cases, forKey: .cases) }
    try values.encodeIfPresent(field, forKey: .field)
    try values.encodeIfPresent(levels, forKey: .levels)
    try values.encodeIfPresent(other, forKey: .other)
    try values.encodeIfPresent(missing, forKey: .missing)
    try values.encodeIfPresent(clamp, forKey: .clamp)
    try values.encodeIfPresent(mean, forKey: .mean)
    try values.encodeIfPresent(std, forKey: .std)
    try values.encodeIfPresent(note, forKey: .note)
  }
}
