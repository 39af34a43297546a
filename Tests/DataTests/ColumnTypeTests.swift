import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineData

/// Types that are stated, for text files and for SAS.
@Suite("Types that are stated")
struct ColumnTypeTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The values of a column of texts, read from CSV and from a transport file: both must say the same.
  private func both(
    _ texts: [String?], _ type: [String], sourceLocation: SourceLocation = #_sourceLocation,
    _ change: (inout ReadOptions) -> Void = { _ in }
  ) throws -> ColumnValues {
    var options = ReadOptions()
    options.columnTypes["c"] = try ColumnType(type, of: "c")
    change(&options)
    let table = try Table(columns: [Column(name: "c", values: .text(TextColumn(texts)))], rowCount: texts.count)
    let lines = ["c;d"] + texts.map { "\"\($0 ?? "")\";1" }
    let csv = try TableReader.read(try folder.write(lines.joined(separator: "\n"), to: "t.csv"), options: options)
    try TableWriter.write(table, to: folder.file("t.xpt"))
    let sas = try TableReader.read(folder.file("t.xpt"), options: options)
    let one = try Table(columns: [csv.table.column("c")], rowCount: texts.count)
    let other = try Table(columns: [sas.table.column("c")], rowCount: texts.count)
    #expect(SameTable.difference(one, other) == nil, sourceLocation: sourceLocation)
    return try csv.table.column("c").values
  }

  private func numbers(_ values: ColumnValues) -> [Double]? {
    if case .number(let numbers) = values { numbers } else { nil }
  }

  private func moments(_ values: ColumnValues) -> [Double]? {
    if case .moment(let numbers, _) = values { numbers } else { nil }
  }

  private func days(_ texts: String...) -> [Double] {
    texts.map { Double(CalendarDate(iso: $0)?.daysSince1960 ?? -1) }
  }

  @Test func numbersAsPeopleWriteThem() throws {
    let texts = ["1.234,50", "€ 12", "-3,5", "7-", "(1.000)", "12 EUR", "0", "007", "9007199254740993", "1e3"]
    let wanted = [1234.5, 12, -3.5, -7, -1000, 12, 0, 7, 9007199254740992, 1000]
    #expect(numbers(try both(texts, ["number:1.234,5"])) == wanted)
    #expect(numbers(try both(["R$ 5", "7"], ["number:1.234,5"])) == [5, 7])
    #expect(numbers(try both(["1'234.5", "1\u{2019}000", "\u{A0}3\u{A0}"], ["number:1'234.5"])) == [1234.5, 1000, 3])
    #expect(
      numbers(try both(["1\u{202F}234,5", "1\u{A0}000", "\u{2212}2"], ["number:1 234,5"])) == [1234.5, 1000, -2])
    #expect(numbers(try both(["12345678901234567890", "1"], ["number"])) == [12_345_678_901_234_567_168, 1])
    let missing = numbers(try both(["1", ".", nil, ".A", "  ", "NA"], ["number"]) { $0.missingTokens = ["NA"] })
    #expect(missing?.map { Missing($0)?.description ?? "\($0)" } == ["1.0", ".", ".", ".A", ".", "."])
  }

  @Test func textsThatAreNoNumbersAreRefused() throws {
    for text in ["1,2,3", "12 k€", "5 MIO", "--5", "1.23.4", "0x10", "inf", "% 5 %", "12 34", "."] {
      guard text != "." else { continue }
      let faults = expectFaults(.data, "\(text)") { try both(["1", text], ["number"]) { $0.decimalMark = "." } }
      #expect(faults?.description.contains("column c, row 2") == true)
      #expect(faults?.masked.contains(text) == false)
    }
  }

  @Test func percentSignsMeanOneThing() throws {
    #expect(numbers(try both(["27,5 %", "3%"], ["number:1234,5"])) == [27.5, 3])
    #expect(numbers(try both(["27 %", "0.5"], ["number:fraction"])) == [0.27, 0.5])
    #expect(numbers(try both(["27 %", "0.5"], ["number:percent"])) == [27, 0.5])
    let faults = expectFaults(.data) { try both(["27 %", "0.5"], ["number"]) }
    #expect(faults?.description.contains("number:fraction") == true)
  }

  @Test func pointsThatMayDivideThousandsAreAskedFor() throws {
    let faults = expectFaults(.data) { try both(["950", "15.000"], ["number"]) }
    #expect(faults?.description.contains("column c, row 2") == true)
    for other in ["0.125", "27.03", "1234.567", "1.5"] {
      #expect(numbers(try both(["15.000", other], ["number"]))?.first == 15)
    }
    #expect(numbers(try both(["950", "15.000"], ["number:1.234"])) == [950, 15000])
    #expect(numbers(try both(["950", "15.000"], ["number:1234.5"])) == [950, 15])
    #expect(numbers(try both(["950", "15.000"], ["number"]) { $0.thousandsMark = "." }) == [950, 15000])
  }

  @Test func datesInSeveralForms() throws {
    let type = ["date:%d/%m/%Y", "date:iso", "date:%Y%m%d", "date:%b-%Y"]
    let found = moments(try both(["31/12/2020", "2021-01-01", "20210203", "Mar-2021", "1/2/2021 10:30"], type))
    #expect(found == days("2020-12-31", "2021-01-01", "2021-02-03", "2021-03-01", "2021-02-01"))
    let faults = expectFaults(.data) { try both(["31/12/2020", "01/02/2021"], ["date:%d/%m/%Y", "date:%m/%d/%Y"]) }
    #expect(faults?.description.contains("row 2: is a different moment in two of the forms") == true)
    let wrong = expectFaults(.data) { try both(["2021-01-01", "01.02.21"], type) }
    #expect(wrong?.description.contains("%d/%m/%Y") == true && wrong?.masked.contains("01.02.21") == false)
  }

  @Test func timesOfDayAndDateTimes() throws {
    #expect(moments(try both(["08:30", "8:05:01.5", "26:00:00"], ["time"])) == [30_600, 29_101.5, 93_600])
    #expect(moments(try both(["0830", "2359"], ["time:%H%M"])) == [30_600, 86_340])
    #expect(moments(try both(["1:05 PM", "12:00 am"], ["time:%I:%M %p"])) == [47_100, 0])
    let two = days("2021-01-02")[0] * 86_400
    #expect(
      moments(try both(["02/01/2021 08:30", "02/01/2021", "02/01/2021 08:30:15.25"], ["date-time:%d/%m/%Y"]))
        == [two + 30_600, two, two + 30_615.25])
    #expect(moments(try both(["20210102083000"], ["date-time:%Y%m%d%H%M%S"])) == [two + 30_600])
  }

  @Test func countsOfDaysAndSeconds() throws {
    // 44197 is 2021-01-01 in a spreadsheet, 61 is 1900-03-01 and 59 the day before, as 1900-02-29 never was.
    #expect(
      moments(try both(["44197", "61", "59", "1"], ["date:excel-days"]))
        == days("2021-01-01", "1900-03-01", "1900-02-28", "1900-01-01"))
    expectFaults(.data) { try both(["60"], ["date:excel-days"]) }
    #expect(moments(try both(["42735", "0"], ["date:excel-days-1904"])) == days("2021-01-01", "1904-01-01"))
    #expect(
      moments(try both(["44197.354166666664"], ["date-time:excel-days"])) == [days("2021-01-01")[0] * 86_400 + 30_600])
    #expect(moments(try both(["22281", "2936547"], ["date:sas-days"])) == days("2021-01-01", "9999-12-31"))
    #expect(moments(try both(["1609459200"], ["date:unix-seconds"])) == days("2021-01-01"))
    #expect(moments(try both(["1609459200000"], ["date-time:unix-milliseconds"])) == [days("2021-01-01")[0] * 86_400])
    #expect(moments(try both(["30600"], ["time:sas-seconds"])) == [30_600])
  }

  @Test func sasNumbersWithoutAFormat() throws {
    let columns = [
      Column(name: "days", values: .number([22281, .nan])),
      Column(name: "digits", values: .number([20_210_101, 20_211_231])),
      Column(name: "month", values: .number([202_101, 202_112])),
      Column(name: "amount", values: .number([5, 20_210_101])),
    ]
    try TableWriter.write(try Table(columns: columns, rowCount: 2), to: folder.file("n.xpt"))
    var options = ReadOptions()
    options.dateFormats = ["%Y%m%d", "%Y%m"]
    options.columnTypes["days"] = try ColumnType(["date:sas-days"], of: "days")
    let table = try TableReader.read(folder.file("n.xpt"), options: options).table
    #expect(moments(try table.column("days").values)?[0] == 22281)
    #expect(moments(try table.column("digits").values) == days("2021-01-01", "2021-12-31"))
    #expect(moments(try table.column("month").values) == days("2021-01-01", "2021-12-01"))
    #expect(numbers(try table.column("amount").values) == [5, 20_210_101])
  }

  @Test func sasTextIsReadByItsValuesOnlyWhereAsked() throws {
    let columns = [
      Column(name: "n", values: .text(TextColumn(["1", "2.5", nil]))),
      Column(name: "d", values: .text(TextColumn(["2021-01-01", nil, "2021-01-02"]))),
      Column(name: "code", values: .text(TextColumn(["007", "1", "2"]))),
    ]
    try TableWriter.write(try Table(columns: columns, rowCount: 3), to: folder.file("t.xpt"))
    var options = ReadOptions()
    options.delimiter = ";"
    let plain = try TableReader.read(folder.file("t.xpt"), options: options)
    #expect(numbers(try plain.table.column("n").values) == nil)
    #expect(plain.facts.notes == ["delimiter has no effect on a file of this format (xpt)"])
    options.delimiter = nil
    options.findsTypes = true
    let found = try TableReader.read(folder.file("t.xpt"), options: options)
    #expect(numbers(try found.table.column("n").values)?[1] == 2.5)
    #expect(moments(try found.table.column("d").values)?[0] == days("2021-01-01")[0])
    #expect(numbers(try found.table.column("code").values) == nil)
    #expect(found.facts.notes.count == 2)
  }

  @Test func theValueThatIsNoDateIsNamed() throws {
    let texts = ["31/12/2020", "01/01/2021", "31/02/2021"]
    var options = ReadOptions()
    options.dateFormats = ["%d/%m/%Y"]
    options.decimalMark = ","
    let table = try Table(columns: [Column(name: "d", values: .text(TextColumn(texts)))], rowCount: 3)
    try TableWriter.write(table, to: folder.file("d.xpt"))
    let csv = try TableReader.read(
      try folder.write("d;n\n" + texts.map { "\($0);1" }.joined(separator: "\n"), to: "d.csv"), options: options)
    let sas = try TableReader.read(folder.file("d.xpt"), options: options)
    for read in [csv, sas] {
      #expect(read.facts.notes.contains { $0.shown.contains("column d (row 3: 31/02/2021): text, because") })
      #expect(!read.facts.notes.contains { $0.masked.contains("31/02/2021") })
      #expect(read.facts.notes.contains("no column holds dates in the stated forms"))
    }
    #expect(sas.facts.notes.contains { $0.shown.hasPrefix("the stated marks of numbers have no effect") })
  }

  @Test func theCalendarOfSasHasNoLeapDayIn4000() throws {
    // What SAS itself wrote: data/sas/parso__date_leap_days.sas7bdat, with its dates in the oracle's numbers.
    for (sas, iso) in [
      (745_153, "4000-02-28"), (745_154, "4000-03-01"), (1_475_638, "6000-02-29"), (2_206_122, "8000-02-28"),
      (2_206_123, "8000-03-01"), (2_936_547, "9999-12-31"), (14_669, "2000-02-29"),
    ] {
      #expect(CalendarDate(daysSince1960: SasCalendar.days(sas)).iso == iso)
    }
    for sas in stride(from: -700_000, through: 2_936_547, by: 997) {
      #expect(SasCalendar.sasDays(SasCalendar.days(sas)) == sas)
    }
    let table = try Table(
      columns: [Column(name: "d", values: .moment(days("9999-12-31", "2021-01-01"), .date))], rowCount: 2)
    try TableWriter.write(table, to: folder.file("d.sas7bdat"))
    #expect(SameTable.difference(try TableReader.read(folder.file("d.sas7bdat")).table, table) == nil)
  }

  /// Against Foundation's own formatter, on days of all years that both have.
  @Test func formsAgreeWithFoundation() throws {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(secondsFromGMT: 0)
    formatter.calendar = Calendar(identifier: .gregorian)
    var generator = SplitMix(state: 5)
    for (form, theirs) in [
      ("%d/%m/%Y", "dd/MM/yyyy"), ("%m-%d-%y", "MM-dd-yy"), ("%Y%m%d", "yyyyMMdd"), ("%d %B %Y", "d MMMM yyyy"),
      ("%b %d, %Y %I:%M:%S %p", "MMM d, yyyy hh:mm:ss a"), ("%Y.%j", "yyyy.DDD"), ("%Y%m%d%H%M%S", "yyyyMMddHHmmss"),
    ] {
      formatter.dateFormat = theirs
      let pattern = try MomentPattern(form)
      for _ in 0..<300 {
        // From 1970 to 2068, where years of two digits mean one century.
        let seconds = Int(generator.next() % 3_100_000_000)
        let text = Array(formatter.string(from: Date(timeIntervalSince1970: Double(seconds))).utf8)
        let since1960 = Double(seconds + 3653 * 86_400)
        let found = text.withUnsafeBufferPointer { $0.baseAddress.flatMap { pattern.value($0, text.count) } }
        #expect(found == (pattern.unit == .date ? (since1960 / 86_400).rounded(.down) : since1960), "\(form)")
      }
    }
  }

  @Test func spacesThatNobodySeesAreNone() throws {
    let text = TextColumn(["booked", "booked\u{A0}", nil, "re\u{200B}jected", "new\u{202F}one", "\u{FEFF}", "été"])
    let (plain, count) = try #require(InvisibleSpaces.plain(text))
    #expect(plain.codes.indices.map { plain[$0] } == ["booked", "booked", nil, "rejected", "new one", nil, "été"])
    #expect(count == 4 && plain.codes[0] == plain.codes[1])
    #expect(InvisibleSpaces.plain(TextColumn(["a ", "é"])) == nil)
  }

  @Test func aStageThatNeedsANumberSaysWhyThereIsNone() throws {
    for (texts, row, reason) in [
      (["1", "12345678901234567890"], 2, "more digits than a number holds"),
      (["5", "9007199254740993"], 2, "more digits"),
      (["1", "2", "007"], 3, "begins with 0"), (["12,5"], 1, "other marks"), (["1", "5 %"], 2, "percent sign"),
      (["1\u{A0}000"], 1, "other marks"),
      (["€ 5"], 1, "sign of a currency"), (["1", "zebra"], 2, "is no number"),
    ] {
      let table = try Table(columns: [Column(name: "c", values: .text(TextColumn(texts)))], rowCount: texts.count)
      let faults = expectFaults(.data) { try table.numbers("c") }
      #expect(faults?.description.contains("column c, row \(row): holds text") == true)
      #expect(faults?.advice.contains(reason) == true, "\(faults?.advice ?? "")")
      #expect(faults?.masked.contains(texts[row - 1]) == false)
    }
  }

  @Test func typesThatAreNoneAreRefused() throws {
    for texts in [
      ["numbr"], ["date:%q"], ["date:%d"], ["time:sas-days"], ["date:%H:%M"], ["text:x"], ["number:5"], ["date:excel"],
      ["date", "date:%Y"], ["date", "number"], ["number:1.234.5"], ["time:%d/%m/%Y"],
    ] {
      expectFaults(.usage, "\(texts)") { try ColumnType(texts, of: "c") }
    }
    #expect(
      expectFaults(.usage) { try ColumnType(["dat"], of: "c") }?.description.contains("did you mean date") == true)
  }

  @Test func mixedFormsOfAFileAndDigitsAreSaid() throws {
    var options = ReadOptions()
    options.dateFormats = ["%d/%m/%Y", "%Y%m%d"]
    let text = "a,b,c,n\n31/12/2020,20210101,31/12/2020 10:00,5\n2021-01-01,20210102,01/01/2021 00:00,20210101\n"
    let read = try TableReader.read(try folder.write(text, to: "m.csv"), options: options)
    #expect(moments(try read.table.column("a").values) == days("2020-12-31", "2021-01-01"))
    #expect(moments(try read.table.column("b").values) == days("2021-01-01", "2021-01-02"))
    #expect(moments(try read.table.column("c").values)?[1] == days("2021-01-01")[0] * 86_400)
    #expect(numbers(try read.table.column("n").values) == [5, 20_210_101])
    #expect(read.facts.notes.count == 2)
    // A column of digits that begins like dates is not one of dates.
    let later = "b\n" + String(repeating: "20210101\n", count: 1500) + "99999999\n"
    let table = try TableReader.read(try folder.write(later, to: "l.csv"), options: options).table
    #expect(numbers(try table.column("b").values)?.last == 99_999_999)
  }
}
