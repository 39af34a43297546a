/// One key of a stage's configuration: how it is read, what it may be, and what it means.
///
/// The same list of fields parses the file, gives the defaults, prints `cutline describe` and the generated reference,
/// and offers the conformance kit values that must be refused.
public struct Field<Root>: Sendable {
  public let key: String
  /// What may stand there: `a number in 0...10`.
  public let allowed: String
  /// The unit, or nothing.
  public let unit: String
  /// One sentence.
  public let sentence: String
  /// Values that must be refused.
  public let refused: [ConfigValue.Content]
  /// What may stand there, for programs.
  public let form: FieldForm
  /// Its name in the table that a plan gives its shared fields; nil where only the stage's own table reaches it.
  public private(set) var sharedName: String?
  let read: @Sendable (inout Root, ConfigValue) throws -> Void
  let show: @Sendable (Root) -> String
  /// Binds the stages that the field holds, and gives them.
  var bind: (@Sendable (inout Root, Binding) throws -> [BoundStage])?

  init(
    _ key: String, allowed: String, unit: String, sentence: String, refused: [ConfigValue.Content], form: FieldForm,
    show: @escaping @Sendable (Root) -> String, read: @escaping @Sendable (inout Root, ConfigValue) throws -> Void
  ) {
    self.form = form
    self.key = key
    self.allowed = allowed
    self.unit = unit
    self.sentence = sentence
    self.refused = refused
    self.read = read
    self.show = show
  }

  /// The value of this field in `config`, as TOML (`unset` where there is none).
  public func value(in config: Root) -> String { show(config) }
}

extension Field {
  public typealias Path<Value> = any WritableKeyPath<Root, Value> & Sendable

  /// A number in a closed range.
  public static func double(
    _ key: String, _ path: Path<Double>, in range: ClosedRange<Double>, unit: String = "", _ sentence: String
  ) -> Field {
    Field(
      key, allowed: "a number in \(range.lowerBound)...\(range.upperBound)", unit: unit, sentence: sentence,
      refused: [.string("x"), .float(.nan)]
        + (range.upperBound < .greatestFiniteMagnitude ? [.float(range.upperBound + 1)] : []),
      form: .number(range),
      show: { ConfigValue.number($0[keyPath: path]) },
      read: { root, value in
        guard let number = value.number, range.contains(number) else {
          throw Self.refusal(
            key, value, "a number in \(range.lowerBound)...\(range.upperBound)\(unit.isEmpty ? "" : " (\(unit))")")
        }
        root[keyPath: path] = number
      })
  }

  /// A whole number in a closed range.
  public static func int(
    _ key: String, _ path: Path<Int>, in range: ClosedRange<Int>, unit: String = "", _ sentence: String
  ) -> Field {
    Field(
      key, allowed: "a whole number in \(range.lowerBound)...\(range.upperBound)", unit: unit, sentence: sentence,
      refused: [.string("x"), .float(1.5), .integer(Int64(range.lowerBound) - 1)],
      form: .integer(range),
      show: { String($0[keyPath: path]) },
      read: { root, value in
        guard let number = value.integer.flatMap({ Int(exactly: $0) }), range.contains(number) else {
          throw Self.refusal(key, value, "a whole number in \(range.lowerBound)...\(range.upperBound)")
        }
        root[keyPath: path] = number
      })
  }

  /// A number in a closed range, or none when the key is left out.
  public static func optionalDouble(
    _ key: String, _ path: Path<Double?>, in range: ClosedRange<Double>, unit: String = "", _ sentence: String
  ) -> Field {
    let allowed = "a number in \(range.lowerBound)...\(range.upperBound)"
    return Field(
      key, allowed: allowed, unit: unit, sentence: sentence,
      refused: [.string("x"), .float(.nan), .float(range.lowerBound - 1)],
      form: .number(range),
      show: { $0[keyPath: path].map(ConfigValue.number) ?? "unset" },
      read: { root, value in
        guard let number = value.number, range.contains(number) else { throw Self.refusal(key, value, allowed) }
        root[keyPath: path] = number
      })
  }

