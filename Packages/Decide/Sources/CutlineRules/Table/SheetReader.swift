package import CutlineCore

/// Reads what people write as TOML, and keeps all mistakes with line and column.
package struct SheetReader {
  package typealias Text = RuleSheet.Text

  package let file: String
  package var reading = Reading()

  package init(file: String) { self.file = file }

  package mutating func fault(_ place: Place, _ problem: String, _ advice: String) {
    reading.add(Faults.usage(place, problem, advice))
  }

  package mutating func missing(_ place: Place, _ key: String, _ what: String) {
    fault(place, "\(what) has no \(key)", "Give it.")
  }

  package mutating func known(_ table: ConfigTable, _ keys: [String], of what: String) {
    for entry in table.entries where !keys.contains(entry.key) {
      fault(
        entry.place, "\(what) has the unknown key \(entry.key)\(DidYouMean.phrase(for: entry.key, among: keys))",
        "It may have \(keys.joined(separator: ", ")).")
    }
  }

  package mutating func text(_ table: ConfigTable, _ key: String, of what: String, isNeeded: Bool = true) -> String? {
    guard let value = table[key] else {
      if isNeeded { missing(Place(source: file, line: 1, column: 1), key, what) }
      return nil
    }
    return placed(value, key)?.text
  }

  /// A text with the place of its first character; numbers as they are written, where they may stand.
  package mutating func placed(_ value: ConfigValue?, _ key: String, takesNumbers: Bool = false) -> Text? {
    guard let value else { return nil }
    switch value.content {
    case .string(let text):
      return Text(
        text, Place(source: value.place.source, line: value.place.line, column: value.place.column + 1))
    case .integer(let number) where takesNumbers: return Text("\(number)", value.place)
    case .float(let number) where takesNumbers && number.isFinite:
      return Text(RuleNumber(number)?.text ?? "", value.place)
    case .float(let number) where takesNumbers && number.isInfinite:
      return Text(number < 0 ? "-inf" : "inf", value.place)
    case .boolean(let flag) where takesNumbers: return Text("\(flag)", value.place)
    case .temporal(let text): return Text(text, value.place)
    default:
      fault(value.place, "\(key) is \(value.typeName)", "Write a text\(takesNumbers ? " or a number" : "").")
      return nil
    }
  }

  package mutating func list(_ value: ConfigValue, _ key: String, takesNumbers: Bool = false) -> [Text] {
    guard let all = value.array else {
      fault(value.place, "\(key) is \(value.typeName)", "Write a list.")
      return []
    }
    var texts: [Text] = []
    for value in all { if let text = placed(value, key, takesNumbers: takesNumbers) { texts.append(text) } }
    return texts
  }

  package mutating func table(_ value: ConfigValue, _ what: String) -> ConfigTable? {
    if let table = value.table { return table }
    fault(value.place, "\(what) is \(value.typeName)", "Write a table.")
    return nil
  }

  package mutating func entries(_ value: ConfigValue?, _ what: String) -> [ConfigTable.Entry] {
    guard let value, let table = table(value, what) else { return [] }
    return table.entries.sorted { ($0.place.line, $0.place.column) < ($1.place.line, $1.place.column) }
  }
  package mutating func flag(_ value: ConfigValue?, _ key: String) -> Bool? {
    guard let value else { return nil }
    if let flag = value.boolean { return flag }
    fault(value.place, "\(key) is \(value.typeName)", "Write \(key) = true or false.")
    return nil
  }
}
