/// A value of a table.
enum StoredValue: Sendable, Hashable {
  case null
  case integer(Int64)
  case text(String)
  case bytes([UInt8])

  init(_ text: String?) { self = text.map(Self.text) ?? .null }
  init(_ number: Int?) { self = number.map { .integer(Int64($0)) } ?? .null }
  init(_ instant: Instant?) { self = instant.map { .integer($0.microseconds) } ?? .null }
}

extension StoredValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
  init(stringLiteral text: String) { self = .text(text) }
  init(integerLiteral number: Int64) { self = .integer(number) }
}

/// A row that was read. What is asked for by another name or type than the table has is nothing: tables are STRICT, and their
/// schema is compared when the store is opened.
struct StoredRow: Sendable, Hashable {
  let columns: [String]
  let values: [StoredValue]

  subscript(_ column: String) -> StoredValue {
    columns.firstIndex(of: column).map { values[$0] } ?? .null
  }

  func text(_ column: String) -> String {
    if case .text(let text) = self[column] { text } else { "" }
  }

  func optionalText(_ column: String) -> String? {
    if case .text(let text) = self[column] { text } else { nil }
  }

  func integer(_ column: String) -> Int {
    if case .integer(let number) = self[column] { Int(number) } else { 0 }
  }

  func optionalInteger(_ column: String) -> Int? {
    if case .integer(let number) = self[column] { Int(number) } else { nil }
  }

  func bytes(_ column: String) -> [UInt8] {
    if case .bytes(let bytes) = self[column] { bytes } else { [] }
  }

  func instant(_ column: String) -> Instant { Instant(microseconds: Int64(integer(column))) }

  func optionalInstant(_ column: String) -> Instant? {
    if case .integer(let number) = self[column] { Instant(microseconds: number) } else { nil }
  }
}
