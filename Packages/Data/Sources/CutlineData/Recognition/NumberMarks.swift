internal import CutlineCore

/// How the numbers of a file are written that were read as text: with which marks, and with signs around them.
public struct NumberMarks: Sendable {
  /// The marks of the whole file; nil where it has none, or columns differ.
  public private(set) var decimal: Character?
  public private(set) var thousands: Character?
  /// Columns that have to be stated as numbers, with their types.
  public private(set) var types: [(column: String, type: String)] = []
  /// What only a person can say.
  public private(set) var open: [String] = []
  /// What was found, for a console.
  public private(set) var notes: [String] = []
  /// Columns of numbers, by their standardised names, of which a person must say how they are written.
  private(set) var doubted: Set<String> = []

  /// A pair of marks.
  struct Form: Equatable {
    let decimal: Character
    let thousands: Character?

    var number: NumberForm? {
      guard let mark = decimal.asciiValue else { return nil }
      return NumberForm(decimalMark: mark, thousandsMark: thousands?.asciiValue, isStated: true)
    }

    /// 1234.5 as it is written, for a type.
    var example: String { "1\(thousands.map(String.init) ?? "")234\(decimal)5" }

    var options: String {
      "--decimal-mark \(Self.quoted(decimal))" + (thousands.map { " --thousands-mark \(Self.quoted($0))" } ?? "")
    }

    var phrase: String {
      "decimal mark \(Self.named(decimal))" + (thousands.map { " and thousands mark \(Self.named($0))" } ?? "")
    }

    private static func quoted(_ mark: Character) -> String {
      mark == " " ? "' '" : mark == "'" ? "\"'\"" : String(mark)
    }

    private static func named(_ mark: Character) -> String { mark == " " ? "space" : "\"\(mark)\"" }
  }

  // Plain ones first: where several read the same, the first is taken.
  static let forms: [Form] = [
    Form(decimal: ".", thousands: nil), Form(decimal: ",", thousands: nil), Form(decimal: ".", thousands: ","),
    Form(decimal: ",", thousands: "."), Form(decimal: ".", thousands: " "), Form(decimal: ",", thousands: " "),
    Form(decimal: ".", thousands: "'"), Form(decimal: ",", thousands: "'"),
  ]

  /// A column of text that is one of numbers under some forms.
  private struct Candidate {
    let name: String
    /// Per form that reads every value: the values, and whether a sign stands around one.
    let readings: [(form: Form, values: [Double])]
    let hasSigns: Bool

    /// Forms that read different numbers.
    func readingForms(among allowed: [Form]) -> [Form] {
      var found: [(form: Form, values: [Double])] = []
      for reading in readings where allowed.contains(reading.form) {
        if !found.contains(where: { $0.values == reading.values }) { found.append(reading) }
      }
      return found.map(\.form)
    }
  }

  private init() {}
}

extension NumberMarks {
  /// Reads a file, finds the marks of its numbers and reads it again with them, so that its columns are what they will be
  /// in a run.
  ///
  /// - Throws: `Faults` as `TableReader.read`.
  public static func read(_ path: String, options: ReadOptions) throws -> (result: ReadResult, marks: NumberMarks) {
    let first = try TableReader.read(path, options: options)
    var marks = NumberMarks()
    let stated = Set(options.columnTypes.keys.map(StandardText.standardise))
    let candidates = first.table.columns.filter { !stated.contains(StandardText.standardise($0.name)) }
      .compactMap(Self.candidate)
    guard !candidates.isEmpty else { return (first, marks) }
    var allowed = Self.forms
    if options.decimalMark != nil || options.thousandsMark != nil {
      let decimal = options.decimalMark ?? (options.thousandsMark == "." ? "," : ".")
      allowed = [Form(decimal: decimal, thousands: options.thousandsMark)]
    } else if first.facts.format == .csv, first.table.columns.contains(where: Self.hasFractions) {
      // Fractions with a point were read already.
      allowed = allowed.filter { $0.decimal == "." }
    }
    let shared = allowed.filter { form in candidates.allSatisfy { $0.readings.contains { $0.form == form } } }
    let distinct = shared.filter { form in
      // The first of those that read the same everywhere.
      shared.first { other in
        candidates.allSatisfy { candidate in
          candidate.readings.first { $0.form == other }?.values == candidate.readings.first { $0.form == form }?.values
        }
      } == form
    }
    if distinct.count == 1, let form = distinct.first {
      if let second = marks.apply(form, to: candidates, path, options, first) { return (second, marks) }
    } else if distinct.count > 1 {
      marks.ask(distinct, candidates)
      return (first, marks)
    }
    // Columns that differ, each by its own.
    let isStated = options.decimalMark != nil || options.thousandsMark != nil
    return (try marks.applyEach(candidates, allowed, isStated ? allowed : forms, path, options) ?? first, marks)
  }

