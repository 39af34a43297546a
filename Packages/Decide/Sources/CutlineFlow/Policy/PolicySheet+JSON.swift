internal import CutlineCore
internal import CutlineCredit
internal import CutlineRules
internal import Foundation

extension PolicySheet {
  /// The content of a version; its numbers are texts, since readers of JSON make doubles of numbers.
  public var json: [UInt8] {
    get throws { Array(try CanonicalJSON.encode(self, pretty: true)) + [UInt8(ascii: "\n")] }
  }

  /// Reads the content of a version.
  ///
  /// - Throws: `Faults` (data) for what is no policy.
  public init(json: [UInt8], of file: String) throws {
    do {
      self = try CanonicalJSON.decode(PolicySheet.self, from: Data(json))
    } catch let faults as Faults {
      throw faults.inside(file)
    } catch {
      throw Faults.data(file, "is no policy", "Give a policy in TOML, or the content of a version of kind policy.")
    }
    place = Place(source: file)
    func placed(_ text: Text, _ what: String) -> Text { Text(text.text, Place(source: "\(file): \(what)")) }
    (name, evaluate, probability) = (
      placed(name, "name"), placed(evaluate, "evaluate"), placed(probability, "probability")
    )
    rules.place = Place(source: "\(file): rules")
    func placed(_ step: Step?, _ what: String) -> Step? {
      guard var own = step else { return nil }
      own.place = Place(source: "\(file): \(what)")
      own.threshold = placed(own.threshold, "\(what).threshold")
      (own.low, own.high) = (placed(own.low, "\(what).margin_low"), placed(own.high, "\(what).margin_high"))
      return own
    }
    (first, second) = (placed(first, "first"), placed(second, "second"))
  }
}

extension PolicySheet: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case format, name, evaluate, probability, rules, first, second, chosen, note
  }

  public init(from decoder: any Decoder) throws {
    let values = try KnownKeys.container(decoder, CodingKeys.self, of: "the policy")
    let format = try values.decode(String.self, forKey: .format)
    guard format == Self.format else {
      throw Faults.data("the policy", "is of the format \(format.prefix(60))", "This version reads \(Self.format).")
    }
    self.init(name: try values.decode(Text.self, forKey: .name))
    evaluate = try values.decode(Text.self, forKey: .evaluate)
    probability = try values.decode(Text.self, forKey: .probability)
    rules = try values.decode(Rules.self, forKey: .rules)
    first = try values.decode(Step.self, forKey: .first)
    second = try values.decodeIfPresent(Step.self, forKey: .second)
    chosen = try values.decodeIfPresent(String.self, forKey: .chosen)
    note = try values.decodeIfPresent(String.self, forKey: .note)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(Self.format, forKey: .format)
    try values.encode(name, forKey: .name)
    try values.encode(evaluate, forKey: .evaluate)
    try values.encode(probability, forKey: .probability)
    try values.encode(rules, forKey: .rules)
    try values.encode(first, forKey: .first)
    try values.encodeIfPresent(second, forKey: .second)
    try values.encodeIfPresent(chosen, forKey: .chosen)
    try values.encodeIfPresent(note, forKey: .note)
  }
}

extension PolicySheet.Rules: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable { case table, file, version, sha256 }

  package init(from decoder: any Decoder) throws {
    let values = try KnownKeys.container(decoder, CodingKeys.self, of: "the policy's rules")
    self.init()
    table = try values.decodeIfPresent(PolicySheet.Text.self, forKey: .table)
    file = try values.decodeIfPresent(PolicySheet.Text.self, forKey: .file)
    version = try values.decodeIfPresent(PolicySheet.Text.self, forKey: .version)
    sha256 = try values.decodeIfPresent(PolicySheet.Text.self, forKey: .sha256)
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encodeIfPresent(table, forKey: .table)
    try values.encodeIfPresent(file, forKey: .file)
    try values.encodeIfPresent(version, forKey: .version)
    try values.encodeIfPresent(sha256, forKey: .sha256)
  }
}

extension PolicySheet.Step: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case names, column, calibrated, model, recipe, version, sha256, threshold
    case low = "margin_low"
    case high = "margin_high"
  }

  package init(from decoder: any Decoder) throws {
    let values = try KnownKeys.container(decoder, CodingKeys.self, of: "a model of the policy")
    self.init(
      threshold: try values.decode(PolicySheet.Text.self, forKey: .threshold),
      low: try values.decode(PolicySheet.Text.self, forKey: .low),
      high: try values.decode(PolicySheet.Text.self, forKey: .high))
    names = try values.decode([String: String].self, forKey: .names)
    column = try values.decodeIfPresent(PolicySheet.Text.self, forKey: .column)
    calibrated = try values.decodeIfPresent(Bool.self, forKey: .calibrated)
    model = try values.decodeIfPresent(PolicySheet.Text.self, forKey: .model)
    recipe = try values.decodeIfPresent(PolicySheet.Text.self, forKey: .recipe)
    version = try values.decodeIfPresent(PolicySheet.Text.self, forKey: .version)
    sha256 = try values.decodeIfPresent(PolicySheet.Text.self, forKey: .sha256)
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(names, forKey: .names)
    try values.encodeIfPresent(column, forKey: .column)
    try values.encodeIfPresent(calibrated, forKey: .calibrated)
    try values.encodeIfPresent(model, forKey: .model)
    try values.encodeIfPresent(recipe, forKey: .recipe)
    try values.encodeIfPresent(version, forKey: .version)
    try values.encodeIfPresent(sha256, forKey: .sha256)
    try values.encode(threshold, forKey: .threshold)
    try values.encode(low, forKey: .low)
    try values.encode(high, forKey: .high)
  }
}
