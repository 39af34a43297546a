package import CutlineCore

/// A table of rules as it is written: fields, derived fields, the hit policy, rules. Nothing in it has been looked at yet.
///
/// As JSON it is the content of a version of kind `rules`; as TOML it is what people write.
public struct RuleSheet: Sendable, Hashable {
  public static let mediaType = "application/vnd.cutline.rules+json"
  static let format = "cutline-rules-1"

  /// A text with the place where it was written.
  package struct Text: Sendable, Hashable {
    package var text: String
    package var place: Place

    package init(_ text: String, _ place: Place = .default) { (self.text, self.place) = (text, place) }
    package static func == (a: Self, b: Self) -> Bool { a.text == b.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
  }

  struct Field: Sendable, Hashable, Codable {
    var name: Text
    var type: Text
    var unit: Text?
    /// The column of a table that holds it; nil = its name.
    var column: String?
    /// The least and the greatest value, as they are written.
    var domain: [Text]?
    var levels: [String]?
    /// Whether it may be missing; where it may not, a missing one is an error.
    var missing = true
    var note: String?
  }

  /// A number made of fields: of the first case whose condition is true, else `otherwise`.
  struct Derived: Sendable, Hashable, Codable {
    struct Case: Sendable, Hashable, Codable {
      var when: Text
      var value: Text
      /// What a plain number is to be read as.
      var unit: Text?
    }
    var name: Text
    var unit: Text?
    var cases: [Case] = []
    var otherwise: Text
    var otherwiseUnit: Text?
    var note: String?

    enum CodingKeys: String, CodingKey {
      case name, unit, cases, otherwise, note
      case otherwiseUnit = "otherwise_unit"
    }
  }

  struct Rule: Sendable, Hashable, Codable {
    var id: Text
    var when: Text?
    /// Tests by field, in the order of the fields.
    var cells: [Cell] = []
    var action: Text
    var queue: Text?
    var points: Text?
    var onMissing: Text?
    var reason: Reason?
    var validFrom: Text?
    var validTo: Text?
    var note: String?

    enum CodingKeys: String, CodingKey {
      case id, when, cells, action, queue, points, reason, note
      case onMissing = "on_missing"
      case validFrom = "valid_from"
      case validTo = "valid_to"
    }
  }
  struct Cell: Sendable, Hashable, Codable {
    var field: Text
    var test: Text
  }
  /// Why, for the person: a code and sentences by language.
  struct Reason: Sendable, Hashable, Codable {
    var code: String
    var texts: [String: String] = [:]
  }

  var name: String
  /// What `money` is of.
  var currency: String?
  var hit: Text
  /// Outcomes, the one that wins first.
  var outcomes: [Text]?
  /// The outcome, or the points, where no rule says anything; nil: every application must meet a rule.
  var otherwise: Text?
  var fields: [Field] = []
  var derived: [Derived] = []
  var rules: [Rule] = []
  var note: String?
  /// Of the whole file.
  package var place: Place = .default

  public static func == (a: Self, b: Self) -> Bool {
    (a.name, a.currency, a.hit, a.outcomes, a.otherwise) == (b.name, b.currency, b.hit, b.outcomes, b.otherwise)
      && (a.fields, a.derived, a.rules, a.note) == (b.fields, b.derived, b.rules, b.note)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(rules)
  }
}

extension RuleSheet {
  /// Fields that are the columns of these names, as numbers without a domain; `columnField` has their names.
  package init(columns names: [String]) {
    self.init(name: "columns", hit: Text("priority"))
    for (place, name) in names.enumerated() {
      var field = Field(name: Text(Self.columnField(place)), type: Text("number"))
      field.column = name
      fields.append(field)
    }
  }

  package static func columnField(_ place: Int) -> String { "x\(place + 1)" }

  /// In their order.
  package var fieldNames: [String] { fields.map(\.name.text) }
}
