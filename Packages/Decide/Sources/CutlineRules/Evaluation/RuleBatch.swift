public import CutlineCore
internal import Foundation

/// What many applications hold, by column.
public struct RuleColumns: Sendable {
  /// Memory that is written once, when it is made; so threads may share it.
  final class Own: @unchecked Sendable {
    /// NaN is missing.
    let numbers: UnsafeMutablePointer<Double>?
    /// By row the class of its text.
    let classes: UnsafeMutablePointer<Int32>?

    static func numbers(_ values: [Double]) -> Own { Own(values, nil) }
    static func classes(_ values: [Int32]) -> Own { Own(nil, values) }

    private init(_ numbers: [Double]?, _ classes: [Int32]?) {
      self.numbers = numbers.map(Self.copied)
      self.classes = classes.map(Self.copied)
    }

    private static func copied<Value>(_ values: [Value]) -> UnsafeMutablePointer<Value> {
      let memory = UnsafeMutablePointer<Value>.allocate(capacity: max(1, values.count))
      values.withUnsafeBufferPointer { own in
        if let start = own.baseAddress { memory.initialize(from: start, count: own.count) }
      }
      return memory
    }

    deinit {
      numbers?.deallocate()
      classes?.deallocate()
    }
  }
  let columns: [Own?]
  public let rows: Int

  /// - Parameter column: by field that rules read, the values.
  /// - Throws: what `column` throws.
  public init(_ program: RuleProgram, rows: Int, _ column: (RuleField) throws -> ColumnValues) throws {
    var columns = [Own?](repeating: nil, count: program.table.fields.count)
    var reading = Reading()
    for (variable, field) in program.fieldVariables {
      let own = program.table.fields[field]
      try reading.attempt {
        let values = try column(own)
        let count =
          switch values {
          case .number(let all), .moment(let all, _): all.count
          case .text(let all): all.codes.count
          }
        guard count == rows else {
          throw Faults.data("column \(own.column)", "has \(count) values of \(rows)", "Give each row one.")
        }
        switch values {
        case .number(let numbers) where own.kind != .text && own.kind != .date: columns[field] = .numbers(numbers)
        case .moment(let days, .date) where own.kind == .date: columns[field] = .numbers(days)
        case .number(let numbers) where numbers.allSatisfy(\.isNaN):
          columns[field] = own.kind == .text ? .classes(numbers.map { _ in 0 }) : .numbers(numbers)
        // Whole numbers are words where the table says so.
        case .number(let numbers) where own.kind == .text:
          let classes = program.table.classes[variable]
          columns[field] = .classes(numbers.map { $0.isNaN ? 0 : classes.number(of: NumberText.shortest($0)) })
        case .text(let text) where own.kind == .text:
          let known = text.distinctValues.map { $0.isEmpty ? 0 : program.table.classes[variable].number(of: $0) }
          columns[field] = .classes(text.codes.map { $0 < 0 ? 0 : known[Int($0)] })
        case .text(let text) where own.kind == .bool:
          let known = text.distinctValues.map { word -> Double in
            switch word.lowercased() {
            case "true", "yes": 1
            case "false", "no": 0
            default: .infinity
            }
          }
          columns[field] = .numbers(text.codes.map { $0 < 0 ? .nan : known[Int($0)] })
        case .text(let text) where text.codes.allSatisfy({ $0 < 0 }):
          columns[field] = .numbers(text.codes.map { _ in .nan })
        default:
          throw Faults.data(
            "column \(own.column)", "holds no \(own.kind.rawValue), which the rules read as \(own.name)",
            "State its form with --type \(own.column)=\(own.kind == .date ? "date" : own.kind == .text ? "text" : "number")."
          )
        }
      }
    }
    try reading.finish()
    (self.columns, self.rows) = (columns, rows)
  }

  /// What puts a row into memory: the addresses of the columns, so that no count of who holds them changes for each row. Valid while the
  /// columns live.
  var addresses: Rows {
    var own = Rows()
    for (field, column) in columns.enumerated() {
      if let numbers = column?.numbers { own.numbers.append((field, UnsafePointer(numbers))) }
      if let classes = column?.classes { own.texts.append((field, UnsafePointer(classes))) }
    }
    return own
  }

