internal import CutlineCore

/// What is wrong with one record; rows and lines are counted within the chunk.
struct CsvIssue {
  let row: Int
  let line: Int
  /// From 0; nil where the record as a whole is meant.
  let column: Int?
  let problem: String
  /// The text that it is about.
  var shown: String?
  /// Whether nobody can tell any more where records begin.
  var isStructural = false

  static let noUTF8 = "is not valid UTF-8 text"
}

/// A value that shows that a column is not what it was taken for.
struct CsvContradiction {
  let row: Int
  let line: Int
  let text: [UInt8]
  /// Whether a value before it in the chunk did fit.
  let hadValues: Bool
}

/// Parses the records of a chunk into columns.
///
/// One pass over the bytes; a number is made while its end is looked for. The state of the columns lies in raw memory
/// that belongs to the parser, so the loop runs without checks of bounds and exclusivity.
final class CsvChunkParser {
  static let issueLimit = 20
  private let layout: CsvLayout
  private let columnCount: Int
  private let kinds: UnsafeMutablePointer<CsvKind>
  private let stores: UnsafeMutablePointer<UnsafeMutableRawPointer>
  private var capacity: Int
  private let pools: UnsafeMutablePointer<TextPool>
  private let valueCounts: UnsafeMutablePointer<Int>
  private var memo: UnsafeMutablePointer<DateMemo>
  private(set) var contradictions: [CsvContradiction?]
  private(set) var issues: [CsvIssue] = []
  private(set) var rows = 0
  private(set) var lines = 0
  private(set) var blankLines = 0
  /// Places of the missing tokens that a field was, since the parser was made.
  private(set) var tokensFound: Set<Int> = []
  private var scratch: [UInt8] = []
  // Numbers whose point may divide thousands: the first row of one, −1 where there is none, and what shows the contrary.
  private let openRows: UnsafeMutablePointer<Int>
  private let hasDecimals: UnsafeMutablePointer<Bool>
  /// How many there are, and how many of them end in a 0.
  private let openCounts: UnsafeMutablePointer<(all: Int, withZero: Int)>
  private var openTexts: [[UInt8]]
  private var checksFields = false

  private struct DateMemo {
    var head: UInt64 = 0
    var tail: UInt16 = 0
    var value = 0.0
  }

  init(layout: CsvLayout, plans: [CsvColumnPlan]) {
    self.layout = layout
    columnCount = plans.count
    capacity = 4096
    kinds = .allocate(capacity: columnCount)
    stores = .allocate(capacity: columnCount)
    pools = .allocate(capacity: columnCount)
    valueCounts = .allocate(capacity: columnCount)
    memo = .allocate(capacity: columnCount)
    openRows = .allocate(capacity: columnCount)
    hasDecimals = .allocate(capacity: columnCount)
    openCounts = .allocate(capacity: columnCount)
    openCounts.initialize(repeating: (0, 0), count: columnCount)
    openRows.initialize(repeating: -1, count: columnCount)
    hasDecimals.initialize(repeating: false, count: columnCount)
    openTexts = Array(repeating: [], count: columnCount)
    for (index, plan) in plans.enumerated() {
      (kinds + index).initialize(to: plan.kind)
      (stores + index).initialize(to: .allocate(byteCount: capacity * 8, alignment: 16))
      (pools + index).initialize(to: TextPool())
      (valueCounts + index).initialize(to: 0)
      (memo + index).initialize(to: DateMemo())
    }
    contradictions = Array(repeating: nil, count: columnCount)
  }

  deinit {
    for index in 0..<columnCount { stores[index].deallocate() }
    stores.deallocate()
    kinds.deinitialize(count: columnCount).deallocate()
    pools.deinitialize(count: columnCount).deallocate()
    valueCounts.deallocate()
    memo.deallocate()
    openRows.deallocate()
    hasDecimals.deallocate()
    openCounts.deallocate()
  }

  /// Numbers of column `index` in the chunk parsed last.
  func numbers(_ index: Int) -> UnsafeBufferPointer<Double> {
    UnsafeBufferPointer(start: stores[index].assumingMemoryBound(to: Double.self), count: rows)
  }

  /// Codes of column `index` in the chunk parsed last, into its own pool.
  func codes(_ index: Int) -> UnsafeBufferPointer<Int32> {
    UnsafeBufferPointer(start: stores[index].assumingMemoryBound(to: Int32.self), count: rows)
  }

