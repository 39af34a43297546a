public import CutlineCore

/// The JSON Schema (2020-12) of a configuration, from the fields of all stages and the plan that it starts from, so that an
/// editor completes and checks `config.toml`.
public struct ConfigurationSchema {
  let registry: Registry
  let plan: PlanFile

  public init(registry: Registry, plan: PlanFile) {
    self.registry = registry
    self.plan = plan
  }

  /// - Throws: nothing but what the encoder of JSON does.
  public func text() throws -> String {
    String(decoding: try CanonicalJSON.encode(document, pretty: true), as: UTF8.self) + "\n"
  }

  private var document: Schema {
    let kinds = registry.kinds
    let stages = Dictionary(
      plan.requests.map { ($0.id, choice(of: $0.kind, "The stage at \($0.id).", without: $0.use)) },
      uniquingKeysWith: { first, _ in first })
    let stage = Schema.object(
      [
        "id": .text("Unique in the plan; the id of a stage of the plan replaces it."),
        "kind": .choice(kinds, "What it does."), "use": .text("Which implementation: see cutline list."),
        "from": .ports, "with": .init(["type": "object", "description": "Its settings: see cutline describe."]),
      ], required: ["id", "kind", "use"], "A stage that is added to the plan.",
      conditions: kinds.map { kind in
        .when(["kind": kind], then: choice(of: kind, ""))
      })
    var tables: [String: Schema] = [
      "seed": .init(["type": "integer", "minimum": 0, "description": "Of all random numbers; default 42."]),
      "plan": .init([
        "description": "The plan to start from: a built-in one, none, or the path of a plan file.",
        "anyOf": [
          ["enum": .array((BuiltInPlan.all.map(\.name) + ["none"]).map(JSON.string))],
          ["type": "string", "minLength": 1],
        ],
      ]),
      "extends": .text("A configuration that this one changes."),
      "plugins": .init([
        "type": "object", "description": "Libraries with stages of one's own.",
        "properties": ["load": ["type": "array", "items": ["type": "string"]]],
      ]),
      "stages": .object(
        stages, "Stages of the plan with another implementation or other settings.",
        // Stages that another table adds.
        others: ["type": "object"]),
      "stage": .init(["type": "array", "description": "Stages that are added to the plan.", "items": stage.value]),
    ]
    if let name = plan.table { tables[name] = table }
    return .object(
      tables, "A configuration of Cutline.",
      more: ["$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Cutline configuration"])
  }

  /// The plan's table: shared fields, choices of implementations, keys without effect.
  private var table: Schema {
    let fields = SharedFields(plan.stages(of: registry))
    var keys: [String: Schema] = [:]
    for name in fields.names { keys[name] = fields[name].first.map { Schema.field($0.field) } }
    for choice in plan.choices {
      let stages = registry.all.filter { $0.kind == choice.kind }
      keys[choice.key] = .choice(
        stages.flatMap { [$0.name] + $0.aliases },
        "The implementation of \(choice.stage). \(stages.first?.contract.summary ?? "")")
    }
    if let key = plan.verbosity {
      keys[key] = .choice(Verbosity.allCases.map(\.rawValue), "How much the console shows.")
    }
    for (key, why) in plan.inert { keys[key] = .init(["description": .string("Has no effect: \(why).")]) }
    return .object(keys, "What the columns mean and what is wanted.")
  }

  /// `use`, `with` and `from`, where the keys of `with` go by `use`.
  ///
  /// - Parameter builtIn: the implementation where `use` is left out; nil where it may not be.
  private func choice(of kind: String, _ sentence: String, without builtIn: String? = nil) -> Schema {
    let stages = registry.all.filter { $0.kind == kind }
    return .object(
      [
        "id": true, "kind": true, "use": .choice(stages.flatMap { [$0.name] + $0.aliases }, "Which implementation."),
        "from": .ports, "with": .init(["type": "object"]),
      ], sentence,
      conditions: stages.flatMap { stage in
        let then = Schema(["properties": ["with": settings(of: stage).value]])
        let named = ([stage.name] + stage.aliases).map { Schema.when(["use": $0], then: then) }
        return stage.name == builtIn ? named + [.unless("use", then: then)] : named
      })
  }

  private func settings(of stage: StageDescription) -> Schema {
    let fields = stage.fields.filter { $0.form != .nothing }
    return .object(Dictionary(uniqueKeysWithValues: fields.map { ($0.key, .field($0)) }), stage.summary)
  }
}

/// A schema or a part of one.
private struct Schema: Encodable, ExpressibleByBooleanLiteral {
  let value: JSON

  init(_ members: [String: JSON]) { value = .object(members) }
  init(booleanLiteral flag: Bool) { value = .boolean(flag) }

