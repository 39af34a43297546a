public import CutlineCore
internal import CutlineRules
internal import Foundation

/// What a flow has decided of many applications, in their order.
public struct FlowRecords: Sendable {
  public enum Decision: UInt8, Sendable, CaseIterable {
    case approve, decline, review
    public var word: String {
      switch self {
      case .approve: "approve"
      case .decline: "decline"
      case .review: "review"
      }
    }
  }
  /// Who decided; `models`: nobody, so that people do.
  public enum Stage: UInt8, Sendable, CaseIterable {
    case rules, first, second, models
    public var word: String {
      switch self {
      case .rules: "rules"
      case .first: "first"
      case .second: "second"
      case .models: "models"
      }
    }
  }
  /// What a model said of an application.
  struct Scored: Sendable, Equatable {
    /// NaN where it was not asked, and where it gave no probability.
    var p = Double.nan
    /// Nil: it was not asked.
    var verdict: GreyZone.Verdict?
  }

  public let flow: DecisionFlow
  var ruled = RuledRecords()
  public private(set) var decisions: [Decision] = []
  public private(set) var stages: [Stage] = []
  private(set) var first: [Scored] = []
  private(set) var second: [Scored] = []
  /// By recipe, of the applications that came to a model that reads it.
  public internal(set) var counts: [RecipeCounts]
  public var count: Int { decisions.count }

  init(_ flow: DecisionFlow) {
    self.flow = flow
    counts = flow.recipes.map { RecipeCounts($0.names.count) }
  }

  mutating func add(
    _ decision: Decision, _ stage: Stage, _ p: Double = .nan, _ verdict: GreyZone.Verdict? = nil,
    _ other: (p: Double, verdict: GreyZone.Verdict)? = nil
  ) {
    decisions.append(decision)
    stages.append(stage)
    first.append(Scored(p: p, verdict: verdict))
    second.append(Scored(p: other?.p ?? .nan, verdict: other?.verdict))
  }

  mutating func add(_ other: FlowRecords) {
    ruled.add(other.ruled)
    decisions += other.decisions
    stages += other.stages
    first += other.first
    second += other.second
    for place in counts.indices { counts[place].add(other.counts[place]) }
  }

  /// Whether the second model was asked because the first was unsure, and not only for monitoring.
  func usesSecond(_ row: Int) -> Bool { first[row].verdict == .unsure && second[row].verdict != nil }

  /// By step, the probability that was computed; NaN where it was not.
  public func probabilities(_ step: Int) -> [Double] { (step == 0 ? first : second).map(\.p) }
}

extension DecisionFlow {
  /// Decides about many applications; each as about one, whatever the number of threads.
  ///
  /// - Parameter workers: threads; nil = as many as there are processors.
  /// - Complexity: O(rows · (rules and features looked at, parts of the models)), O(rows) memory.
  public func decide(_ columns: FlowColumns, workers: Int? = nil) -> FlowRecords {
    let threads = max(1, min(workers ?? ProcessInfo.processInfo.activeProcessorCount, columns.rows / 1000 + 1))
    @Sendable func part(_ thread: Int) -> FlowRecords {
      let evaluator = FlowEvaluator(self, columns)
      for row in (columns.rows * thread / threads)..<(columns.rows * (thread + 1) / threads) {
        evaluator.decide(row: row)
      }
      return evaluator.finish()
    }
    guard threads > 1 else { return part(0) }
    let parts = Parts(threads)
    DispatchQueue.concurrentPerform(iterations: threads) { parts.set($0, part($0)) }
    var all = FlowRecords(self)
    for part in parts.all { all.add(part) }
    return all
  }

  private final class Parts: @unchecked Sendable {
    // Guarded by the lock; each thread sets its own.
    private var own: [FlowRecords?]
    private let lock = NSLock()
    init(_ count: Int) { own = [FlowRecords?](repeating: nil, count: count) }
    func set(_ place: Int, _ part: FlowRecords) { lock.withLock { own[place] = part } }
    var all: [FlowRecords] { lock.withLock { own.compactMap { $0 } } }
  }

  /// Decides about one application.
  /// - Parameter application: by field or column, what it holds; what it does not hold is missing.
  /// - Throws: `Faults` (data) for a value of another form.
  public func decide(_ application: [String: FlowValue]) throws -> FlowDecision {
    let columns = try FlowColumns(self, rows: 1) { field in
      switch application[field.column] ?? application[field.name] {
      case nil: field.kind == .text ? .text(TextColumn([nil])) : .number([.nan])
      case .number(let number): .number([number])
      case .day(let day): .moment([Double(day.daysSince1960)], .date)
      case .text(let text): .text(TextColumn([text]))
      }
    }
    return decide(columns, workers: 1).decision(0)
  }
}

/// What a field of one application holds.
public enum FlowValue: Sendable, Hashable {
  case number(Double)
  case day(CalendarDate)
  case text(String)
}
