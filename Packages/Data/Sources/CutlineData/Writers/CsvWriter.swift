internal import CutlineCore

/// Writes tables as CSV after RFC 4180: comma, LF, quotes where they are needed, UTF-8 without a byte order mark.
struct CsvWriter {
  let style: CsvStyle
  /// Whether text that a spreadsheet would take for a formula is led by an apostrophe; numbers stay numbers.
  let guardsFormulas: Bool
  private(set) var notes: [String] = []
  private var guarded = 0

  init(style: CsvStyle, guardsFormulas: Bool = false) {
    self.style = style
    self.guardsFormulas = guardsFormulas
  }

  /// Writes the names and `rows` of `table`, in pieces of some hundred kilobytes.
  ///
  /// - Complexity: O(cells); memory of one piece.
  mutating func write(
    _ table: Table, rows: Range<Int>, to sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var text: [UInt8] = []
    text.reserveCapacity(300 << 10)
    for (index, column) in table.columns.enumerated() {
      if index > 0 { text.append(UInt8(ascii: ",")) }
      Array(column.name.utf8).withUnsafeBytes { appendText($0, to: &text) }
    }
    text.append(UInt8(ascii: "\n"))
    var odd = Array(repeating: 0, count: table.columns.count)
    for row in rows {
      for (index, column) in table.columns.enumerated() {
        if index > 0 { text.append(UInt8(ascii: ",")) }
        switch column.values {
        case .number(let numbers):
          append(numbers[row], to: &text)
        case .moment(let numbers, let unit):
          if style == .raw || numbers[row].isNaN {
            append(SasCalendar.sasNumber(numbers[row], unit), to: &text)
          } else if !CellText.append(numbers[row], unit: unit, to: &text) {
            odd[index] += 1
            append(SasCalendar.sasNumber(numbers[row], unit), to: &text)
          }
        case .text(let column):
          let code = Int(column.codes[row])
          guard code >= 0 else { continue }
          column.bytes.withUnsafeBytes { bytes in
            appendText(
              UnsafeRawBufferPointer(rebasing: bytes[column.offsets[code]..<column.offsets[code + 1]]), to: &text)
          }
        }
      }
      text.append(UInt8(ascii: "\n"))
      if text.count > 256 << 10 {
        try text.withUnsafeBytes(sink)
        text.removeAll(keepingCapacity: true)
      }
    }
    try text.withUnsafeBytes(sink)
    for (column, count) in zip(table.columns, odd) where count > 0 {
      notes.append("column \(column.name): \(count) values have no ISO text and stand as SAS numbers")
    }
    if guardsFormulas {
      notes.append(
        guarded == 0
          ? "no text begins as a formula does"
          : "\(guarded) cells begin as a formula does and are led by an apostrophe, which is not part of the data")
    }
  }

  private mutating func appendText(_ field: UnsafeRawBufferPointer, to text: inout [UInt8]) {
    // =, +, -, @, tab, CR, and what may be one of the full-width signs.
    if guardsFormulas, let first = field.first, [0x3D, 0x2B, 0x2D, 0x40, 0x09, 0x0D, 0xEF].contains(first) {
      let own = String(decoding: field, as: UTF8.self)
      let safe = CsvText.guarded(own)
      if safe != own {
        guarded += 1
        return Array(safe.utf8).withUnsafeBytes { Self.appendField($0, to: &text) }
      }
    }
    Self.appendField(field, to: &text)
  }

  private func append(_ value: Double, to text: inout [UInt8]) {
    guard value.isNaN else { return NumberText.append(value, to: &text) }
    guard style == .display, let letter = Missing(value)?.letter else { return }
    text.append(UInt8(ascii: "."))
    text.append(letter)
  }

  private static func appendField(_ field: UnsafeRawBufferPointer, to text: inout [UInt8]) {
    let needsQuotes = field.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
    guard needsQuotes else { return text.append(contentsOf: field) }
    text.append(0x22)
    for byte in field {
      if byte == 0x22 { text.append(0x22) }
      text.append(byte)
    }
    text.append(0x22)
  }
}