  struct Rows {
    fileprivate var numbers: [(field: Int, start: UnsafePointer<Double>)] = []
    fileprivate var texts: [(field: Int, start: UnsafePointer<Int32>)] = []

    @inline(__always)
    func put(_ row: Int, _ scratch: RuleScratch) {
      for own in numbers { scratch.values[own.field] = own.start[row] }
      for own in texts { scratch.texts[own.field] = own.start[row] }
    }
  }
}

/// What the rules say of many applications, in their order.
public struct RuledRecords: Sendable {
  package init() {}

  var verdicts: [RuleVerdict] = []
  /// Rules by row: those that are true, unknown, failed.
  package fileprivate(set) var fired = Lists()
  package fileprivate(set) var unknown = Lists()
  fileprivate(set) var failed = Lists()
  /// Variables whose value may not be.
  package fileprivate(set) var failures = Lists()
  fileprivate(set) var points: [RuleNumber] = []
  public var count: Int { verdicts.count }

  /// Lists one behind the other.
  package struct Lists: Sendable, Equatable {
    private(set) var ends: [Int] = []
    private(set) var items: [Int32] = []

    mutating func add(_ list: UnsafeMutablePointer<Int32>, _ count: Int) {
      if count > 0 { items.append(contentsOf: UnsafeBufferPointer(start: list, count: count)) }
      ends.append(items.count)
    }

    mutating func add(_ other: Lists) {
      let base = items.count
      items += other.items
      ends += other.ends.map { $0 + base }
    }

    package subscript(row: Int) -> ArraySlice<Int32> { items[(row == 0 ? 0 : ends[row - 1])..<ends[row]] }
  }

  mutating func add(_ verdict: RuleVerdict, _ scratch: RuleScratch, _ sums: Bool) {
    verdicts.append(verdict)
    fired.add(scratch.fired, scratch.firedCount)
    unknown.add(scratch.unknown, scratch.unknownCount)
    failed.add(scratch.failed, scratch.failedCount)
    failures.add(scratch.failures, scratch.failureCount)
    if sums { points.append(scratch.points) }
  }

  package mutating func add(_ other: RuledRecords) {
    verdicts += other.verdicts
    fired.add(other.fired)
    unknown.add(other.unknown)
    failed.add(other.failed)
    failures.add(other.failures)
    points += other.points
  }
}

extension RuleProgram {
  /// Decides about many records; each as `decide` does about one, whatever the number of threads.
  ///
  /// - Parameters:
  ///   - asOf: the day of asking, where the table is of times.
  ///   - workers: threads; nil = as many as there are processors.
  /// - Complexity: O(rows · rules looked at), O(rows + rules found) memory.
  public func decide(_ columns: RuleColumns, asOf: CalendarDate? = nil, workers: Int? = nil) -> RuledRecords {
    let threads = max(1, min(workers ?? ProcessInfo.processInfo.activeProcessorCount, columns.rows / 1000 + 1))
    let sums = table.hit == .collectSum
    let day = asOf.map { Double($0.daysSince1960) } ?? .nan
    @Sendable func part(_ thread: Int) -> RuledRecords {
      let rows = (columns.rows * thread / threads)..<(columns.rows * (thread + 1) / threads)
      let scratch = RuleScratch(self)
      if table.isDated { scratch.values[table.fields.count - 1] = day }
      var found = RuledRecords()
      found.verdicts.reserveCapacity(rows.count)
      return withExtendedLifetime(columns) {
        let all = columns.addresses
        for row in rows {
          all.put(row, scratch)
          found.add(decide(scratch), scratch, sums)
        }
        return found
      }
    }
    guard threads > 1 else { return part(0) }
    let parts = Parts(threads)
    DispatchQueue.concurrentPerform(iterations: threads) { parts.set($0, part($0)) }
    var all = RuledRecords()
    for part in parts.all { all.add(part) }
    return all
  }

  private final class Parts: @unchecked Sendable {
    // Guarded by the lock; each thread sets its own.
    private var own: [RuledRecords?]
    private let lock = NSLock()
    init(_ count: Int) { own = [RuledRecords?](repeating: nil, count: count) }
    func set(_ place: Int, _ part: RuledRecords) { lock.withLock { own[place] = part } }
    var all: [RuledRecords] { lock.withLock { own.compactMap { $0 } } }
  }
}
