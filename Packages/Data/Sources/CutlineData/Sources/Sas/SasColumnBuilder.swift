internal import CutlineCore

/// Collects one column of a SAS file.
struct SasColumnBuilder {
  let name: String
  let label: String?
  let unit: MomentUnit?
  let isText: Bool
  private let width: Int
  private let path: String
  private var numbers: [Double] = []
  private var codes: [Int32] = []
  private var pool = TextPool()
  // Of the block at hand, copied: where they come from they could still change.
  private var lengths: [UInt32] = []
  private var bytes: [UInt8] = []
  /// Values whose last character was cut in two by the width of the column.
  private(set) var cutValues = 0

  init(variable: SasVariable, path: String) {
    name = variable.name
    label = variable.label.isEmpty ? nil : variable.label
    isText = variable.isText
    unit = variable.isText ? nil : SasFormats.unit(of: variable.format)
    width = variable.width
    self.path = path
  }

  mutating func reserve(_ rows: Int) {
    if isText { codes.reserve(rows) } else { numbers.reserve(rows) }
  }

  var column: Column {
    let values: ColumnValues
    if isText {
      values = .text(pool.column(codes: codes))
    } else if let unit {
      values = .moment(numbers.map { SasCalendar.moment($0, unit) }, unit)
    } else {
      values = .number(numbers)
    }
    return Column(name: name, label: label, values: values)
  }

  /// Takes this column's numbers or lengths of a block with room for `stride` rows.
  mutating func append(rows: Int, stride: Int, from message: inout SasMessageReader) throws {
    if isText {
      lengths.removeAll(keepingCapacity: true)
      try lengths.append(contentsOf: message.takePadded(stride * 4).bindMemory(to: UInt32.self)[..<rows])
    } else {
      try numbers.append(contentsOf: message.take(stride * 8).bindMemory(to: Double.self)[..<rows])
    }
  }

  /// Takes the text that belongs to the lengths taken before.
  mutating func appendText(from message: inout SasMessageReader) throws {
    guard isText else { return }
    var total = 0
    for length in lengths { total += Int(length) }
    bytes.removeAll(keepingCapacity: true)
    try bytes.append(contentsOf: message.takePadded(total))
    // Out of the builder while it is looked at, so that the pool can change beside it.
    let text = bytes
    bytes = []
    defer { bytes = text }
    let (known, rows) = (pool.count, codes.count)
    text.withUnsafeBytes { text in
      lengths.withUnsafeBufferPointer { pool.appendCodes(of: text, lengths: $0, to: &codes) }
    }
    if pool.allSatisfy(from: known, UTF8Bytes.isValid) { return }
    // Something is not UTF-8: back, and one by one.
    while pool.count > known { pool.removeNewest() }
    codes.removeLast(codes.count - rows)
    try text.withUnsafeBytes { text in
      var place = 0
      for length in lengths {
        let end = place + Int(length)
        try codes.append(code(of: UnsafeRawBufferPointer(rebasing: text[place..<end])))
        place = end
      }
    }
  }

  private mutating func code(of text: UnsafeRawBufferPointer) throws -> Int32 {
    guard !text.isEmpty else { return -1 }
    let known = pool.count
    let code = pool.code(of: text)
    guard pool.count > known, !UTF8Bytes.isValid(text) else { return code }
    // Not seen before and not UTF-8. SAS cuts at the width of the column without regard to characters.
    pool.removeNewest()
    let whole = UTF8Bytes.withoutCutCharacter(text)
    guard text.count == width, whole.count < text.count, UTF8Bytes.isValid(whole) else {
      throw Faults.data(
        "\(path): row \(codes.count + 1), column \(name)", "the text is not valid UTF-8",
        "Name the file's character set with the option for the encoding.")
    }
    cutValues += 1
    return whole.isEmpty ? -1 : pool.code(of: whole)
  }
}

/// A column as the file announces it.
struct SasVariable {
  var name: String
  var label: String
  var format: String
  var isText: Bool
  var width: Int
}
