internal import CutlineCore

/// A result table as it lies in a run: names of columns, then fields as text. Numbers are shown as they were written.
public struct StoredTable: Sendable {
  let path: String
  public let columns: [String]
  let rows: [[String]]
  private let places: [String: Int]

  init(path: String, columns: [String], rows: [[String]]) {
    self.path = path
    self.columns = columns
    self.rows = rows
    places = Dictionary(columns.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Reads CSV as this program writes it: RFC 4180 with LF, the apostrophe of a guarded field taken away.
  /// - Throws: `Faults` (integrity) for what this program does not write.
  public init(path: String, csv bytes: [UInt8]) throws {
    var records: [[String]] = []
    var fields: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    var wasQuoted = false
    func text() -> String {
      let text = String(decoding: field, as: UTF8.self)
      // What `CsvText` led by an apostrophe, and nothing else.
      let rest = String(text.dropFirst())
      return text.hasPrefix("'") && CsvText.guarded(rest) == text ? rest : text
    }
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if isQuoted {
        guard byte == UInt8(ascii: "\"") else {
          field.append(byte)
          continue
        }
        if index < bytes.count, bytes[index] == byte {
          field.append(byte)
          index += 1
        } else {
          isQuoted = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\"") where field.isEmpty && !wasQuoted:
        isQuoted = true
        wasQuoted = true
      case UInt8(ascii: ","), UInt8(ascii: "\n"):
        fields.append(text())
        field = []
        wasQuoted = false
        if byte == UInt8(ascii: "\n") {
          records.append(fields)
          fields = []
        }
      default: field.append(byte)
      }
    }
    guard !isQuoted, field.isEmpty, fields.isEmpty, let header = records.first,
      records.allSatisfy({ $0.count == header.count })
    else { throw Faults.integrity(path, "is no table that cutline wrote", "Restore it or run again.") }
    self.init(path: path, columns: header, rows: Array(records.dropFirst()))
  }

  func has(_ column: String) -> Bool { places[column] != nil }

  public var rowCount: Int { rows.count }

  /// A field; empty where the table has no such column.
  public func text(_ column: String, _ row: Int) -> String { places[column].map { rows[row][$0] } ?? "" }

  /// A field as a number; nil where it is empty or none that is finite.
  public func number(_ column: String, _ row: Int) -> Double? {
    Double(text(column, row)).flatMap { $0.isFinite ? $0 : nil }
  }

  func column(_ name: String) -> [String] { rows.indices.map { text(name, $0) } }

  /// The first row in which `column` is `value`.
  func row(where column: String, is value: String) -> Int? { rows.indices.first { text(column, $0) == value } }
}
