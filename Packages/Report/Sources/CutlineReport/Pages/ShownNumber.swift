internal import CutlineCore
internal import Foundation

/// How numbers of tables are shown to people: rounded once, here, with the number as it was written beside it.
enum ShownNumber {
  enum Form: Sendable {
    /// Percent, with two decimals.
    case percent
    /// A difference of percents, in points.
    case points
    /// An amount, by its size: `635.9 M`.
    case amount
    /// Whole, in groups of three.
    case count
    /// A number between others, with three decimals.
    case ratio
  }

  /// A number as text; nil where the field holds none.
  static func text(_ field: String, _ form: Form) -> String? {
    guard let value = Double(field), value.isFinite else { return nil }
    switch form {
    case .percent: return NumberText.fixed(value, 2) + " %"
    case .points: return (value > 0 ? "+" : "") + NumberText.fixed(value, 2) + " points"
    case .ratio: return NumberText.fixed(value, 3)
    case .count: return grouped(NumberText.fixed(value, 0))
    case .amount:
      for (unit, size) in [("bn", 1e9), ("M", 1e6), ("k", 1e4)] where abs(value) >= size {
        let scale = unit == "k" ? 1e3 : size
        return NumberText.fixed(value / scale, abs(value) >= 100 * scale ? 1 : 2) + "\u{202F}" + unit
      }
      return grouped(NumberText.fixed(value, 0))
    }
  }

  /// Thin spaces between groups of three digits.
  static func grouped(_ digits: String) -> String {
    let sign = digits.hasPrefix("-") ? "−" : ""
    let body = digits.hasPrefix("-") ? String(digits.dropFirst()) : digits
    guard body.allSatisfy(\.isNumber), body.count > 4 else { return sign + body }
    var parts: [String] = []
    var rest = Substring(body)
    while !rest.isEmpty {
      parts.insert(String(rest.suffix(3)), at: 0)
      rest = rest.dropLast(3)
    }
    return sign + parts.joined(separator: "\u{202F}")
  }
}

extension StoredTable {
  /// A field as a number that says where it comes from: shown rounded, with the field itself as its value; a dash where the
  /// field holds none.
  func shown(_ column: String, _ row: Int, _ form: ShownNumber.Form, _ notes: [ColumnNote] = []) -> Html {
    let field = text(column, row)
    guard let shown = ShownNumber.text(field, form) else { return .text("–") }
    let note = notes.first { $0.name == column }
    let basis = [note?.meaning, note?.unit, note?.basis, path].compactMap { $0 }.filter { !$0.isEmpty }
    return .tag("data", ["value": field, "title": basis.joined(separator: " · ")], .text(shown))
  }
}
