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
    if isText { codes.reserveCapacity(rows) } else { numbers.reserveCapacity(rows) }
  }

  var column: Column {
    let values: ColumnValues
    if isText {
      values = .text(pool.column(codes: codes))
    } else if let unit {
      values = .moment(numbers, unit)
    } else {
      values = .number(numbers)
    }
    return Column(name: name, label: label, values: values)
  }

  /// Takes this column's part of a block.
  mutating func append(rows: Int, from message: inout SasMessageReader) throws {
    guard isText else {
      try numbers.append(contentsOf: message.take(rows * 8).bindMemory(to: Double.self))
      return
    }
    let lengths = try message.takePadded(rows * 4).bindMemory(to: UInt32.self)
    var total = 0
    for length in lengths { total += Int(length) }
    let bytes = try message.takePadded(total)
    var place = 0
    for length in lengths {
      let end = place + Int(length)
      try codes.append(code(of: UnsafeRawBufferPointer(rebasing: bytes[place..<end])))
      place = end
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
      throw DataError(
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
