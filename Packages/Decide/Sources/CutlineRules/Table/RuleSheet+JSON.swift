internal import CutlineCore
internal import CutlineCredit
internal import Foundation

extension RuleSheet {
  /// The content of a version.
  public var json: [UInt8] {
    get throws { Array(try CanonicalJSON.encode(self, pretty: true)) + [UInt8(ascii: "\n")] }
  }

  /// Reads the content of a version.
  ///
  /// - Throws: `Faults` (data) for what is no table of rules.
  public init(json: [UInt8], of file: String) throws {
    do {
      self = try CanonicalJSON.decode(RuleSheet.self, from: Data(json))
    } catch let faults as Faults {
      throw faults
    } catch {
      throw Faults.data(
        file, "is no table of rules", "Give a file of cutline rules export --format json, or the table in TOML.")
    }
    place = Place(source: file)
    // JSON has no lines here; the rule or field that is meant is the place.
    func placed(_ text: Text, _ what: String) -> Text { Text(text.text, Place(source: "\(file): \(what)")) }
    hit = placed(hit, "hit")
    otherwise = otherwise.map { placed($0, "default") }
    outcomes = outcomes?.map { placed($0, "outcomes") }
    fields = fields.map { field in
      var own = field
      let what = "field \(field.name.text)"
      own.name = placed(own.name, what)
      own.type = placed(own.type, what)
      own.unit = own.unit.map { placed($0, what) }
      own.domain = own.domain?.map { placed($0, what) }
      return own
    }
    derived = derived.map { derived in
      var own = derived
      let what = "derived \(derived.name.text)"
      own.name = placed(own.name, what)
      own.unit = own.unit.map { placed($0, what) }
      own.otherwise = placed(own.otherwise, what)
      own.otherwiseUnit = own.otherwiseUnit.map { placed($0, what) }
      own.cases = own.cases.map {
        .init(when: placed($0.when, what), value: placed($0.value, what), unit: $0.unit.map { placed($0, what) })
      }
      return own
    }
    rules = rules.map { rule in
      var own = rule
      let what = "rule \(rule.id.text)"
      own.id = placed(own.id, what)
      own.when = own.when.map { placed($0, what) }
      own.cells = own.cells.map { .init(field: placed($0.field, what), test: placed($0.test, what)) }
      own.action = placed(own.action, what)
      own.queue = own.queue.map { placed($0, what) }
      own.points = own.points.map { placed($0, what) }
      own.onMissing = own.onMissing.map { placed($0, what) }
      own.validFrom = own.validFrom.map { placed($0, what) }
      own.validTo = own.validTo.map { placed($0, what) }
      return own
    }
  }
}

extension RuleSheet.Text: Codable {
  package init(from decoder: any Decoder) throws { self.init(try decoder.singleValueContainer().decode(String.self)) }
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

extension RuleSheet: Codable {
  private enum CodingKeys: String, CodingKey {
    case format, rules, name, currency, hit, outcomes, fields, derived, note
    case otherwise = "default"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let format = try values.decode(String.self, forKey: .format)
    guard format == Self.format else {
      throw Faults.data("the table of rules", "is of the format \(format)", "This version reads \(Self.format).")
    }
    name = try values.decode(String.self, forKey: .name)
    currency = try values.decodeIfPresent(String.self, forKey: .currency)
    hit = try values.decode(Text.self, forKey: .hit)
    outcomes = try values.decodeIfPresent([Text].self, forKey: .outcomes)
    otherwise = try values.decodeIfPresent(Text.self, forKey: .otherwise)
    fields = try values.decode([Field].self, forKey: .fields)
    derived = try values.decode([Derived].self, forKey: .derived)
    rules = try values.decode([Rule].self, forKey: .rules)
    note = try values.decodeIfPresent(String.self, forKey: .note)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(Self.format, forKey: .format)
    try values.encode(name, forKey: .name)
    try values.encodeIfPresent(currency, forKey: .currency)
    try values.encode(hit, forKey: .hit)
    try values.encodeIfPresent(outcomes, forKey: .outcomes)
    try values.encodeIfPresent(otherwise, forKey: .otherwise)
    try values.encode(fields, forKey: .fields)
    try values.encode(derived, forKey: .derived)
    try values.encode(rules, forKey: .rules)
    try values.encodeIfPresent(note, forKey: .note)
  }
}
