internal import CutlineCore

/// Signs of a text file other than those of RFC 4180.
struct CsvSigns: Sendable {
  /// What lines begin with that are no records; empty where there are none.
  let comment: [UInt8]
  /// Nil where nothing is quoted.
  let quote: UInt8?
  let escape: UInt8?

  /// - Returns: nil where all are the usual ones, so that the file can be read as it is.
  /// - Throws: `Faults` (usage) for signs that cannot be ones.
  init?(_ options: ReadOptions) throws {
    guard options.comment != nil || options.quote.map({ $0 != "\"" }) ?? false || options.escape != nil else {
      return nil
    }
    comment = Array((options.comment ?? "").utf8)
    guard !comment.contains(where: { $0 == 0x0A || $0 == 0x0D }) else {
      throw Faults.usage("comment", "holds a line break", "Give what the lines begin with, such as #.")
    }
    let text = options.quote ?? "\""
    if text == "none" {
      quote = nil
    } else if text.utf8.count == 1, let byte = text.utf8.first, byte > 0x20, !Marks.isDigit(byte) {
      quote = byte
    } else {
      throw Faults.usage("quote", "\"\(text)\" cannot be used", "Give one ASCII character, or none.")
    }
    escape = try options.escape.map { mark in
      guard let byte = mark.asciiValue, byte > 0x20, !Marks.isDigit(byte) else {
        throw Faults.usage("escape", "\"\(mark)\" cannot be used", "Give one ASCII character, such as a backslash.")
      }
      return byte
    }
    for (name, byte) in [("quote", quote), ("escape", escape)] {
      guard let byte, let delimiter = options.delimiter?.asciiValue, byte == delimiter else { continue }
      throw Faults.usage(name, "is the delimiter as well", "Give two different characters.")
    }
  }
}

/// A text file of other signs, rewritten on the way to those of RFC 4180: without comments, with double quotes, doubled
/// inside fields.
///
/// So the parser knows one way of quoting only, which keeps it fast. What breaks the rules is passed on such that it
/// breaks them there as well, and is reported with its row.
final class PlainRecords: ByteStream {
  private enum State { case lineStart, fieldStart, plain, quoted, closed, comment }

  private let source: any ByteStream
  private let signs: CsvSigns
  private let delimiter: UInt8
  private var state = State.lineStart
  private var matched = 0
  private var isEscaped = false
  private var isAfterReturn = false
  private var field: [UInt8] = []
  private var wasQuoted = false
  private var wasEscaped = false
  // Bytes behind a closing quote, which are a mistake unless they are blanks.
  private var tail: [UInt8] = []
  private var output: [UInt8] = []
  private var sent = 0
  private var isFirst = true
  private var isAtEnd = false
  private var lines = 0
  /// For each comment the lines that were passed on before it.
  private(set) var comments: [Int] = []
  private(set) var quotedFields = 0
  private(set) var escapes = 0

  init(_ source: any ByteStream, signs: CsvSigns, delimiter: UInt8) {
    (self.source, self.signs, self.delimiter) = (source, signs, delimiter)
  }

  func read(into place: UnsafeMutableRawPointer, count: Int) throws -> Int {
    var done = 0
    while done < count {
      if sent == output.count {
        guard !isAtEnd else { break }
        output.removeAll(keepingCapacity: true)
        sent = 0
        let block = try source.read(upTo: 256 << 10)
        take(block)
        if block.isEmpty { end() }
        continue
      }
      let some = min(count - done, output.count - sent)
      output.withUnsafeBytes { bytes in
        if let from = bytes.baseAddress { (place + done).copyMemory(from: from + sent, byteCount: some) }
      }
      sent += some
      done += some
    }
    return done
  }

  /// The text of `bytes` alone in the usual signs, for a look at its beginning.
  static func rewritten(_ bytes: [UInt8], signs: CsvSigns, delimiter: UInt8) -> [UInt8] {
    let stream = PlainRecords(EmptyStream(), signs: signs, delimiter: delimiter)
    stream.take(bytes)
    return stream.output
  }

