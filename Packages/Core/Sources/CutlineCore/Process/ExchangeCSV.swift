internal import Foundation

/// A CSV file as programs give it: RFC 4180, UTF-8, a header, LF or CRLF. Strict, with errors that name the line.
public struct ExchangeCSV {
  /// One record: its fields by the order of the columns asked for.
  public struct Record {
    /// Where it begins in the file, from 1.
    public let line: Int
    public let fields: [String]
    fileprivate let csv: String
    fileprivate let columns: [String]

    /// The error for a field that is not what it must be. The value is not shown: it may be of a person.
    public func refusal(_ column: Int, _ problem: String, _ advice: String) -> Faults {
      Faults.data("\(csv), line \(line), column \(columns[column])", problem, advice)
    }

    /// A finite number.
    public func number(_ column: Int) throws -> Double {
      guard let value = ExchangeNumber.double(fields[column]) else {
        throw refusal(column, "is \(fields[column].isEmpty ? "empty" : "no finite number")", "Write it like 0.0125.")
      }
      return value
    }

    /// A whole number in `range`; `2.0` is one too.
    public func whole(_ column: Int, in range: ClosedRange<Int>) throws -> Int {
      guard let value = ExchangeNumber.whole(fields[column]), range.contains(value) else {
        throw refusal(
          column,
          "is \(fields[column].isEmpty ? "empty" : "no whole number in \(range.lowerBound)...\(range.upperBound)")",
          "Write a whole number in \(range.lowerBound)...\(range.upperBound).")
      }
      return value
    }
  }

  let file: String
  let columns: [String]
  private let bytes: [UInt8]
  private var place = 0
  private var line = 1
  /// Place in a record of the file, per column asked for.
  private var order: [Int] = []

  /// - Throws: `Faults` (data) when the header does not hold exactly `columns`.
  init(_ data: Data, file: String, columns: [String]) throws {
    self.file = file
    self.columns = columns
    bytes = Array(data)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
    guard let header = try fields() else {
      throw Faults.data(file, "is empty", "Write a line with the names of the columns first.")
    }
    if let unknown = header.first(where: { !columns.contains($0) }) {
      let hint = DidYouMean.phrase(for: unknown, among: columns)
      throw Faults.data(
        "\(file), line 1", "there is no column \"\(unknown)\"\(hint)",
        "Its columns: \(columns.joined(separator: ", ")).")
    }
    if let twice = header.indices.first(where: { header[..<$0].contains(header[$0]) }) {
      throw Faults.data("\(file), line 1", "the column \(header[twice]) stands twice", "Write each column once.")
    }
    order = try columns.map { column in
      guard let index = header.firstIndex(of: column) else {
        throw Faults.data(
          "\(file), line 1", "the column \(column) is missing", "Its columns: \(columns.joined(separator: ", ")).")
      }
      return index
    }
  }

  /// The next record; nil at the end of the file.
  /// - Throws: `Faults` (data) for a record with another number of fields, a stray quote, an end inside quotes.
  public mutating func next() throws -> Record? {
    let start = line
    guard let found = try fields() else { return nil }
    guard found.count == order.count else {
      throw Faults.data(
        "\(file), line \(start)", "has \(found.count) field\(found.count == 1 ? "" : "s"), not \(order.count)",
        "Write one field per column in every line.")
    }
    return Record(line: start, fields: order.map { found[$0] }, csv: file, columns: columns)
  }

  private mutating func fields() throws -> [String]? {
    guard place < bytes.count else { return nil }
    var fields: [String] = []
    while true {
      let isQuoted = place < bytes.count && bytes[place] == UInt8(ascii: "\"")
      let raw = isQuoted ? try quoted() : plain()
      guard let text = String(validating: raw, as: UTF8.self) else {
        throw Faults.data("\(file), line \(line)", "is not UTF-8", "Write the file as UTF-8.")
      }
      fields.append(text)
      guard place < bytes.count else { return fields }
      let byte = bytes[place]
      place += 1
      if byte == UInt8(ascii: ",") { continue }
      if byte == UInt8(ascii: "\r"), place < bytes.count, bytes[place] == UInt8(ascii: "\n") {
        place += 1
      } else if byte != UInt8(ascii: "\n") {
        throw Faults.data("\(file), line \(line)", "has a stray quote or line end", "Quote fields as RFC 4180 says.")
      }
      line += 1
      return fields
    }
  }

  private mutating func plain() -> ArraySlice<UInt8> {
    let start = place
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: ","), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\""): return bytes[start..<place]
      default: place += 1
      }
    }
    return bytes[start..<place]
  }

  private mutating func quoted() throws -> ArraySlice<UInt8> {
    let start = line
    var text: [UInt8] = []
    place += 1
    while place < bytes.count {
      let byte = bytes[place]
      place += 1
      if byte == UInt8(ascii: "\"") {
        guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { return text[...] }
        place += 1
      }
      if byte == UInt8(ascii: "\n") { line += 1 }
      text.append(byte)
    }
    throw Faults.data("\(file), line \(start)", "ends inside quotes", "Write the file to its end.")
  }
}

/// Numbers as they stand in exchanged files.
public enum ExchangeNumber {
  public static func double(_ text: String) -> Double? {
    let isPlain = text.utf8.allSatisfy { byte in
      (48...57).contains(byte) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte)
    }
    guard isPlain, let value = Double(text), value.isFinite else { return nil }
    return value
  }

  public static func whole(_ text: String) -> Int? {
    Int(text) ?? double(text).flatMap { Int(exactly: $0) }
  }
}
