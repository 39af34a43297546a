internal import CutlineCore

/// The lines of a small table after RFC 4180, each with the number of the line that it begins in: comma, quotes doubled, any end of
/// line, with or without a byte-order mark.
struct CsvRecords: Sendable {
  struct Record: Sendable {
    let line: Int
    let fields: [String]
  }
  let header: [String]
  let records: [Record]

  /// - Throws: `Faults` (data) for what is no text, has no header, a name twice in it, or a quote that does not end.
  /// - Complexity: O(bytes).
  init(_ bytes: [UInt8], at place: String) throws {
    let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    var (records, fields, field): ([Record], [String], [UInt8]) = ([], [], [])
    var (line, start, isQuoted, wasQuoted, isEmpty) = (1, 1, false, false, true)
    func end() throws {
      guard let text = String(validating: field, as: UTF8.self) else {
        throw Faults.data(Place(source: place, line: line, column: 1), "is no text in UTF-8", "Save it as UTF-8.")
      }
      fields.append(text)
      (field, wasQuoted) = ([], false)
    }
    func endLine() throws {
      // A line with nothing on it is none.
      if isEmpty { return }
      try end()
      records.append(Record(line: start, fields: fields))
      (fields, isEmpty) = ([], true)
    }
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      index += 1
      if isQuoted {
        if byte == Self.quote {
          if index < bytes.endIndex, bytes[index] == Self.quote {
            field.append(byte)
            index += 1
          } else {
            isQuoted = false
          }
        } else {
          if byte == Self.newLine { line += 1 }
          field.append(byte)
        }
        continue
      }
      switch byte {
      case Self.quote where field.isEmpty && !wasQuoted: (isQuoted, wasQuoted, isEmpty) = (true, true, false)
      case UInt8(ascii: ","):
        isEmpty = false
        try end()
      case UInt8(ascii: "\r") where index == bytes.endIndex || bytes[index] == Self.newLine: break
      case Self.newLine:
        try endLine()
        line += 1
        start = line
      default:
        isEmpty = false
        field.append(byte)
      }
    }
    guard !isQuoted else {
      throw Faults.data(Place(source: place, line: start, column: 1), "has a quote that does not end", "Close it.")
    }
    try endLine()
    guard let header = records.first else {
      throw Faults.data(place, "is empty", "Give a table with a line of names.")
    }
    guard Set(header.fields).count == header.fields.count else {
      throw Faults.data(place, "names a column twice", "Keep one of them.")
    }
    (self.header, self.records) = (header.fields, Array(records.dropFirst()))
  }

  private static let quote = UInt8(ascii: "\"")
  private static let newLine = UInt8(ascii: "\n")
}

/// What is wrong with lines of a table: each mistake once, with the numbers of all lines that make it.
struct LineProblems: Sendable {
  private var lines: [String: [Int]] = [:]
  private var order: [String] = []

  var isEmpty: Bool { order.isEmpty }

  mutating func add(_ problem: String, line: Int) {
    if lines[problem] == nil { order.append(problem) }
    lines[problem, default: []].append(line)
  }

  /// All of them, `lines 3, 7, 12 to 15: occurred_on is no day`; nil where there is none.
  func faults(at place: String, _ advice: String) -> Faults? {
    var reading = Reading()
    for problem in order {
      let own = lines[problem] ?? []
      reading.add(Faults.data(place, "\(own.count == 1 ? "line" : "lines") \(Self.ranges(own)): \(problem)", advice))
    }
    do { try reading.finish() } catch { return error }
    return nil
  }

  private static func ranges(_ lines: [Int]) -> String {
    var parts: [ClosedRange<Int>] = []
    for line in Set(lines).sorted() {
      if let last = parts.last, last.upperBound + 1 == line {
        parts[parts.count - 1] = last.lowerBound...line
      } else {
        parts.append(line...line)
      }
    }
    return parts.map {
      $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)\($0.count == 2 ? ", " : " to ")\($0.upperBound)"
    }.joined(separator: ", ")
  }
}
