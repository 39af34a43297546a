internal import CutlineCore

/// Makes of a column what is stated of it, whatever the file has made of it.
struct ColumnConversion {
  let column: Column
  let type: ColumnType
  let marks: ReadingMarks
  private(set) var notes = ReadNotes()

  init(_ column: Column, as type: ColumnType, marks: ReadingMarks) {
    (self.column, self.type, self.marks) = (column, type, marks)
  }

  /// - Throws: `Faults` (data) that show the first value that is not of the type, or is of it in two ways.
  mutating func converted() throws -> Column {
    let values: ColumnValues
    switch (column.values, type.base) {
    case (.text(let text), .number): values = .number(try numbers(text))
    case (.number, .number):
      if !type.forms.isEmpty {
        notes.append("the stated form has no effect, as the file holds numbers and no text", column: column.name)
      }
      values = column.values
    case (.text, .text): values = column.values
    case (.text(let text), _): values = try moments(text)
    case (.number(let numbers), .text):
      values = .text(TextColumn(numbers.map { $0.isNaN ? nil : NumberText.shortest($0) }))
    case (.number(let numbers), _): values = try moments(numbers)
    case (.moment(let numbers, let unit), _): values = try changed(numbers, unit)
    }
    return Column(name: column.name, originalName: column.originalName, label: column.label, values: values)
  }

  // MARK: numbers

  private mutating func numbers(_ text: TextColumn) throws -> [Double] {
    let form = type.number.map { stated -> NumberForm in
      var form = stated.isStated ? stated : marks.number
      form.percent = stated.percent
      return form
    }
    let reader = StatedNumber(form: form ?? marks.number)
    var values: [Double] = []
    var (open, decimal): (Int32?, Bool) = (nil, false)
    var (rounded, percent, bare): (Int32?, Int32?, Int32?) = (nil, nil, nil)
    var firstCurrency: String?
    for code in 0..<Int32(text.distinctCount) {
      let bytes = Self.bytes(text, code)
      if let missing = marks.missing(bytes) {
        values.append(missing)
        continue
      }
      guard let found = reader.read(bytes) else {
        throw fault(
          "is stated to hold numbers, and one is not", text, code,
          "Correct it, state its marks as in "
            + "types = { \(column.name) = \"number:1.234,5\" }, or name it in missing_tokens.")
      }
      values.append(found.value)
      if !reader.form.isStated {
        switch PointReading(found.core) {
        case .open: open = open ?? code
        case .decimal: decimal = true
        case .none: break
        }
      }
      if found.isRounded { rounded = rounded ?? code }
      if found.hasPercent { percent = percent ?? code } else { bare = bare ?? code }
      if let currency = found.currency {
        let currency = Currency.code(of: currency)
        if let first = firstCurrency, first != currency {
          throw fault(
            "holds amounts in more than one currency", text, code,
            "Convert them into one, and write them without a sign or with one.")
        }
        firstCurrency = currency
      }
    }
    if let open, !decimal {
      throw PointReading.fault(column: column.name, row: row(text, open), text: text.value(open))
    }
    if reader.form.percent == .asWritten, let percent {
      if let bare {
        throw fault(
          "has a percent sign in some values and none in others", text, bare,
          "State the type number:fraction where 27 % is 0.27 as the others are, or number:percent where it is 27.")
      }
      notes.append(
        "percent signs are left out, 27 % is 27; the type number:fraction makes it 0.27", column: column.name,
        "first in row \(row(text, percent) + 1)")
    }
    if firstCurrency != nil { notes.append("signs of currencies are left out", column: column.name) }
    if let rounded {
      notes.append(
        "numbers with more digits than a double holds are rounded", column: column.name,
        "first in row \(row(text, rounded) + 1)")
    }
    return Self.spread(values, text)
  }

  // MARK: moments

  /// Forms in which the column may be written, and whether each value may choose among them.
  private func forms() -> (forms: [MomentForm], isExplicit: Bool) {
    if !type.moments.isEmpty { return (type.moments, true) }
    let stated = marks.dateForms.filter { ($0.unit == .time) == (type.base == .time) }
    return ([.iso] + stated.map { .pattern($0) }, false)
  }

  private mutating func moments(_ text: TextColumn) throws -> ColumnValues {
    let distinct = (0..<Int32(text.distinctCount)).map { Self.bytes(text, $0) }
    let missing = distinct.map(marks.missing)
    let (values, dropped, unused) = try read(distinct.count) { form, code in
      if missing[code] != nil { return nil }
      let trimmed = Array(Marks.trimmed(distinct[code]))
      return trimmed.withUnsafeBufferPointer { buffer in
        buffer.baseAddress.flatMap { form.value(of: $0, buffer.count, base: type.base) }
      }
    } missing: {
      missing[$0]
    } fault: { problem, code in
      fault(problem, text, Int32(code), advice)
    }
    note(dropped: dropped.map { row(text, Int32($0)) }, unused: unused)
    return .moment(Self.spread(values, text), type.base.unit ?? .date)
  }

