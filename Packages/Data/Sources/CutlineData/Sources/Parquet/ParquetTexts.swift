internal import CutlineCore

/// Collects the text of one column of a Parquet file.
struct ParquetTexts {
  private var codes: [Int32] = []
  private var pool = TextPool()
  /// What has been taken in; words of a dictionary are counted with each batch that uses it.
  private(set) var bytes = 0
  // Kept for the next batch.
  private var lengths: [UInt32] = []
  private var map: [Int32] = []

  var count: Int { codes.count }

  mutating func reserve(_ rows: Int) { codes.reserve(rows) }

  consuming func column() -> TextColumn { pool.column(codes: codes) }

  /// One value; nil where it is missing.
  mutating func append(_ text: String?) {
    guard var text, !text.isEmpty else {
      codes.append(-1)
      return
    }
    codes.append(text.withUTF8 { pool.code(of: UnsafeRawBufferPointer($0)) })
    bytes += text.utf8.count + 4
  }

  /// Booleans are the words that a CSV file has for them.
  mutating func append(_ values: ParquetValues) throws(ParquetContentError) {
    switch values.type {
    case .boolean:
      guard let bits = values.buffer(0)?.assumingMemoryBound(to: UInt8.self) else {
        if values.count > 0 { throw .contradiction }
        return
      }
      for row in 0..<values.count {
        let bit = values.offset + row
        append(values.isMissing(row) ? nil : bits[bit >> 3] >> UInt8(bit & 7) & 1 == 1 ? "true" : "false")
      }
    case .uuid: for row in 0..<values.count { append(try Self.uuid(values, row)) }
    case .text(offsetBytes: 4, _): try append(values, offsets: Int32.self)
    case .text: try append(values, offsets: Int64.self)
    default: for row in 0..<values.count { try appendOne(values, row) }
    }
  }

  /// Numbers of words, and the words: each is looked up once, and only where a row has it.
  mutating func append(_ values: ParquetValues, wordsOf dictionary: ParquetValues) throws(ParquetContentError) {
    map.removeAll(keepingCapacity: true)
    map.append(contentsOf: repeatElement(Self.unknown, count: dictionary.count))
    guard case .integer(let width, _) = values.type else { throw .contradiction }
    switch width {
    case 1: try append(values, wordsOf: dictionary, numbers: UInt8.self)
    case 2: try append(values, wordsOf: dictionary, numbers: UInt16.self)
    case 4: try append(values, wordsOf: dictionary, numbers: UInt32.self)
    default: try append(values, wordsOf: dictionary, numbers: UInt64.self)
    }
  }

  private static let unknown: Int32 = -2

  private mutating func append<Number: FixedWidthInteger & BitwiseCopyable>(
    _ values: ParquetValues, wordsOf dictionary: ParquetValues, numbers: Number.Type
  ) throws(ParquetContentError) {
    guard values.count > 0 else { return }
    guard let start = values.buffer(0)?.assumingMemoryBound(to: Number.self) else { throw .contradiction }
    let from = start + values.offset
    bytes += 4 * values.count
    for row in 0..<values.count {
      if values.isMissing(row) {
        codes.append(-1)
        continue
      }
      guard let word = Int(exactly: from[row]), word < map.count else { throw .contradiction }
      if map[word] == Self.unknown {
        guard let text = try Self.bytes(dictionary, word), !text.isEmpty else {
          map[word] = -1
          codes.append(-1)
          continue
        }
        guard UTF8Bytes.isValid(text) else { throw .noText(row: codes.count) }
        map[word] = pool.code(of: text)
        bytes += text.count
      }
      codes.append(map[word])
    }
  }