  /// A whole number in a closed range, or none when the key is left out.
  public static func optionalInt(
    _ key: String, _ path: Path<Int?>, in range: ClosedRange<Int>, unit: String = "", _ sentence: String
  ) -> Field {
    let allowed = "a whole number in \(range.lowerBound)...\(range.upperBound)"
    return Field(
      key, allowed: allowed, unit: unit, sentence: sentence,
      refused: [.string("x"), .float(1.5), .integer(Int64(range.lowerBound) - 1)],
      form: .integer(range),
      show: { $0[keyPath: path].map(String.init) ?? "unset" },
      read: { root, value in
        guard let number = value.integer.flatMap({ Int(exactly: $0) }), range.contains(number) else {
          throw Self.refusal(key, value, allowed)
        }
        root[keyPath: path] = number
      })
  }

  /// True or false.
  public static func bool(_ key: String, _ path: Path<Bool>, _ sentence: String) -> Field {
    Field(
      key, allowed: "true or false", unit: "", sentence: sentence, refused: [.integer(1), .string("true")],
      form: .boolean,
      show: { String($0[keyPath: path]) },
      read: { root, value in
        guard let flag = value.boolean else { throw Self.refusal(key, value, "true or false") }
        root[keyPath: path] = flag
      })
  }

  /// Text that is not empty.
  public static func text(_ key: String, _ path: Path<String>, _ sentence: String) -> Field {
    Field(
      key, allowed: "text", unit: "", sentence: sentence, refused: [.integer(1), .string("")],
      form: .text,
      show: { ConfigValue.quoted($0[keyPath: path]) },
      read: { root, value in
        guard let text = value.string, !text.isEmpty else { throw Self.refusal(key, value, "text that is not empty") }
        root[keyPath: path] = text
      })
  }

  /// Text, or nothing when the key is left out.
  public static func optionalText(_ key: String, _ path: Path<String?>, _ sentence: String) -> Field {
    Field(
      key, allowed: "text", unit: "", sentence: sentence, refused: [.integer(1), .string("")],
      form: .text,
      show: { $0[keyPath: path].map(ConfigValue.quoted) ?? "unset" },
      read: { root, value in
        guard let text = value.string, !text.isEmpty else { throw Self.refusal(key, value, "text that is not empty") }
        root[keyPath: path] = text
      })
  }

  /// One of the cases of an enumeration, by its kebab-case name.
  public static func choice<Choice: CaseIterable & RawRepresentable<String> & Sendable>(
    _ key: String, _ path: Path<Choice>, _ sentence: String
  ) -> Field {
    let names = Choice.allCases.map(\.rawValue)
    let list = names.map { "\"\($0)\"" }.joined(separator: ", ")
    return Field(
      key, allowed: "one of \(list)", unit: "", sentence: sentence, refused: [.string("no-such-choice"), .integer(1)],
      form: .choice(names),
      show: { ConfigValue.quoted($0[keyPath: path].rawValue) },
      read: { root, value in
        guard let text = value.string, let choice = Choice(rawValue: text) else {
          let hint = value.string.map { DidYouMean.phrase(for: $0, among: names) } ?? ""
          throw Self.refusal(key, value, "one of \(list)", hint: hint)
        }
        root[keyPath: path] = choice
      })
  }

  /// A list of texts.
  public static func texts(_ key: String, _ path: Path<[String]>, atLeast: Int = 0, _ sentence: String) -> Field {
    let allowed = atLeast == 0 ? "a list of texts" : "a list of at least \(atLeast) text\(atLeast == 1 ? "" : "s")"
    return Field(
      key, allowed: allowed, unit: "", sentence: sentence,
      refused: [.string("x"), .array([ConfigValue(.integer(1), at: .default)])],
      form: .list(of: .text, atLeast: atLeast),
      show: { "[" + $0[keyPath: path].map(ConfigValue.quoted).joined(separator: ", ") + "]" },
      read: { root, value in
        guard let items = value.array, items.count >= atLeast else { throw Self.refusal(key, value, allowed) }
        root[keyPath: path] = try items.map { item in
          guard let text = item.string, !text.isEmpty else { throw Self.refusal(key, item, "text that is not empty") }
          return text
        }
      })
  }

  /// A list of numbers.
  public static func doubles(
    _ key: String, _ path: Path<[Double]>, in range: ClosedRange<Double>, atLeast: Int = 0, _ sentence: String
  ) -> Field {
    let allowed = "a list of at least \(atLeast) numbers in \(range.lowerBound)...\(range.upperBound)"
    return Field(
      key, allowed: allowed, unit: "", sentence: sentence,
      refused: [.string("x"), .array([ConfigValue(.string("x"), at: .default)])],
      form: .list(of: .number(range), atLeast: atLeast),
      show: { "[" + $0[keyPath: path].map(ConfigValue.number).joined(separator: ", ") + "]" },
      read: { root, value in
        guard let items = value.array, items.count >= atLeast else { throw Self.refusal(key, value, allowed) }
        root[keyPath: path] = try items.map { item in
          guard let number = item.number, range.contains(number) else { throw Self.refusal(key, item, allowed) }
          return number
        }
      })
  }

