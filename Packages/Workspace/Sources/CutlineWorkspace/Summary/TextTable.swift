internal import CutlineCore

/// A table for people: columns of text to the left, numbers to the right. What would steer a terminal is spelled out, so that
/// columns stand under each other whatever the names are.
public struct TextTable {
  private var rows: [[String]] = []
  private let textColumns: Int

  /// - Parameter textColumns: how many columns, from the first, hold text.
  public init(_ header: [String], textColumns: Int = 1) {
    rows.append(header.map { TerminalText.escaped($0) })
    self.textColumns = textColumns
  }

  public mutating func add(_ row: [String]) { rows.append(row.map { TerminalText.escaped($0) }) }

  public var text: String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    return rows.enumerated().map { index, row in
      let line = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column < textColumns ? cell + space : space + cell
      }.joined(separator: "  ")
      let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
      return index == 0 ? "  \(line)\n  \(rule)\n" : "  \(line)\n"
    }.joined()
  }

  /// A whole number with a space between groups of three digits.
  public static func grouped(_ value: Double) -> String {
    // Beyond 64 bits, which a stored artefact of other hands may hold.
    guard value.rounded().magnitude < 0x1p63 else { return "\(value)" }
    let digits = String(Int64(value.rounded()).magnitude)
    var out = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { out += " " }
      out.append(digit)
    }
    return (value <= -0.5 ? "−" : "") + out
  }

  /// A number with a fixed count of decimals.
  public static func fixed(_ value: Double, _ decimals: Int) -> String {
    NumberText.fixed(value, decimals).replacing("-", with: "−")
  }
}