  func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }

  static func text(_ sentence: String) -> Schema { Schema(["type": "string", "description": .string(sentence)]) }

  static func choice(_ names: [String], _ sentence: String) -> Schema {
    Schema(["enum": .array(names.map(JSON.string)), "description": .string(sentence)])
  }

  /// A table that holds no keys besides these and `others`.
  static func object(
    _ keys: [String: Schema], required: [String] = [], _ sentence: String, conditions: [Schema] = [],
    others: JSON = false, more: [String: JSON] = [:]
  ) -> Schema {
    var members = more
    members["type"] = "object"
    members["description"] = .string(sentence)
    members["properties"] = .object(keys.mapValues(\.value))
    members["additionalProperties"] = others
    if !required.isEmpty { members["required"] = .array(required.map(JSON.string)) }
    if !conditions.isEmpty { members["allOf"] = .array(conditions.map(\.value)) }
    return Schema(members)
  }

  static func when(_ values: [String: String], then: Schema) -> Schema {
    Schema([
      "if": [
        "properties": .object(values.mapValues { ["const": .string($0)] }),
        "required": .array(values.keys.sorted().map(JSON.string)),
      ], "then": then.value,
    ])
  }

  static func unless(_ key: String, then: Schema) -> Schema {
    Schema(["if": ["not": ["required": [.string(key)]]], "then": then.value])
  }

  /// Port → stage, or stages.
  static let ports = Schema([
    "type": "object", "description": "For each port the id of the stage whose output goes there.",
    "additionalProperties": [
      "anyOf": [["type": "string"], ["type": "array", "items": ["type": "string"], "minItems": 1]]
    ],
  ])

  static func field(_ field: FieldDescription) -> Schema {
    guard case .object(var members) = form(field.form) else { return true }
    let unit = field.unit.isEmpty ? "" : " In \(field.unit)."
    members["description"] = .string("\(field.sentence)\(unit) Default: \(field.defaultValue).")
    return Schema(members)
  }

  private static func form(_ form: FieldForm) -> JSON {
    switch form {
    case .number(let range) where range.upperBound == .greatestFiniteMagnitude: ["type": "number"]
    case .number(let range):
      ["type": "number", "minimum": .number(range.lowerBound), "maximum": .number(range.upperBound)]
    case .integer(let range):
      ["type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound)]
    case .boolean: ["type": "boolean"]
    case .text: ["type": "string", "minLength": 1]
    // TOML's own dates come to a checker as text, too.
    case .date: ["type": "string"]
    case .choice(let names): ["enum": .array(names.map(JSON.string))]
    case .list(let element, let least): ["type": "array", "items": Self.form(element), "minItems": .integer(least)]
    case .map(let element): ["type": "object", "additionalProperties": Self.form(element)]
    case .table(let keys):
      [
        "type": "object", "additionalProperties": false,
        "properties": .object(
          Dictionary(
            uniqueKeysWithValues: keys.map { key in
              guard case .object(var members) = Self.form(key.form) else { return (key.name, true) }
              members["description"] = .string(key.sentence)
              return (key.name, .object(members))
            })),
      ]
    case .oneOf(let forms): ["anyOf": .array(forms.map(Self.form))]
    case .stage(let kind):
      [
        "anyOf": [
          ["type": "string", "minLength": 1, "description": .string("A stage of kind \(kind).")],
          [
            "type": "object", "required": ["use"], "additionalProperties": false,
            "properties": [
              "use": ["type": "string", "minLength": 1], "with": ["type": "object"],
              "grid": ["type": "object", "additionalProperties": ["type": "array", "minItems": 1]],
              "search": ["type": "object", "required": ["tries", "over"]],
            ],
          ],
          [
            "type": "object", "required": ["stage"], "additionalProperties": false,
            "properties": [
              "stage": ["type": "string", "minLength": 1, "description": "The id of a stage of the plan."],
              "prefer": ["type": "string", "minLength": 1],
              "without": ["type": "array", "items": ["type": "string"]], "with": ["type": "object"],
            ],
          ],
        ]
      ]
    case .any: [:]
    case .nothing: ["not": [:]]
    }
  }
}

/// A value of JSON.
private enum JSON: Encodable, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  case string(String)
  case number(Double)
  case integer(Int)
  case boolean(Bool)
  case array([JSON])
  case object([String: JSON])

  init(stringLiteral text: String) { self = .string(text) }
  init(booleanLiteral flag: Bool) { self = .boolean(flag) }
  init(integerLiteral number: Int) { self = .integer(number) }
  init(arrayLiteral elements: JSON...) { self = .array(elements) }
  init(dictionaryLiteral members: (String, JSON)...) {
    self = .object(Dictionary(members, uniquingKeysWith: { $1 }))
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .string(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .boolean(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}