  private func take(_ block: [UInt8]) {
    // A byte order mark belongs to no line, and would hide what the first one begins with.
    let hasMark = isFirst && block.starts(with: [0xEF, 0xBB, 0xBF])
    isFirst = false
    for byte in hasMark ? block.dropFirst(3) : block[...] {
      if isAfterReturn {
        isAfterReturn = false
        if byte == UInt8(ascii: "\n") { continue }
      }
      step(byte)
    }
  }

  private func step(_ byte: UInt8) {
    if state == .lineStart, matched < signs.comment.count {
      if byte == signs.comment[matched] {
        matched += 1
        if matched == signs.comment.count {
          state = .comment
          comments.append(lines)
        }
        return
      }
      // It only began like a comment.
      let begun = signs.comment[..<matched]
      matched = signs.comment.count
      for earlier in begun { step(earlier) }
    }
    if isEscaped {
      isEscaped = false
      field.append(byte)
      return
    }
    let isBreak = byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
    switch state {
    case .comment:
      if isBreak { beginLine(after: byte) }
    case .quoted:
      if byte == signs.escape, byte != signs.quote {
        isEscaped = true
        escapes += 1
      } else if byte == signs.quote {
        state = .closed
      } else {
        field.append(byte)
      }
    case .closed where byte == signs.quote && tail.isEmpty:
      field.append(byte)
      state = .quoted
    case .lineStart, .fieldStart, .plain, .closed:
      if byte == delimiter || isBreak {
        endField(with: isBreak ? UInt8(ascii: "\n") : delimiter)
        if isBreak { beginLine(after: byte) }
      } else if state == .closed {
        tail.append(byte)
      } else if byte == signs.quote, field.allSatisfy({ $0 == 0x20 }), !wasEscaped {
        field.removeAll(keepingCapacity: true)
        wasQuoted = true
        quotedFields += 1
        state = .quoted
      } else if byte == signs.escape {
        isEscaped = true
        escapes += 1
        wasEscaped = true
        state = .plain
      } else {
        field.append(byte)
        state = .plain
      }
    }
  }

  private func beginLine(after byte: UInt8) {
    isAfterReturn = byte == UInt8(ascii: "\r")
    state = .lineStart
    matched = 0
  }

  private func endField(with mark: UInt8?) {
    let isNull = wasEscaped && !wasQuoted && field == [UInt8(ascii: "N")]
    let hasSigns = field.contains { $0 == UInt8(ascii: "\"") || $0 == delimiter || $0 == 0x0A || $0 == 0x0D }
    // A double quote that nothing explains must be reported, and stays as it is.
    let isStray = !wasQuoted && !wasEscaped && signs.quote == UInt8(ascii: "\"")
    if isNull {
      // MySQL and Hive write \N where there is no value.
    } else if wasQuoted || (hasSigns && !isStray) {
      output.append(UInt8(ascii: "\""))
      for byte in field {
        if byte == UInt8(ascii: "\"") { output.append(byte) }
        output.append(byte)
      }
      if state != .quoted { output.append(UInt8(ascii: "\"")) }
      output.append(contentsOf: tail)
    } else {
      output.append(contentsOf: field)
    }
    lines += field.count { $0 == UInt8(ascii: "\n") }
    if let mark {
      output.append(mark)
      if mark == UInt8(ascii: "\n") { lines += 1 }
    }
    field.removeAll(keepingCapacity: true)
    tail.removeAll(keepingCapacity: true)
    (wasQuoted, wasEscaped) = (false, false)
    state = .fieldStart
  }

  private func end() {
    isAtEnd = true
    if state == .lineStart, matched > 0, matched < signs.comment.count { field += signs.comment[..<matched] }
    if state != .comment, state != .lineStart || !field.isEmpty { endField(with: nil) }
  }
}

/// A stream without any bytes.
private final class EmptyStream: ByteStream {
  func read(into place: UnsafeMutableRawPointer, count: Int) throws -> Int { 0 }
}
