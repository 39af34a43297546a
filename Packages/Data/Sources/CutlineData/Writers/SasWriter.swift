internal import CReadStat
internal import CutlineCore

/// Writes SAS7BDAT and transport files through ReadStat.
struct SasWriter {
  private let table: Table
  private let path: String
  private let isTransport: Bool
  private let version: UInt8
  private(set) var notes: [String] = []
  private var texts: [SasText?] = []

  init(_ table: Table, path: String, format: TableFormat, version: Int) throws {
    self.table = table
    self.path = path
    isTransport = format == .xpt
    self.version = UInt8(clamping: version)
    guard !table.columns.isEmpty else {
      throw Faults.data(path, "a SAS file cannot be without columns", "Keep at least one column.")
    }
    try SasNames.check(table.names, longest: version == 5 ? 8 : 32, path: path)
    for column in table.columns {
      switch column.values {
      case .text(let values): texts.append(try SasText(values, column: column.name, path: path, notes: &notes))
      case .number(let numbers), .moment(let numbers, _):
        texts.append(nil)
        if isTransport { try checkRange(numbers, column: column.name) }
      }
    }
    if isTransport { try checkLastRows() }
  }

  func write(to file: AtomicFile) throws {
    guard let writer = readstat_writer_init() else {
      throw Faults.io(path, "cannot be written: no memory", "Free some memory and try again.")
    }
    defer { readstat_writer_free(writer) }
    let sink = Sink(file)
    readstat_set_data_writer(writer) { bytes, count, context in
      guard let context else { return -1 }
      let sink = Unmanaged<Sink>.fromOpaque(context).takeUnretainedValue()
      do {
        try sink.file.write(UnsafeRawBufferPointer(start: bytes, count: count))
        return count
      } catch {
        sink.error = error
        return -1
      }
    }
    // The same table gives the same bytes: the time of writing is not part of it.
    readstat_writer_set_file_timestamp(writer, 0)
    if isTransport { readstat_writer_set_file_format_version(writer, version) }
    let variables = zip(table.columns, texts).map { column, text in
      let variable = readstat_add_variable(
        writer, column.name, text == nil ? READSTAT_TYPE_DOUBLE : READSTAT_TYPE_STRING, text?.width ?? 8)
      if let label = column.label { readstat_variable_set_label(variable, label) }
      if case .moment(_, let unit) = column.values { readstat_variable_set_format(variable, Self.format(unit)) }
      return variable
    }
    try withExtendedLifetime(sink) {
      let context = Unmanaged.passUnretained(sink).toOpaque()
      let begin = isTransport ? readstat_begin_writing_xport : readstat_begin_writing_sas7bdat
      try check(begin(writer, context, table.rowCount), sink)
      for row in 0..<table.rowCount {
        try check(readstat_begin_row(writer), sink)
        for (index, variable) in variables.enumerated() {
          try check(insert(row, index, variable, writer), sink)
        }
        try check(readstat_end_row(writer), sink)
      }
      try check(readstat_end_writing(writer), sink)
    }
  }

  private func insert(
    _ row: Int, _ index: Int, _ variable: UnsafeMutablePointer<readstat_variable_t>?,
    _ writer: UnsafeMutablePointer<readstat_writer_t>
  ) -> readstat_error_t {
    switch table.columns[index].values {
    case .number(let numbers), .moment(let numbers, .time):
      return insert(numbers[row], variable, writer)
    case .moment(let numbers, let unit):
      return insert(SasCalendar.sasNumber(numbers[row], unit), variable, writer)
    case .text(let column):
      let code = Int(column.codes[row])
      guard code >= 0, let text = texts[index] else { return readstat_insert_missing_value(writer, variable) }
      return text.values.withUnsafeBufferPointer { values in
        readstat_insert_string_value(writer, variable, values.baseAddress.map { $0 + text.starts[code] })
      }
    }
  }

