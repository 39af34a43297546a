internal import CutlineCore

/// Collects one column of a Parquet file as numbers, or as text.
///
/// Whole numbers that a double cannot tell from their neighbours are account numbers: where a column has one, all of it is
/// text, as in the reader of CSV.
struct ParquetColumnBuilder {
  private let type: ParquetType
  private var numbers: [Double] = []
  private var texts = ParquetTexts()
  /// Whether whole numbers have turned out to be codes.
  private(set) var isCode = false
  /// What the values take up so far.
  var bytes: Int { numbers.count * 8 + texts.bytes }
  var count: Int { isText ? texts.count : numbers.count }
  private var isText: Bool { isCode || type.isText }
  // Powers of ten and division by them, rounded once.
  private let decimals = DecimalReader(decimalMark: UInt8(ascii: "."), thousandsMark: nil, acceptsWords: false)

  /// Whether numbers of single precision are taken as the decimals that were written, and not as they are.
  private let takesDecimals: Bool

  init(type: ParquetType, takesDecimals: Bool) {
    self.type = type
    self.takesDecimals = takesDecimals
  }

  /// Makes room for `rows` rows.
  mutating func reserve(_ rows: Int) {
    if isText { texts.reserve(rows) } else { numbers.reserve(rows) }
  }

  consuming func values() -> ColumnValues {
    if isText { return .text(texts.column()) }
    return type.unit.map { .moment(numbers, $0) } ?? .number(numbers)
  }

  /// - Throws: `ParquetContentError`.
  mutating func append(_ batch: ParquetBatch) throws(ParquetContentError) {
    let values = batch.values
    if let dictionary = batch.dictionary { return try texts.append(values, wordsOf: dictionary) }
    switch values.type {
    case .integer(let bytes, let isSigned): try append(values, bytes: bytes, isSigned: isSigned)
    case .float(bytes: 2): try append(values) { (value: Float16) in Double(value) }
    case .float(bytes: 4) where takesDecimals:
      try append(values) { (value: Float) in ShortestDecimal.double(of: value) }
    case .float(bytes: 4): try append(values) { (value: Float) in Double(value) }
    case .float: try append(values) { (value: Double) in value }
    case .decimal(let bytes, let scale): try append(values, decimalBytes: bytes, scale: scale)
    case .date(bytes: 4): try append(values) { (days: Int32) in Double(Int(days) + Self.epochDays) }
    case .date:
      try append(values) { (milliseconds: Int64) in
        let (day, rest) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        return Double(Int(day) + Self.epochDays - (rest < 0 ? 1 : 0))
      }
    case .moment(let digits, _):
      let (decimals, shift) = (decimals, Int64(Self.epochDays * 86_400) * Int64(decimals.powers.whole[digits]))
      try append(values) { (ticks: Int64) in
        let (sum, isTooLarge) = ticks.addingReportingOverflow(shift)
        let size = isTooLarge ? UInt64(ticks) + UInt64(shift) : sum.magnitude
        let isNegative = !isTooLarge && sum < 0
        let moment = Self.quotient(size, digits, isNegative: isNegative, decimals)
        let whole = size / UInt64(decimals.powers.whole[digits])
        let rest = size % UInt64(decimals.powers.whole[digits])
        // Before 1960 the next second is the one nearer to it.
        return MomentText.within(
          moment, secondsAfter: isNegative ? (rest > 0 ? -Int(whole) : 1 - Int(whole)) : Int(whole) + 1)
      }
    case .time(bytes: 4, let digits):
      let decimals = decimals
      try append(values) { (ticks: Int32) in
        Self.quotient(UInt64(ticks.magnitude), digits, isNegative: ticks < 0, decimals)
      }
    case .time(_, let digits):
      let decimals = decimals
      try append(values) { (ticks: Int64) in
        Self.quotient(ticks.magnitude, digits, isNegative: ticks < 0, decimals)
      }
    case .nothing: numbers.append(contentsOf: repeatElement(Missing.plain.value, count: values.count))
    case .boolean, .text, .views, .fixedBytes, .uuid: try texts.append(values)
    case .other: throw .contradiction
    }
  }

  /// Parquet counts from 1970-01-01, a table from 1960-01-01.
  private static let epochDays = 3653

