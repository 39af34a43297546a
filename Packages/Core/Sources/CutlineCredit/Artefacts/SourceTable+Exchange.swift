public import CutlineCore
internal import Foundation

/// `table.csv` with the values and `columns.json` with their types.
extension SourceTable: ExchangedArtifact {
  /// What stands in `columns.json`.
  private struct Head: Codable {
    struct Column: Codable {
      let name: String
      let type: ColumnType
      let originalName, label: String?
    }
    let columns: [Column]
    let notes: [String]?
  }

  private enum ColumnType: String, Codable {
    case number, text, date, datetime, time
  }

  private static func type(_ values: ColumnValues) -> ColumnType {
    switch values {
    case .number: .number
    case .text: .text
    case .moment(_, .date): .date
    case .moment(_, .dateTime): .datetime
    case .moment(_, .time): .time
    }
  }

  public func write(to folder: String) throws {
    let head = Head(
      columns: table.columns.map {
        .init(name: $0.name, type: Self.type($0.values), originalName: $0.originalName, label: $0.label)
      }, notes: notes)
    let data = try CanonicalJSON.encode(head, pretty: true)
    try data.withUnsafeBytes { try ExchangeFolder.write($0, to: folder + "/columns.json") }
    let writer = try ExchangeWriter(folder + "/table.csv")
    try writer.append(table.names.map(CsvText.field).joined(separator: ",") + "\n")
    // The distinct texts are quoted once, not once a row.
    let texts = table.columns.map { column -> [String] in
      if case .text(let text) = column.values { text.distinctValues.map(CsvText.field) } else { [] }
    }
    for row in 0..<table.rowCount {
      var line = ""
      for (index, column) in table.columns.enumerated() {
        if index > 0 { line += "," }
        switch column.values {
        case .number(let numbers): line += NumberText.shortest(numbers[row])
        case .text(let text): if text.codes[row] >= 0 { line += texts[index][Int(text.codes[row])] }
        case .moment(let moments, let unit):
          guard !moments[row].isNaN else { continue }
          guard let text = ExchangeMoment.text(moments[row], unit) else {
            throw Faults.data(
              "column \(column.name), row \(row + 1)", "holds a moment that has no ISO form", "Correct the file.")
          }
          line += text
        }
      }
      try writer.append(line + "\n")
    }
    try writer.finish()
  }

  public init(readingFrom folder: ExchangeFolder) throws {
    let head = try folder.json(Head.self, from: "columns.json")
    let names = head.columns.map(\.name)
    guard !names.isEmpty else { throw Faults.data("columns.json", "has no column", "Name the columns of table.csv.") }
    for name in names where name.isEmpty || name != name.lowercased() || name.contains(where: \.isWhitespace) {
      throw Faults.data(
        "columns.json", "the name \"\(name)\" is not in lower case without spaces",
        "Columns are looked up by such names; keep the file's own spelling in originalName.")
    }
    if let twice = names.indices.first(where: { names[..<$0].contains(names[$0]) }) {
      throw Faults.data("columns.json", "two columns are called \(names[twice])", "Rename one of them.")
    }
    var rows = try folder.csv("table.csv", columns: names)
    var numbers = [[Double]](repeating: [], count: names.count)
    var pools = [TextPool](repeating: TextPool(), count: names.count)
    var codes = [[Int32]](repeating: [], count: names.count)
    var count = 0
    while let row = try rows.next() {
      for (index, column) in head.columns.enumerated() {
        var text = row.fields[index]
        switch column.type {
        case .text:
          codes[index].append(
            text.isEmpty ? -1 : text.withUTF8 { pools[index].code(of: UnsafeRawBufferPointer($0)) })
        case .number: numbers[index].append(text.isEmpty ? Missing.plain.value : try row.number(index))
        case .date, .datetime, .time:
          guard let value = text.isEmpty ? Missing.plain.value : ExchangeMoment.value(text, Self.unit(column.type))
          else {
            throw row.refusal(index, "is no \(column.type.rawValue)", "Write it like \(Self.example(column.type)).")
          }
          numbers[index].append(value)
        }
      }
      count += 1
    }
    let columns = head.columns.enumerated().map { index, column in
      let values: ColumnValues =
        switch column.type {
        case .number: .number(numbers[index])
        case .text: .text(pools[index].column(codes: codes[index]))
        case .date, .datetime, .time: .moment(numbers[index], Self.unit(column.type))
        }
      return Column(name: column.name, originalName: column.originalName, label: column.label, values: values)
    }
    self.init(table: try Table(columns: columns, rowCount: count), notes: head.notes ?? [])
  }

  private static func unit(_ type: ColumnType) -> MomentUnit {
    switch type {
    case .datetime: .dateTime
    case .time: .time
    default: .date
    }
  }

  private static func example(_ type: ColumnType) -> String {
    switch type {
    case .datetime: "2022-01-31T09:30:00"
    case .time: "09:30:00"
    default: "2022-01-31"
    }
  }
}

/// Dates and times as ISO texts, exact both ways.
enum ExchangeMoment {
  /// - Returns: nil for a date with a fraction, or outside the years 1 to 9999.
  static func text(_ value: Double, _ unit: MomentUnit) -> String? {
    switch unit {
    case .date: return day(value)
    case .time:
      return value < 0 ? "-" + clock(-value) : clock(value)
    case .dateTime:
      let days = (value / 86_400).rounded(.down)
      return day(days).map { $0 + "T" + clock(value - days * 86_400) }
    }
  }

  static func value(_ text: String, _ unit: MomentUnit) -> Double? {
    switch unit {
    case .date: return CalendarDate(iso: text).map { Double($0.daysSince1960) }
    case .time:
      return text.hasPrefix("-") ? seconds(text.dropFirst()).map { -$0 } : seconds(text[...])
    case .dateTime:
      let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "T" || $0 == " " }
      guard let first = parts.first, let date = CalendarDate(iso: first) else { return nil }
      guard parts.count == 2 else { return Double(date.daysSince1960) * 86_400 }
      guard let clock = seconds(parts[1]), clock < 86_400 else { return nil }
      return Double(date.daysSince1960) * 86_400 + clock
    }
  }

  private static func day(_ value: Double) -> String? {
    guard let days = Int(exactly: value), abs(days) < 4_000_000 else { return nil }
    let date = CalendarDate(daysSince1960: days)
    return (1...9999).contains(date.year) ? date.iso : nil
  }

  private static func clock(_ value: Double) -> String {
    let minutes = (value / 60).rounded(.down)
    let rest = value - minutes * 60
    let (hour, minute) = (Int(minutes) / 60, Int(minutes) % 60)
    let second = NumberText.shortest(rest)
    return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute):\(rest < 10 ? "0" : "")\(second)"
  }

  private static func seconds(_ text: Substring) -> Double? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), let hour = Int(parts[0]), let minute = Int(parts[1]),
      (0...59).contains(minute),
      (0...1_000_000).contains(hour)
    else { return nil }
    let second = parts.count == 3 ? ExchangeNumber.double(String(parts[2])) : 0
    guard let second, second >= 0, second < 60 else { return nil }
    return Double(hour * 3600 + minute * 60) + second
  }
}