  private func insert(
    _ value: Double, _ variable: UnsafeMutablePointer<readstat_variable_t>?,
    _ writer: UnsafeMutablePointer<readstat_writer_t>
  ) -> readstat_error_t {
    guard let missing = Missing(value) else {
      // The transport format has no negative zero; its pattern means a missing value there.
      return readstat_insert_double_value(writer, variable, isTransport && value == 0 ? 0 : value)
    }
    guard let letter = missing.letter else { return readstat_insert_missing_value(writer, variable) }
    return readstat_insert_tagged_missing_value(writer, variable, CChar(letter))
  }

  // IBM's floating point reaches from 16⁻⁶⁵ to 16⁶³; ReadStat writes it up to 2²⁴⁹. It has no negative zero.
  private mutating func checkRange(_ numbers: [Double], column: String) throws {
    var negativeZeros = 0
    for (row, value) in numbers.enumerated() {
      if value == 0 {
        negativeZeros += value.sign == .minus ? 1 : 0
      } else if value.magnitude >= 0x1p249 || value.magnitude < 0x1p-260 {
        throw Faults.data(
          "\(path): row \(row + 1), column \(column)", "holds a number outside what a transport file can hold",
          "Write SAS7BDAT or CSV, or rescale the column.")
      }
    }
    if negativeZeros > 0 { notes.append("column \(column): \(negativeZeros) negative zeros are written as zero") }
  }

  // Rows of nothing but blanks at the end cannot be told from what fills up the last record.
  private func checkLastRows() throws {
    guard table.rowCount > 0 else { return }
    let isBlank = table.columns.allSatisfy { column in
      guard case .text(let text) = column.values else { return false }
      return text.codes.last == -1
    }
    if isBlank {
      throw Faults.data(
        path, "the last row is missing in every column, which a transport file of text cannot say",
        "Write SAS7BDAT or CSV, or keep a column of numbers.")
    }
  }

  private func check(_ code: readstat_error_t, _ sink: Sink) throws {
    if let error = sink.error { throw error }
    guard code != READSTAT_OK else { return }
    let message = readstat_error_message(code).map { String(cString: $0) } ?? "error \(code.rawValue)"
    throw Faults.io(path, "cannot be written: \(message)", "Write CSV if the table is beyond what SAS files can hold.")
  }

  private static func format(_ unit: MomentUnit) -> String {
    switch unit {
    case .date: "DATE9."
    case .dateTime: "DATETIME20."
    case .time: "TIME8."
    }
  }

  private final class Sink {
    let file: AtomicFile
    var error: (any Error)?

    init(_ file: AtomicFile) { self.file = file }
  }
}

/// The distinct values of a text column as C strings.
private struct SasText {
  /// Bytes of the longest value.
  let width: Int
  let values: [CChar]
  let starts: [Int]

  /// - Throws: `Faults` (data) for text that is longer than SAS allows.
  init(_ column: TextColumn, column name: String, path: String, notes: inout [String]) throws {
    var values: [CChar] = []
    values.reserveCapacity(column.bytes.count + column.distinctCount)
    var starts: [Int] = []
    var width = 1
    var padded = 0
    for code in 0..<column.distinctCount {
      starts.append(values.count)
      let text = column.bytes[column.offsets[code]..<column.offsets[code + 1]]
      if text.last == 0x20 { padded += 1 }
      width = max(width, text.count)
      values.append(contentsOf: text.lazy.map { CChar(bitPattern: $0) })
      values.append(0)
    }
    guard width <= 32_767 else {
      throw Faults.data(
        "\(path): column \(name)", "holds a text of \(width) bytes, SAS allows 32,767", "Shorten it, or write CSV.")
    }
    if padded > 0 {
      notes.append("column \(name): \(padded) distinct values end in spaces, which SAS files do not keep")
    }
    self.width = width
    self.values = values
    self.starts = starts
  }
}