  @inline(__always)
  private static func quotient(
    _ size: UInt64, _ digits: Int, isNegative: Bool, _ decimals: DecimalReader
  ) -> Double {
    // At most nine decimals, for which there always is one.
    let value = decimals.quotient(size, decimals: digits) ?? 0
    return isNegative ? -value : value
  }

  /// Numbers one by one; missing ones, and those that are none, become missing without a reason.
  @inline(__always)
  private mutating func append<Value: BitwiseCopyable>(
    _ values: ParquetValues, _ number: (Value) -> Double
  ) throws(ParquetContentError) {
    guard values.count > 0 else { return }
    guard let start = values.buffer(0)?.assumingMemoryBound(to: Value.self) else { throw .contradiction }
    let from = start + values.offset
    let missing = Missing.plain.value
    numbers += [Double](unsafeUninitializedCapacity: values.count) { room, filled in
      for row in 0..<values.count {
        let value = number(from[row])
        room.initializeElement(at: row, to: value.isNaN ? missing : value)
      }
      if values.validity != nil {
        for row in 0..<values.count where values.isMissing(row) { room[row] = missing }
      }
      filled = values.count
    }
  }

  private mutating func append(_ values: ParquetValues, bytes: Int, isSigned: Bool) throws(ParquetContentError) {
    switch (bytes, isSigned) {
    case (1, true): try append(values) { (value: Int8) in Double(value) }
    case (1, false): try append(values) { (value: UInt8) in Double(value) }
    case (2, true): try append(values) { (value: Int16) in Double(value) }
    case (2, false): try append(values) { (value: UInt16) in Double(value) }
    case (4, true): try append(values) { (value: Int32) in Double(value) }
    case (4, false): try append(values) { (value: UInt32) in Double(value) }
    case (_, true): try appendWhole(values, of: Int64.self) { Double($0) }
    case (_, false): try appendWhole(values, of: UInt64.self) { Double($0) }
    }
  }

  /// Whole numbers of 64 bits, which may turn out to be codes.
  private mutating func appendWhole<Value: FixedWidthInteger & BitwiseCopyable>(
    _ values: ParquetValues, of: Value.Type, _ number: (Value) -> Double
  ) throws(ParquetContentError) where Value.Magnitude == UInt64 {
    guard values.count > 0 else { return }
    guard let start = values.buffer(0)?.assumingMemoryBound(to: Value.self) else { throw .contradiction }
    let from = start + values.offset
    if !isCode {
      var largest: UInt64 = 0
      for row in 0..<values.count { largest = max(largest, from[row].magnitude) }
      if largest > 1 << 53,
        (0..<values.count).contains(where: { !values.isMissing($0) && !WholeNumber.isExact(from[$0].magnitude) })
      {
        becomeCodes()
      }
    }
    guard isCode else { return try append(values, number) }
    for row in 0..<values.count { texts.append(values.isMissing(row) ? nil : String(from[row])) }
  }

  private mutating func append(
    _ values: ParquetValues, decimalBytes bytes: Int, scale: Int
  ) throws(ParquetContentError) {
    guard values.count > 0 else { return }
    guard let start = values.buffer(0) else { throw .contradiction }
    for row in 0..<values.count {
      if values.isMissing(row) {
        if isCode { texts.append(nil) } else { numbers.append(Missing.plain.value) }
        continue
      }
      let number = WholeNumber(start + (values.offset + row) * bytes, bytes: bytes)
      if scale == 0, !isCode, !number.isExact { becomeCodes() }
      if isCode { texts.append(number.text) } else { numbers.append(number.divided(scale: scale, decimals)) }
    }
  }

  /// What was read so far as numbers, all of them whole and exact, becomes text.
  private mutating func becomeCodes() {
    isCode = true
    texts.reserve(numbers.capacity)
    for number in numbers { texts.append(number.isNaN ? nil : WholeNumber.text(of: number)) }
    numbers = []
  }
}

/// Values that are not what their column says. The reader puts it into a sentence that names the column.
enum ParquetContentError: Error {
  /// Bytes in this row, counted from 0, are not UTF-8.
  case noText(row: Int)
  /// Values, offsets or numbers of words that the type does not allow.
  case contradiction
}
