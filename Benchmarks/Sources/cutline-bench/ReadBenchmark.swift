import CutlineCore
import CutlineData
import Foundation

extension Benchmark {
  /// Reads a file of any format, as `cutline` does.
  static let read = Benchmark(name: "read", usage: "FILE [repetitions] [workers]") { arguments in
    guard let path = arguments.first else { throw Faults.usage("read", "no file is named", "Name one.") }
    let repetitions = arguments.count > 1 ? Int(arguments[1]) ?? 5 : 5
    var options = ReadOptions()
    options.workers = arguments.count > 2 ? Int(arguments[2]) ?? 1 : 1
    // The time of the reader program for SAS files belongs to it.
    let before = childSeconds()
    var (rows, columns, bytes) = (0, 0, 0)
    let time = try Measurement(repetitions: repetitions) {
      let table = try TableReader.read(path, options: options).table
      (rows, columns) = (table.rowCount, table.columns.count)
      bytes = table.columns.reduce(0) { $0 + $1.byteCount }
    }
    // Ended reader programs are counted a little later.
    usleep(100_000)
    let child = (childSeconds() - before) / Double(repetitions + 1)
    print(
      "\(path): \(rows) rows, \(columns) columns, \(options.workers) worker(s): \(time.text),",
      "reader program cpu \(Measurement.milliseconds(child)),",
      "table \(bytes >> 20) MiB, peak memory \(peakBytes() >> 20) MiB")
  }

  /// Writes what is read above: a million rows as SAS7BDAT from a smaller file, ten million as CSV.
  static let makeReadingInput = Benchmark(name: "make-reading-input", usage: "SAS-FILE FOLDER [csv rows]") {
    arguments in
    guard arguments.count >= 2 else { throw Faults.usage("make-reading-input", "a file and a folder are missing", "") }
    try writeMillion(from: arguments[0], to: arguments[1] + "/million.sas7bdat")
    let rows = arguments.count > 2 ? Int(arguments[2]) ?? 10_000_000 : 10_000_000
    try writeApplications(rows, to: arguments[1] + "/applications.csv")
  }

  private static func writeMillion(from path: String, to target: String) throws {
    let table = try TableReader.read(path).table
    let count = 1_000_000
    let columns = table.columns.map { column in
      func repeated<T>(_ values: [T]) -> [T] { (0..<count).map { values[$0 % values.count] } }
      let values: ColumnValues =
        switch column.values {
        case .number(let numbers): .number(repeated(numbers))
        case .moment(let numbers, let unit): .moment(repeated(numbers), unit)
        case .text(let text): .text(TextColumn(codes: repeated(text.codes), bytes: text.bytes, offsets: text.offsets))
        }
      return Column(name: column.name, values: values)
    }
    try TableWriter.write(try Table(columns: columns, rowCount: count), to: target)
  }

  /// An identifier that is unique, a month, three short texts and numbers of 0, 2, 3 and 17 digits; some missing.
  private static func writeApplications(_ rows: Int, to path: String) throws {
    var random = SeededNumbers(state: 1)
    let handle = try makeFile(path)
    var text = "id,month,status,segment,score,bureau,amount,todu,rate,count\n"
    for row in 0..<rows {
      let month = 1 + random.next() % 12
      let (score, bureau) = (4000 + random.next() % 200_000, random.next() % 90_000)
      let amount = random.next() % 5_000_000
      let rate = Double(random.next() >> 11) * 0x1p-53
      text += "AU\(row + 10_000_000),202\(random.next() % 3)-\(month < 10 ? "0" : "")\(month)-01,"
      text += random.next() % 3 == 0 ? "rejected," : "booked,"
      text += ["CONSUMER_STD", "AUTO", "SME", "PILOT_DIGITAL"][Int(random.next() % 4)]
      text += ",\(Double(score) / 1000),\(bureau % 50 == 0 ? "" : "\(Double(bureau) / 100)"),\(Double(amount) / 100),"
      text += "\(random.next() % 10 == 0 ? "\(Double(amount / 7) / 100)" : "0.0"),\(rate),\(random.next() % 50)\n"
      if text.utf8.count > 1 << 20 {
        try handle.write(contentsOf: Data(text.utf8))
        text = ""
      }
    }
    try handle.write(contentsOf: Data(text.utf8))
    try handle.close()
  }

  private static func makeFile(_ path: String) throws -> FileHandle {
    try Data().write(to: URL(fileURLWithPath: path))
    return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
  }

  private static func childSeconds() -> Double { seconds(usage(__rusage_who_t(RUSAGE_CHILDREN.rawValue))) }

  private static func peakBytes() -> Int { usage(__rusage_who_t(RUSAGE_SELF.rawValue)).ru_maxrss << 10 }

  private static func usage(_ whose: __rusage_who_t) -> rusage {
    var usage = rusage()
    getrusage(whose, &usage)
    return usage
  }

  private static func seconds(_ usage: rusage) -> Double {
    Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
      * 1e-6
  }
}

/// The same numbers in every run (S. Vigna, *SplitMix64*).
private struct SeededNumbers {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension Column {
  fileprivate var byteCount: Int {
    switch values {
    case .number(let numbers), .moment(let numbers, _): numbers.count * 8
    case .text(let text): text.codes.count * 4 + text.bytes.count + text.offsets.count * 4
    }
  }
}