  private mutating func append<Offset: FixedWidthInteger & BitwiseCopyable>(
    _ values: ParquetValues, offsets: Offset.Type
  ) throws(ParquetContentError) {
    guard values.count > 0 else { return }
    guard let start = values.buffer(0)?.assumingMemoryBound(to: Offset.self) else { throw .contradiction }
    let from = start + values.offset
    let (first, last) = (Int(from[0]), Int(from[values.count]))
    guard first >= 0, last >= first, last - first <= Int(UInt32.max) else { throw .contradiction }
    bytes += last - first + 4 * values.count
    lengths.removeAll(keepingCapacity: true)
    var isPlain = true
    for row in 0..<values.count {
      let length = Int(from[row + 1]) - Int(from[row])
      guard length >= 0 else { throw .contradiction }
      // Nothing forbids that there is something where a value is missing.
      if length > 0, values.isMissing(row) { isPlain = false }
      lengths.append(UInt32(length))
    }
    guard last > first, let text = values.buffer(1) else {
      guard last == first else { throw .contradiction }
      codes.append(contentsOf: repeatElement(-1, count: values.count))
      return
    }
    let (known, rows) = (pool.count, codes.count)
    if isPlain {
      lengths.withUnsafeBufferPointer { lengths in
        pool.appendCodes(
          of: UnsafeRawBufferPointer(start: text + first, count: last - first), lengths: lengths, to: &codes)
      }
      if pool.allSatisfy(from: known, UTF8Bytes.isValid) { return }
      // Back, and one by one, to say where.
      codes.removeLast(codes.count - rows)
    }
    for row in 0..<values.count { try appendOne(values, row) }
  }

  private mutating func appendOne(_ values: ParquetValues, _ row: Int) throws(ParquetContentError) {
    guard let text = try Self.bytes(values, row), !text.isEmpty else {
      codes.append(-1)
      return
    }
    guard UTF8Bytes.isValid(text) else { throw .noText(row: codes.count) }
    codes.append(pool.code(of: text))
    bytes += text.count + 4
  }

  /// The bytes of a value; nil where it is missing.
  private static func bytes(
    _ values: ParquetValues, _ row: Int
  ) throws(ParquetContentError) -> UnsafeRawBufferPointer? {
    guard row < values.count, !values.isMissing(row) else { return nil }
    guard let start = values.buffer(0) else { throw .contradiction }
    let place = values.offset + row
    switch values.type {
    case .text(offsetBytes: 4, _):
      let offsets = start.assumingMemoryBound(to: Int32.self)
      return try part(values.buffer(1), from: Int(offsets[place]), to: Int(offsets[place + 1]))
    case .text:
      let offsets = start.assumingMemoryBound(to: Int64.self)
      return try part(values.buffer(1), from: Int(offsets[place]), to: Int(offsets[place + 1]))
    case .fixedBytes(let width): return UnsafeRawBufferPointer(start: start + place * width, count: width)
    case .uuid: return UnsafeRawBufferPointer(start: start + place * 16, count: 16)
    case .views:
      // A length; up to 12 bytes themselves, else four of them, the number of a buffer and the place in it.
      let view = start + place * 16
      let length = Int(view.loadUnaligned(as: Int32.self))
      if (0...12).contains(length) { return UnsafeRawBufferPointer(start: view + 4, count: length) }
      let buffer = Int(view.loadUnaligned(fromByteOffset: 8, as: Int32.self))
      let from = Int(view.loadUnaligned(fromByteOffset: 12, as: Int32.self))
      return try part(values.buffer(1 + buffer), from: from, to: from + length)
    default: throw .contradiction
    }
  }

  private static func part(
    _ text: UnsafeRawPointer?, from: Int, to end: Int
  ) throws(ParquetContentError) -> UnsafeRawBufferPointer {
    if from == end { return UnsafeRawBufferPointer(start: nil, count: 0) }
    guard let text, from >= 0, end > from else { throw .contradiction }
    return UnsafeRawBufferPointer(start: text + from, count: end - from)
  }

  private static func uuid(_ values: ParquetValues, _ row: Int) throws(ParquetContentError) -> String? {
    guard let bytes = try bytes(values, row) else { return nil }
    var text = ""
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text += "-" }
      text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return text
  }
}