  func pool(_ index: Int) -> TextPool { pools[index] }

  /// Values of column `index`, not missing, in the chunk parsed last.
  func valueCount(_ index: Int) -> Int { valueCounts[index] }

  /// What the points of column `index` show in the chunk parsed last: the first that may divide thousands, whether one
  /// cannot, how many may, and how many of those end in a 0.
  func points(_ index: Int) -> (open: (row: Int, text: [UInt8])?, hasDecimals: Bool, counts: (all: Int, withZero: Int))
  {
    (openRows[index] < 0 ? nil : (openRows[index], openTexts[index]), hasDecimals[index], openCounts[index])
  }

  /// Parses all records of `chunk`.
  func parse(_ chunk: CsvChunk) {
    rows = 0
    lines = 0
    blankLines = 0
    issues.removeAll()
    for index in 0..<columnCount {
      pools[index] = TextPool()
      valueCounts[index] = 0
      contradictions[index] = nil
      openRows[index] = -1
      hasDecimals[index] = false
      openCounts[index] = (0, 0)
    }
    let bytes = UnsafePointer(chunk.bytes)
    checksFields = !Self.isCleanText(bytes + chunk.start, chunk.count - chunk.start)
    var place = chunk.start
    while place < chunk.count {
      if rows == capacity { grow() }
      let byte = bytes[place]
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r"), columnCount > 1 {
        CsvRecord.skipLineBreak(bytes, &place, end: chunk.count)
        blankLines += 1
        lines += 1
        continue
      }
      place = record(bytes, place, end: chunk.count)
      if issues.count >= Self.issueLimit || issues.last?.isStructural == true { return }
    }
  }

  /// Parses the record at `start`.
  /// - Returns: the place behind its line break.
  @inline(__always)
  private func record(_ bytes: UnsafePointer<UInt8>, _ start: Int, end: Int) -> Int {
    let delimiter = layout.delimiter
    let decimal = layout.decimalMark
    let quote = UInt8(ascii: "\"")
    let numbers = layout.numbers
    let canBeFast = !layout.tokensLookNumeric
    let watches = layout.watchesPoint
    let line = lines
    var place = start
    var column = 0
    while true {
      let kind = column < columnCount ? kinds[column] : .skipped
      var isDone = false
      if case .number = kind, canBeFast {
        // A number in digits and at most one decimal mark, made as it is read; anything else goes the longer way.
        var next = place
        let isNegative = bytes[next] == UInt8(ascii: "-")
        if isNegative { next &+= 1 }
        let first = next
        var digits: UInt64 = 0
        while bytes[next] &- 48 < 10 {
          digits = digits &* 10 &+ UInt64(bytes[next] &- 48)
          next &+= 1
        }
        let whole = next &- first
        var decimals = 0
        if bytes[next] == decimal, decimal != delimiter {
          next &+= 1
          let from = next
          while bytes[next] &- 48 < 10 {
            digits = digits &* 10 &+ UInt64(bytes[next] &- 48)
            next &+= 1
          }
          decimals = next &- from
        }
        let stop = bytes[next]
        let isEnd = stop == delimiter || stop == UInt8(ascii: "\n") || stop == UInt8(ascii: "\r")
        if isEnd, whole > 0, whole &+ decimals <= 19, bytes[first] != 48 || whole == 1,
          decimals > 0 || digits <= 1 << 53, let value = numbers.quotient(digits, decimals: decimals)
        {
          stores[column].assumingMemoryBound(to: Double.self)[rows] = isNegative ? -value : value
          valueCounts[column] &+= 1
          if watches, decimals > 0 {
            if decimals != 3 || whole > 3 || bytes[first] == 48 {
              hasDecimals[column] = true
            } else {
              noteOpen(column, bytes + place, next &- place)
            }
          }
          place = next
          isDone = true
        } else if isEnd, next == place {
          stores[column].assumingMemoryBound(to: Double.self)[rows] = Missing.plain.value
          isDone = true
        }
      }
      if !isDone {
        if bytes[place] == quote {
          guard let behind = quoted(bytes, place, end: end, column: column, kind: kind) else {
            return end
          }
          place = behind
        } else {
          var next = place
          while bytes[next] != delimiter, bytes[next] != UInt8(ascii: "\n"), bytes[next] != UInt8(ascii: "\r"),
            bytes[next] != quote
          {
            next &+= 1
          }
          if bytes[next] == quote, Self.isBlank(bytes + place, next &- place) {
            // Some programs write a blank before the quote; it belongs to neither field.
            guard let behind = quoted(bytes, next, end: end, column: column, kind: kind) else { return end }
            next = behind
          } else if bytes[next] == quote {
            let shown = Self.excerpt(bytes + place, min(next + 8, end - 1) - place)
            report(column, "a quote stands inside a field that is not quoted", shown, isStructural: true)
            return end
          } else {
            field(bytes + place, next - place, column: column, kind: kind)
          }
          place = next
        }
      }
      column &+= 1
      if bytes[place] == delimiter {
        place &+= 1
        continue
      }
      break
    }
    CsvRecord.skipLineBreak(bytes, &place, end: end)
    lines &+= 1
    if column != columnCount {
      issues.append(
        CsvIssue(
          row: rows, line: line, column: nil,
          problem: "has \(column) field\(column == 1 ? "" : "s") where the names are \(columnCount)"))
    }
    rows &+= 1
    return place
  }

  /// Parses the quoted field at `start`.
  /// - Returns: the place behind its closing quote; nil after a report.
  private func quoted(_ bytes: UnsafePointer<UInt8>, _ start: Int, end: Int, column: Int, kind: CsvKind) -> Int? {
    let quote = UInt8(ascii: "\"")
    var place = start + 1
    var isDoubled = false
    var breaks = 0
    while true {
      while place < end, bytes[place] != quote {
        if bytes[place] == UInt8(ascii: "\n") { breaks &+= 1 }
        place &+= 1
      }
      guard place < end else {
        let shown = Self.excerpt(bytes + start, min(60, end - 1 - start))
        report(column, "a quote is opened and never closed", shown, isStructural: true)
        return nil
      }
      guard bytes[place + 1] == quote, place + 1 < end else { break }
      isDoubled = true
      place &+= 2
    }
    var close = place + 1
    while close < end, bytes[close] == 0x20, layout.delimiter != 0x20 { close += 1 }
    let behind = bytes[close]
    guard behind == layout.delimiter || behind == UInt8(ascii: "\n") || behind == UInt8(ascii: "\r") else {
      let shown = Self.excerpt(bytes + start, min(place + 12, end - 1) - start)
      report(column, "text follows the closing quote of a field", shown, isStructural: true)
      return nil
    }
    if isDoubled {
      scratch.removeAll(keepingCapacity: true)
      var index = start + 1
      while index < place {
        scratch.append(bytes[index])
        index += bytes[index] == quote ? 2 : 1
      }
      scratch.withUnsafeBufferPointer { buffer in
        if let text = buffer.baseAddress { field(text, buffer.count, column: column, kind: kind) }
      }
    } else {
      field(bytes + start + 1, place - start - 1, column: column, kind: kind)
    }
    lines += breaks
    return close
  }

  /// Takes the content of a field.
  @inline(__always)
  private func field(_ text: UnsafePointer<UInt8>, _ count: Int, column: Int, kind: CsvKind) {
    if checksFields, !isCleanField(text, count, column) {
      // The file is refused, but what has been parsed is still put together: no place may stay unwritten.
      switch kind {
      case .skipped: return
      case .text: stores[column].assumingMemoryBound(to: Int32.self)[rows] = -1
      default: stores[column].assumingMemoryBound(to: Double.self)[rows] = 0
      }
      return
    }
    switch kind {
    case .skipped: return
    case .text:
      let code: Int32
      if count == 0 || (!layout.missingTokens.isEmpty && isMissingToken(text, count)) {
        code = -1
      } else {
        code = pools[column].code(of: UnsafeRawBufferPointer(start: text, count: count))
        valueCounts[column] &+= 1
      }
      stores[column].assumingMemoryBound(to: Int32.self)[rows] = code
    case .isoDate where count == 10:
      let head = UnsafeRawPointer(text).loadUnaligned(as: UInt64.self)
      let tail = UnsafeRawPointer(text + 8).loadUnaligned(as: UInt16.self)
      if memo[column].head != head || memo[column].tail != tail {
        guard let value = MomentText.date(text, 10) else { return other(text, count, column: column, kind: kind) }
        memo[column] = DateMemo(head: head, tail: tail, value: value)
      }
      stores[column].assumingMemoryBound(to: Double.self)[rows] = memo[column].value
      valueCounts[column] &+= 1
    default: other(text, count, column: column, kind: kind)
    }
  }

  private func other(_ text: UnsafePointer<UInt8>, _ count: Int, column: Int, kind: CsvKind) {
    var value = layout.missing(text, count)
    if value != nil {
      if !layout.missingTokens.isEmpty { _ = isMissingToken(text, count) }
    } else {
      value = layout.value(text, count, as: kind)
      if value != nil {
        valueCounts[column] &+= 1
        if kind == .number, layout.watchesPoint { watch(text, count, column) }
      } else {
        contradictions[column] = CsvContradiction(
          row: rows, line: lines, text: Array(UnsafeBufferPointer(start: text, count: count)),
          hadValues: valueCounts[column] > 0)
        // Its values are not needed any more: the file is read again.
        kinds[column] = .skipped
      }
    }
    stores[column].assumingMemoryBound(to: Double.self)[rows] = value ?? 0
  }

  private func isMissingToken(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    guard let token = layout.marks.missingToken(text, count) else { return false }
    tokensFound.insert(token)
    return true
  }

  private func watch(_ text: UnsafePointer<UInt8>, _ count: Int, _ column: Int) {
    let number = Marks.trimmed(Array(UnsafeBufferPointer(start: text, count: count)))
    switch PointReading(number.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }) {
    case .open: noteOpen(column, text, count)
    case .decimal: hasDecimals[column] = true
    case .none: return
    }
  }

  private func noteOpen(_ column: Int, _ text: UnsafePointer<UInt8>, _ count: Int) {
    openCounts[column].all &+= 1
    if text[count - 1] == UInt8(ascii: "0") { openCounts[column].withZero &+= 1 }
    guard openRows[column] < 0 else { return }
    openRows[column] = rows
    openTexts[column] = Array(UnsafeBufferPointer(start: text, count: count))
  }

  private static func isBlank(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    count > 0 && (0..<count).allSatisfy { text[$0] == 0x20 }
  }

  private func isCleanField(_ text: UnsafePointer<UInt8>, _ count: Int, _ column: Int) -> Bool {
    for index in 0..<count where text[index] == 0 {
      report(column, "holds a NUL byte, which is not text; a file in UTF-16 needs its encoding named")
      return false
    }
    if UTF8Bytes.isValid(UnsafeRawBufferPointer(start: text, count: count)) { return true }
    report(column, CsvIssue.noUTF8)
    return false
  }

  private func report(_ column: Int, _ problem: String, _ shown: String? = nil, isStructural: Bool = false) {
    guard issues.count < Self.issueLimit else { return }
    issues.append(
      CsvIssue(row: rows, line: lines, column: column, problem: problem, shown: shown, isStructural: isStructural))
  }

  private func grow() {
    for index in 0..<columnCount {
      let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity * 16, alignment: 16)
      larger.copyMemory(from: stores[index], byteCount: capacity * 8)
      stores[index].deallocate()
      stores[index] = larger
    }
    capacity *= 2
  }

  /// The kinds that columns are parsed as from the next chunk on.
  func reset(_ plans: [CsvColumnPlan]) {
    for (index, plan) in plans.enumerated() { kinds[index] = plan.kind }
  }

  /// Whether there are only valid UTF-8 and no NUL bytes.
  private static func isCleanText(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    var high: UInt8 = 0
    var place = 0
    while place < count {
      high |= bytes[place]
      place &+= 1
    }
    if CsvChunker.count(0, bytes, count) > 0 { return false }
    return high < 0x80 || UTF8Bytes.isValid(UnsafeRawBufferPointer(start: bytes, count: count))
  }

  /// A field for a message: short, without control characters.
  static func excerpt(_ text: UnsafePointer<UInt8>, _ count: Int) -> String {
    let shown = UnsafeBufferPointer(start: text, count: min(count, 40)).map { $0 < 0x20 ? UInt8(ascii: " ") : $0 }
    return String(decoding: shown, as: UTF8.self) + (count > 40 ? "…" : "")
  }
}
