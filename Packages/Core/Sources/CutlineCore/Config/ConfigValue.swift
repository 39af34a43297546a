/// A value of a configuration file with its place.
public struct ConfigValue: Sendable {
  public enum Content: Sendable {
    case table(ConfigTable)
    case array([ConfigValue])
    case string(String)
    case integer(Int64)
    case float(Double)
    case boolean(Bool)
    /// A TOML date or time, in ISO form.
    case temporal(String)
  }

  public let content: Content
  public let place: Place

  public init(_ content: Content, at place: Place) {
    self.content = content
    self.place = place
  }

  public var table: ConfigTable? { if case .table(let value) = content { value } else { nil } }
  public var array: [ConfigValue]? { if case .array(let value) = content { value } else { nil } }
  public var string: String? { if case .string(let value) = content { value } else { nil } }
  public var boolean: Bool? { if case .boolean(let value) = content { value } else { nil } }
  public var integer: Int64? { if case .integer(let value) = content { value } else { nil } }

  /// The value of an integer or a float.
  public var number: Double? {
    switch content {
    case .integer(let value): Double(value)
    case .float(let value): value
    default: nil
    }
  }

  /// What a person would call the type of this value.
  public var typeName: String {
    switch content {
    case .table: "a table"
    case .array(let values): "a list of \(values.count)"
    case .string(let value): "the text \"\(value)\""
    case .integer(let value): "the number \(value)"
    case .float(let value): "the number \(value)"
    case .boolean(let value): "\(value)"
    case .temporal(let value): "the date \(value)"
    }
  }

  /// The value as TOML, in one line.
  public var toml: String {
    switch content {
    case .table(let table):
      "{ " + table.entries.map { "\(Self.key($0.key)) = \($0.value.toml)" }.joined(separator: ", ") + " }"
    case .array(let values): "[" + values.map(\.toml).joined(separator: ", ") + "]"
    case .string(let value): Self.quoted(value)
    case .integer(let value): String(value)
    case .float(let value): Self.number(value)
    case .boolean(let value): String(value)
    case .temporal(let value): value
    }
  }

  /// A number as TOML.
  public static func number(_ value: Double) -> String {
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    return value.isNaN ? "nan" : "\(value)"
  }

  public static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      default:
        if scalar.value < 0x20 || scalar.value == 0x7F {
          let digits = String(scalar.value, radix: 16)
          out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          out.unicodeScalars.append(scalar)
        }
      }
    }
    return out + "\""
  }

  static func key(_ text: String) -> String {
    let bare =
      !text.isEmpty
      && text.utf8.allSatisfy { byte in
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95 || byte == 45
      }
    return bare ? text : quoted(text)
  }
}

/// A table of a configuration file: its entries in the order of the file.
public struct ConfigTable: Sendable {
  public struct Entry: Sendable {
    public let key: String
    /// The place of the key itself.
    public let place: Place
    public var value: ConfigValue

    public init(key: String, place: Place, value: ConfigValue) {
      self.key = key
      self.place = place
      self.value = value
    }
  }

  public var entries: [Entry]

  public init(_ entries: [Entry] = []) { self.entries = entries }

  public subscript(key: String) -> ConfigValue? { entry(key)?.value }

  public func entry(_ key: String) -> Entry? { entries.first { $0.key == key } }

  /// Sets `value` at a path of keys, making the tables on the way. The last writer wins.
  public mutating func set(_ path: some Collection<String>, to value: ConfigValue) throws {
    guard let key = path.first else { return }
    let rest = path.dropFirst()
    let index = entries.firstIndex { $0.key == key }
    if rest.isEmpty {
      let entry = Entry(key: key, place: value.place, value: value)
      if let index { entries[index] = entry } else { entries.append(entry) }
      return
    }
    var inner = ConfigTable()
    if let index {
      guard let table = entries[index].value.table else {
        throw Faults.usage(
          value.place, "\(key) is not a table but \(entries[index].value.typeName)", "Set a key of a table.")
      }
      inner = table
    }
    try inner.set(rest, to: value)
    let made = ConfigValue(.table(inner), at: index.map { entries[$0].value.place } ?? value.place)
    if let index {
      entries[index].value = made
    } else {
      entries.append(Entry(key: key, place: value.place, value: made))
    }
  }

  /// Lays `other` over this table: tables are merged key by key, everything else is replaced.
  public mutating func merge(_ other: ConfigTable) {
    for entry in other.entries {
      if let index = entries.firstIndex(where: { $0.key == entry.key }) {
        if var mine = entries[index].value.table, let theirs = entry.value.table {
          mine.merge(theirs)
          entries[index].value = ConfigValue(.table(mine), at: entry.value.place)
        } else {
          entries[index] = entry
        }
      } else {
        entries.append(entry)
      }
    }
  }
}
