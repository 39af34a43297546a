/// A table as CSV after RFC 4180, while it is written: comma, LF, UTF-8, quotes where they are needed.
public struct CsvText: Sendable {
  public private(set) var bytes: [UInt8] = []
  private let guardsFormulas: Bool

  /// - Parameter guardsFormulas: whether text that a spreadsheet would take for a formula is led by an apostrophe.
  public init(_ header: [String], guardsFormulas: Bool = false) {
    self.guardsFormulas = guardsFormulas
    add(header)
  }

  public mutating func add(_ fields: [String]) {
    for (index, field) in fields.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(contentsOf: Self.field(guardsFormulas ? Self.guarded(field) : field).utf8)
    }
    bytes.append(UInt8(ascii: "\n"))
  }

  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// A field as it is written: quoted where it must be.
  public static func field(_ text: String) -> String {
    let mustBeQuoted = text.utf8.contains { [0x2C, 0x22, 0x0A, 0x0D].contains($0) }
    return mustBeQuoted ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
  }

  /// A field with an apostrophe in front where a spreadsheet would take it for a formula.
  public static func guarded(_ text: String) -> String {
    // Also the full-width signs, which spreadsheets take in some languages, and a sign that leads no number.
    guard let first = text.first, "=@+-\t\r＝＠＋－".contains(first), text != "-", Double(text) == nil else { return text }
    return "'" + text
  }
}

extension CsvText {
  /// - Throws: `Faults` (data) when a table's first line is not the names of the columns that it describes.
  static func check(header: some Sequence<UInt8>, of path: String, describes columns: [ColumnNote]) throws(Faults) {
    let names = columns.map { field($0.name) }.joined(separator: ",")
    guard String(decoding: Array(header), as: UTF8.self) == names else {
      throw Faults.data(
        "file \(path.debugDescription)", "has other columns than it describes", "Describe the columns in their order.")
    }
  }
}