  private mutating func ask(_ forms: [Form], _ candidates: [Candidate]) {
    let names = candidates.map(\.name)
    doubted.formUnion(names.map(StandardText.standardise))
    open.append(
      "which marks the numbers of \(names.count <= 10 ? names.joined(separator: ", ") : "\(names.count) columns") have: "
        + forms.map { "\($0.options) where 1234.5 is \($0.example)" }.joined(separator: ", or "))
  }

  /// The file read with one form for all; nil where that changes columns that were numbers.
  private mutating func apply(
    _ form: Form, to candidates: [Candidate], _ path: String, _ options: ReadOptions, _ first: ReadResult
  ) -> ReadResult? {
    let isStated = options.decimalMark != nil || options.thousandsMark != nil
    var again = options
    if form.decimal != "." || form.thousands != nil {
      again.decimalMark = form.decimal
      again.thousandsMark = form.thousands
    }
    let signed = candidates.filter(\.hasSigns).map(\.name)
    let isPlain = form.decimal == "." && form.thousands == nil
    let type = isPlain ? "number:\(form.example)" : "number"
    for name in signed {
      guard let number = try? ColumnType([type], of: name) else { return nil }  // a form of our own, which is one
      again.columnTypes[name] = number
    }
    // What cannot be read so is read column by column.
    guard let second = try? TableReader.read(path, options: again), Self.keepsNumbers(first.table, second.table),
      candidates.allSatisfy({ if case .number? = second.table[$0.name]?.values { true } else { false } })
    else { return nil }
    if !isPlain, !isStated { (decimal, thousands) = (form.decimal, form.thousands) }
    types = signed.map { ($0, type) }
    say(candidates.map(\.name), form)
    return second
  }

  /// - Parameter others: forms of columns that none of the likely ones fits.
  private mutating func applyEach(
    _ candidates: [Candidate], _ likely: [Form], _ others: [Form], _ path: String, _ options: ReadOptions
  ) throws -> ReadResult? {
    var again = options
    for candidate in candidates {
      let fitting = candidate.readingForms(among: likely)
      let forms = fitting.isEmpty ? candidate.readingForms(among: others) : fitting
      if forms.count > 1 { ask(forms, [candidate]) }
      guard forms.count == 1, let form = forms.first else { continue }
      let type = "number:\(form.example)"
      again.columnTypes[candidate.name] = try ColumnType([type], of: candidate.name)
      types.append((candidate.name, type))
      say([candidate.name], form)
    }
    return types.isEmpty ? nil : try TableReader.read(path, options: again)
  }

  private mutating func say(_ names: [String], _ form: Form) {
    let named = names.count <= 10 ? names.joined(separator: ", ") : "\(names.count) columns"
    notes.append("the numbers of \(named) are read with \(form.phrase)")
  }

  private static func keepsNumbers(_ a: Table, _ b: Table) -> Bool {
    a.columns.allSatisfy { column in
      guard case .number(let old) = column.values else { return true }
      guard case .number(let new)? = b[column.name]?.values else { return false }
      return old.count == new.count && zip(old, new).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
    }
  }

  private static func hasFractions(_ column: Column) -> Bool {
    if case .number(let values) = column.values { values.contains { !$0.isNaN && $0 != $0.rounded() } } else { false }
  }

  private static func candidate(_ column: Column) -> Candidate? {
    guard case .text(let text) = column.values, text.distinctCount > 0 else { return nil }
    let plain = DecimalReader(decimalMark: UInt8(ascii: "."), thousandsMark: nil, acceptsWords: false)
    var readers = forms.compactMap { form in
      form.number.map { (form: form, reader: StatedNumber(form: $0), values: [Double]()) }
    }
    var (hasMark, hasSigns) = (false, false)
    for code in 0..<Int32(text.distinctCount) {
      let bytes = Array(Marks.trimmed(Array(text.value(code).utf8)))
      guard !bytes.isEmpty else { continue }
      // Codes with zeros in front are no numbers, whatever stands beside them.
      if case .code = bytes.withUnsafeBufferPointer({ buffer in
        buffer.baseAddress.map { plain.read($0, buffer.count) } ?? .other
      }) {
        return nil
      }
      var isRead = false
      for index in readers.indices.reversed() {
        guard let found = readers[index].reader.read(bytes) else {
          readers.remove(at: index)
          continue
        }
        // What a percent sign does is for a person to say.
        if found.hasPercent { return nil }
        isRead = true
        if !found.core.allSatisfy(Marks.isDigit) { hasMark = true }
        let minus = bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+") ? 1 : 0
        if found.hasCurrency || found.core.count < bytes.count - minus || bytes.last == UInt8(ascii: "-") {
          hasSigns = true
        }
        readers[index].values.append(found.value)
      }
      guard isRead else { return nil }
    }
    guard !readers.isEmpty, hasMark || hasSigns else { return nil }
    return Candidate(name: column.name, readings: readers.map { ($0.form, $0.values) }, hasSigns: hasSigns)
  }
}