  /// A list of whole numbers.
  public static func ints(_ key: String, _ path: Path<[Int]>, in range: ClosedRange<Int>, _ sentence: String) -> Field {
    let allowed = "a list of whole numbers in \(range.lowerBound)...\(range.upperBound)"
    return Field(
      key, allowed: allowed, unit: "", sentence: sentence,
      refused: [.integer(1), .array([ConfigValue(.string("x"), at: .default)])],
      form: .list(of: .integer(range), atLeast: 0),
      show: { "[" + $0[keyPath: path].map(String.init).joined(separator: ", ") + "]" },
      read: { root, value in
        guard let items = value.array else { throw Self.refusal(key, value, allowed) }
        root[keyPath: path] = try items.map { item in
          let number = item.integer.flatMap { Int(exactly: $0) }
          guard let number, range.contains(number) else { throw Self.refusal(key, item, allowed) }
          return number
        }
      })
  }

  /// A day: a TOML date, or text in the form `2022-01-31`.
  public static func date(_ key: String, _ path: Path<CalendarDate?>, _ sentence: String) -> Field {
    Field(
      key, allowed: "a date like \"2022-01-31\"", unit: "", sentence: sentence,
      refused: [.string("soon"), .string("2022-02-30"), .integer(2022)],
      form: .date,
      show: { $0[keyPath: path].map { "\"\($0.iso)\"" } ?? "unset" },
      read: { root, value in
        var text = value.string
        if case .temporal(let iso) = value.content { text = iso }
        guard let text, let date = CalendarDate(iso: text) else {
          throw Self.refusal(key, value, "a date like \"2022-01-31\"")
        }
        root[keyPath: path] = date
      })
  }

  /// Anything with a form of its own; `read` throws what it refuses.
  public static func custom(
    _ key: String, allowed: String, unit: String = "", _ sentence: String, refused: [ConfigValue.Content],
    form: FieldForm = .any,
    show: @escaping @Sendable (Root) -> String, read: @escaping @Sendable (inout Root, ConfigValue) throws -> Void
  ) -> Field {
    Field(key, allowed: allowed, unit: unit, sentence: sentence, refused: refused, form: form, show: show, read: read)
  }

  /// The error for a value that the field cannot take.
  public static func refusal(_ key: String, _ value: ConfigValue, _ allowed: String, hint: String = "") -> Faults {
    Faults.usage(value.place, "\(key) is \(value.typeName)\(hint)", "It must be \(allowed).")
  }
}

extension Field {
  /// `field`, which the plan's table reaches as `name`, in every stage that shares a field of that name.
  public static func shared(_ name: String, _ field: Field) -> Field {
    var field = field
    field.sharedName = name
    return field
  }

  /// `field`, which the plan's table reaches by its own key.
  public static func shared(_ field: Field) -> Field { shared(field.key, field) }

  /// The same field of a configuration that holds this one at `path`.
  public func lifted<Outer>(_ path: Field<Outer>.Path<Root>) -> Field<Outer> {
    var field = Field<Outer>(
      key, allowed: allowed, unit: unit, sentence: sentence, refused: refused, form: form,
      show: { show($0[keyPath: path]) }, read: { try read(&$0[keyPath: path], $1) })
    if let bind { field.bind = { try bind(&$0[keyPath: path], $1) } }
    field.sharedName = sharedName
    return field
  }

  /// A key that others of the kind take and this stage cannot honour: any value is refused with the reason.
  public static func notHonoured(_ key: String, because reason: String, instead advice: String) -> Field {
    Field(
      key, allowed: "nothing: not honoured here", unit: "", sentence: "Not honoured: \(reason).",
      refused: [.integer(1), .string("x")], form: .nothing, show: { _ in "unset" },
      read: { _, value in throw Faults.usage(value.place, "\(key) is not honoured here: \(reason)", advice) })
  }

  /// Reads `value` into `root`; for a configuration that holds another one.
  public func apply(_ value: ConfigValue, to root: inout Root) throws { try read(&root, value) }
}
