internal import CutlineCore

/// The types of a SAS file's columns: as stated, and where asked for as their values show.
///
/// A text file's columns are typed while they are read; those of SAS come as numbers, moments and text, and what they
/// hold may be something else: days without a format, dates as text, numbers in columns of text.
struct TableTyping {
  let options: ReadOptions
  let marks: ReadingMarks
  private(set) var notes = ReadNotes()
  private let decimals: DecimalReader
  private var usedForms: Set<String> = []
  private var usesMarks = false
  private var usedTokens: Set<String> = []

  init(_ options: ReadOptions) throws {
    self.options = options
    marks = try ReadingMarks(options)
    decimals = DecimalReader(
      decimalMark: marks.number.decimalMark, thousandsMark: marks.number.thousandsMark, acceptsWords: false)
  }

  /// - Parameter names: of all columns of the file, also of those that are not kept.
  /// - Throws: `Faults` (data) for all columns that are not what is stated.
  mutating func typed(_ table: Table, names: [String], path: String) throws -> Table {
    let stated = try options.statedTypes(among: names, path: path)
    var columns: [Column] = []
    var reading = Reading()
    for raw in table.columns {
      let column = withoutTokens(raw)
      let typed = try reading.attempt {
        if let type = stated[column.name] { return try convert(column, type) }
        return try found(column)
      }
      columns.append(typed ?? column)
    }
    try reading.finish()
    if !marks.dateForms.isEmpty, usedForms.isEmpty, !stated.values.contains(where: { $0.base.unit != nil }) {
      notes.append("no column holds dates in the stated forms")
    }
    for token in options.missingTokens where !usedTokens.contains(token) && table.rowCount > 0 {
      notes.append("no value is \(word: token), which missing_tokens names")
    }
    if options.decimalMark != nil || options.thousandsMark != nil, !usesMarks {
      notes.append("the stated marks of numbers have no effect: no column of text is read as one of numbers")
    }
    return try Table(columns: columns, rowCount: table.rowCount)
  }

  /// The column with what stands for a missing value made one, as in a text file.
  private mutating func withoutTokens(_ column: Column) -> Column {
    guard !marks.missingTokens.isEmpty else { return column }
    let values: ColumnValues
    switch column.values {
    case .moment: return column
    case .number(let numbers):
      let tokens = options.missingTokens.compactMap(Double.init)
      let used = options.missingTokens.filter { token in Double(token).map(numbers.contains) ?? false }
      guard !used.isEmpty else { return column }
      usedTokens.formUnion(used)
      values = .number(numbers.map { tokens.contains($0) ? Missing.plain.value : $0 })
    case .text(let text):
      let used = Set(options.missingTokens).intersection(text.distinctValues)
      guard !used.isEmpty else { return column }
      usedTokens.formUnion(used)
      values = .text(
        TextColumn(
          text.codes.indices.map { row in text[row].flatMap { options.missingTokens.contains($0) ? nil : $0 } }))
    }
    return Column(name: column.name, originalName: column.originalName, label: column.label, values: values)
  }

  private mutating func convert(_ column: Column, _ type: ColumnType) throws -> Column {
    if case .text = column.values, type.base == .number { usesMarks = true }
    var conversion = ColumnConversion(column, as: type, marks: marks)
    let converted = try conversion.converted()
    notes += conversion.notes
    return converted
  }

