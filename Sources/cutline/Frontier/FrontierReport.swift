internal import CutlineCore
internal import CutlineCredit
internal import CutlineWorkspace
internal import Synchronization

/// What `cutline frontier` says about its work: counts, where it ran, time per phase.
struct FrontierReport: Encodable {
  struct Open: Encodable {
    let riskFromPct, riskToPct, productionAbove, productionAtMost: Double?
  }
  struct Threshold: Encodable {
    let limitPct: DecimalNumber
    let status: String
    let production, bound, relaxation, unnestedProduction: Double?
  }

  private(set) var strategies: String?
  private(set) var points = 0
  private(set) var search = ""
  private(set) var device = ""
  let readSeconds: Double
  var searchSeconds = 0.0
  var writeSeconds = 0.0
  /// Of the search, by name.
  private(set) var phaseSeconds: [String: Double] = [:]
  private(set) var open: [Open] = []
  private(set) var thresholds: [Threshold] = []
  private(set) var remarks: [String] = []
  private var intervals: [Frontier.OpenInterval] = []
  private var scale = AmountScale.hundredths

  private enum CodingKeys: String, CodingKey {
    case strategies, points, search, device, readSeconds, searchSeconds, writeSeconds, phaseSeconds, open, thresholds
    case remarks
  }

  init(read: Double) { readSeconds = read }

  mutating func add(_ events: [RunEvent]) {
    for event in events {
      switch event.kind {
      case .device: device = event.message
      case .phase: phaseSeconds[event.message, default: 0] += event.duration ?? 0
      case .note, .warning: remarks.append(event.message)
      default: break
      }
    }
  }

  mutating func add(_ frontier: Frontier, _ answers: [Frontier.Answer], multiplier: Double, scale: AmountScale) {
    let percent = 100 * multiplier
    func units(_ sum: Int64?) -> Double? { sum.map { Double($0) / scale.perUnit } }
    self.scale = scale
    strategies = frontier.strategyCount
    points = frontier.points.count
    search = frontier.search
    intervals = frontier.open
    open = frontier.open.map {
      Open(
        riskFromPct: $0.from.map { $0 * percent }, riskToPct: $0.to.map { $0 * percent },
        productionAbove: units($0.productionAbove),
        productionAtMost: units($0.productionAtMost))
    }
    thresholds = answers.map { answer in
      Threshold(
        limitPct: answer.limit, status: answer.status.rawValue,
        production: units(answer.point.map { frontier.points[$0].production }), bound: units(answer.bound),
        relaxation: units(answer.relaxation), unnestedProduction: units(answer.unnestedProduction))
    }
  }

  /// For people.
  func lines(multiplier: Double) -> [String] {
    let state = intervals.isEmpty ? "" : ", NOT COMPLETE"
    var lines = [
      "\(points) points from \(strategies ?? "an unknown number of") strategies (\(search), \(device))\(state)"
    ]
    for interval in intervals.prefix(20) {
      let ends = [interval.from, interval.to].map { $0.map { "\(100 * multiplier * $0) %" } ?? "the end" }
      var line = "open: risks from \(ends[0]) to \(ends[1])"
      if let above = interval.productionAbove, let most = interval.productionAtMost {
        line += ", productions above \(scale.shortText(above)) up to \(scale.shortText(most))"
      }
      lines.append(line + "; a limit of the search was reached")
    }
    if intervals.count > 20 { lines.append("open: \(intervals.count - 20) more; --json lists them") }
    for threshold in thresholds {
      lines.append("\(threshold.limitPct) %: \(threshold.status)")
    }
    return lines
  }
}

/// Keeps the events of a search for the report.
final class EventKeeper: Sendable {
  private let kept = Mutex<[RunEvent]>([])

  func keep(_ event: RunEvent) {
    if event.kind != .progress { kept.withLock { $0.append(event) } }
  }

  var events: [RunEvent] { kept.withLock { $0 } }
}