  private mutating func moments(_ numbers: [Double]) throws -> ColumnValues {
    let (values, dropped, unused) = try read(numbers.count) { form, row in
      form.value(of: numbers[row], base: type.base)
    } missing: {
      numbers[$0].isNaN ? numbers[$0] : nil
    } fault: { problem, row in
      Faults.data(
        Place(column: column.name, row: row), problem, found: .personal(NumberText.shortest(numbers[row])), advice)
    }
    note(dropped: dropped, unused: unused)
    return .moment(values, type.base.unit ?? .date)
  }

  /// - Parameters:
  ///   - value: the moment that the item at a place is in a form; nil where it is not in it.
  ///   - missing: the missing value that stands at a place; nil where something stands there.
  /// - Returns: a value an item, the first item whose time of day a date does not keep, and stated forms that read nothing.
  private func read(
    _ count: Int, value: (MomentForm, Int) -> MomentForm.Value?, missing: (Int) -> Double?,
    fault: (String, Int) -> Faults
  ) throws -> (values: [Double], dropped: Int?, unused: [String]) {
    var (forms, isExplicit) = forms()
    // Forms of the whole file: one that fits the whole column goes before a choice for each value.
    if !isExplicit,
      let whole = forms.first(where: { form in
        (0..<count).allSatisfy { missing($0) != nil || value(form, $0) != nil }
      })
    {
      forms = [whole]
    }
    var values: [Double] = []
    values.reserveCapacity(count)
    var dropped: Int?
    var used = Set<Int>()
    for item in 0..<count {
      if let missing = missing(item) {
        values.append(missing)
        continue
      }
      var found: MomentForm.Value?
      for (place, form) in forms.enumerated() {
        guard let one = value(form, item) else { continue }
        used.insert(place)
        if let found, found != one { throw fault("is a different moment in two of the forms \(formNames)", item) }
        found = one
      }
      guard let found else { throw fault("holds no \(type.base.rawValue) in the forms \(formNames)", item) }
      switch type.base {
      case .time: values.append(found.seconds)
      case .dateTime:
        let seconds = Int(found.seconds.rounded(.down))
        values.append(
          MomentText.within(
            Double(found.days) * 86_400 + found.seconds, secondsAfter: found.days * 86_400 + seconds + 1))
      default:
        values.append(Double(found.days))
        if found.seconds != 0 { dropped = dropped ?? item }
      }
    }
    let isChoice = isExplicit && forms.count > 1 && !used.isEmpty
    return (values, dropped, isChoice ? forms.indices.filter { !used.contains($0) }.map { type.forms[$0] } : [])
  }

  private var formNames: String {
    let names = type.forms.isEmpty ? ["iso"] + marks.dateForms.map(\.pattern) : type.forms
    return names.map { "\"\($0)\"" }.joined(separator: ", ")
  }

  private var advice: String {
    "State all forms of the column, as in types = { \(column.name) = [\"\(type.base.rawValue):\(type.base == .time ? "%H:%M" : "%d/%m/%Y")\", …] }, "
      + "or a count such as \(type.base.rawValue):\(type.base == .date ? "sas-days" : "sas-seconds"), or correct the value."
  }

  private mutating func note(dropped row: Int?, unused: [String]) {
    for form in unused { notes.append("no value is in the form \(word: form)", column: column.name) }
    guard let row else { return }
    notes.append("dates do not keep the time of day", column: column.name, "first in row \(row + 1)")
  }

  /// A moment that the file itself shows as one.
  private mutating func changed(_ numbers: [Double], _ unit: MomentUnit) throws -> ColumnValues {
    if !type.forms.isEmpty {
      notes.append("the stated form has no effect, as the file says itself how it counts", column: column.name)
    }
    switch type.base {
    case .number: return .number(numbers.map { SasCalendar.sasNumber($0, unit) })
    case .text:
      return .text(
        TextColumn(
          numbers.map { value in
            var text: [UInt8] = []
            return CellText.append(value, unit: unit, to: &text) ? String(decoding: text, as: UTF8.self) : nil
          }))
    case .date where unit == .dateTime: return .moment(numbers.map { ($0 / 86_400).rounded(.down) }, .date)
    case .dateTime where unit == .date: return .moment(numbers.map { $0 * 86_400 }, .dateTime)
    default:
      guard type.base.unit == unit else {
        throw Faults.data(
          "column \(column.name)", "is stated as \(type.base.rawValue), and the file has it as \(unit.rawValue)",
          "State another type, or none.")
      }
      return .moment(numbers, unit)
    }
  }

  // MARK: text by code

  private func row(_ text: TextColumn, _ code: Int32) -> Int { text.codes.firstIndex(of: code) ?? 0 }

  private func fault(_ problem: String, _ text: TextColumn, _ code: Int32, _ advice: String) -> Faults {
    Faults.data(
      Place(column: column.name, row: row(text, code)), problem, found: .personal(text.value(code)), advice)
  }

  private static func bytes(_ text: TextColumn, _ code: Int32) -> [UInt8] {
    Array(text.bytes[text.offsets[Int(code)]..<text.offsets[Int(code) + 1]])
  }

  private static func spread(_ values: [Double], _ text: TextColumn) -> [Double] {
    text.codes.map { $0 < 0 ? Missing.plain.value : values[Int($0)] }
  }
}