  private mutating func found(_ column: Column) throws -> Column {
    switch column.values {
    case .moment: return column
    case .number(let numbers):
      guard let form = marks.dateForms.first(where: { fits(numbers, $0) }) else { return column }
      return try dates(column, form, form.unit)
    case .text(let text):
      guard text.codes.contains(where: { $0 >= 0 }) else { return column }
      if let form = marks.dateForms.first(where: { form in every(text) { Self.reads($0, $1, form) } }) {
        return try dates(column, form, form.unit)
      }
      if let form = marks.dateForms.first(where: { form in every(text) { Self.reads($0, $1, form, withTime: true) } }) {
        return try dates(column, form, .dateTime)
      }
      noteOddDate(column, text)
      guard options.findsTypes else { return column }
      let kinds: [(ColumnType, (UnsafePointer<UInt8>, Int) -> Bool)] = [
        (.date, { MomentText.date($0, $1) != nil }), (.dateTime, { MomentText.dateTime($0, $1) != nil }),
        (.number, isNumber),
      ]
      for (type, fits) in kinds where every(text, fits) {
        notes.append("text in the file, read as \(word: type.base.rawValue)", column: column.name)
        return try convert(column, type)
      }
      return column
    }
  }

  /// Says which value keeps a column from being one of dates, where its first value is one in a stated form.
  private mutating func noteOddDate(_ column: Column, _ text: TextColumn) {
    func reads(_ code: Int32, _ form: MomentPattern) -> Bool {
      let bytes = Array(text.value(code).utf8)
      return bytes.withUnsafeBufferPointer { buffer in
        buffer.baseAddress.map { Self.reads($0, buffer.count, form, withTime: true) } ?? false
      }
    }
    guard let first = text.codes.first(where: { $0 >= 0 }),
      let form = marks.dateForms.first(where: { reads(first, $0) }),
      let row = text.codes.firstIndex(where: { $0 >= 0 && !reads($0, form) })
    else { return }
    notes.append(
      "text, because a value is no date in the form \(word: form.pattern)", column: column.name,
      "row \(row + 1): \(personal: text[row] ?? "")")
  }

  /// Whether all values fit, and there is one; looked at where they lie, until the first that does not.
  private func every(_ text: TextColumn, _ fits: (UnsafePointer<UInt8>, Int) -> Bool) -> Bool {
    text.bytes.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return false }
      var hasAny = false
      for code in 0..<text.distinctCount {
        let (from, count) = (start + text.offsets[code], text.offsets[code + 1] - text.offsets[code])
        if marks.missing(from, count) != nil { continue }
        guard fits(from, count) else { return false }
        hasAny = true
      }
      return hasAny
    }
  }

  private mutating func dates(_ column: Column, _ form: MomentPattern, _ unit: MomentUnit) throws -> Column {
    usedForms.insert(form.pattern)
    let base: ColumnType.Base =
      switch unit {
      case .date: .date
      case .dateTime: .dateTime
      case .time: .time
      }
    notes.append("read as \(word: base.rawValue) in the form \(word: form.pattern)", column: column.name)
    return try convert(column, try ColumnType(["\(base.rawValue):\(form.pattern)"], of: column.name))
  }

  /// Whether all numbers are dates of digits, in years that a file of applications can be of.
  private func fits(_ numbers: [Double], _ form: MomentPattern) -> Bool {
    guard form.isNumeric, form.unit != .time else { return false }
    var hasAny = false
    for number in numbers where !number.isNaN {
      guard let found = MomentForm.pattern(form).value(of: number, base: .date), DigitDates.years.contains(found.days)
      else { return false }
      hasAny = true
    }
    return hasAny
  }

  // As the text files' reader has it: codes with zeros in front, or with more digits than a number holds, stay text.
  private func isNumber(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    if case .number = decimals.read(text, count) { return true }
    return false
  }

  private static func reads(
    _ text: UnsafePointer<UInt8>, _ count: Int, _ form: MomentPattern, withTime: Bool = false
  ) -> Bool {
    let trimmed = Array(Marks.trimmed(Array(UnsafeBufferPointer(start: text, count: count))))
    let found = trimmed.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.flatMap { form.reading($0, buffer.count, allowsTime: withTime) }
    }
    guard let found else { return false }
    return !form.isNumeric || form.unit == .time || DigitDates.years.contains(found.days)
  }
}

/// Dates of digits look like numbers, and are taken for dates only in the years from 1900 to 2199.
enum DigitDates {
  /// Days since 1960-01-01.
  static let years = -21_914...87_658
}
