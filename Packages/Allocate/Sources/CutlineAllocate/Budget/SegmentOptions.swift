internal import CutlineCore
internal import CutlineCredit

/// A limit that an allocation has to keep.
enum AllocationConstraint: Hashable {
  case target, mostChanged, leastProduction
  case minRisk(Int), maxRisk(Int), floor(Int), maxChange(Int), lock(Int)
}

/// What may be chosen in each segment: its points within its own limits, and what it has today where changes are counted.
struct SegmentOptions {
  /// A point, or today.
  struct Option {
    /// nil for today.
    let point: Int?
    let sums: SegmentFrontier.Point
    var isToday: Bool { point == nil }
  }

  let segments: [SegmentFrontier]
  let limits: AllocationLimits
  let constraints: [AllocationConstraint]

  /// - Throws: `Faults` (usage) for limits that ask for what the segments do not have.
  init(_ segments: [SegmentFrontier], _ limits: AllocationLimits) throws {
    (self.segments, self.limits) = (segments, limits)
    try Self.check(segments, limits)
    var constraints: [AllocationConstraint] = [.target]
    if limits.mostChanged != nil { constraints.append(.mostChanged) }
    if limits.leastProduction != nil { constraints.append(.leastProduction) }
    for (index, segment) in segments.enumerated() {
      let bounds = segment.bounds
      if bounds.minRisk != nil { constraints.append(.minRisk(index)) }
      if bounds.maxRisk != nil { constraints.append(.maxRisk(index)) }
      if bounds.leastProduction != nil { constraints.append(.floor(index)) }
      if bounds.maxChange != nil { constraints.append(.maxChange(index)) }
      if bounds.lockedPoint != nil || bounds.isLockedToToday { constraints.append(.lock(index)) }
    }
    self.constraints = constraints
  }

  /// In the words of the command line.
  func name(_ constraint: AllocationConstraint) -> String {
    func own(_ index: Int, _ what: (SegmentFrontier.Bounds) -> String) -> String {
      "\(what(segments[index].bounds)) of \(segments[index].name)"
    }
    switch constraint {
    case .target: return "target \(limits.target) %"
    case .mostChanged: return "at most \(limits.mostChanged ?? 0) segments may change"
    case .leastProduction:
      return
        "a production of at least \(limits.leastProductionName ?? scale.shortText(limits.leastProduction ?? 0))"
    case .minRisk(let index): return own(index) { "min_risk \($0.minRisk.map { "\($0)" } ?? "")" }
    case .maxRisk(let index): return own(index) { "max_risk \($0.maxRisk.map { "\($0)" } ?? "")" }
    case .floor(let index):
      return own(index) { "min_production \($0.leastProductionName ?? scale.shortText($0.leastProduction ?? 0))" }
    case .maxChange(let index): return own(index) { "max_change \($0.maxChange.map { "\($0)" } ?? "")" }
    case .lock(let index):
      return own(index) { $0.isLockedToToday ? "lock today" : "lock \($0.lockedName ?? "\($0.lockedPoint ?? 0)")" }
    }
  }

  var scale: AmountScale { segments.first?.scale ?? .hundredths }
  var measure: RiskMeasure { segments.first?.measure ?? RiskMeasure(multiplier: 1) }

  /// The options of a segment that keep those of its own limits that are active, in the order of the points, today last.
  /// O(points).
  func options(_ index: Int, active: Set<AllocationConstraint>) throws -> [Option] {
    let segment = segments[index]
    let bounds = segment.bounds
    let isLocked = active.contains(.lock(index))
    var all = segment.points.enumerated().map { Option(point: $0.offset, sums: $0.element) }
    // What is there today is no strategy of the frontier; it takes part where somebody counts from it.
    if let today = segment.today, limits.mostChanged != nil || bounds.isLockedToToday {
      all.append(Option(point: nil, sums: today))
    }
    if isLocked {
      all = all.filter { bounds.isLockedToToday ? $0.isToday : $0.point == bounds.lockedPoint }
    }
    return try all.filter { try keepsOwn(index, $0.sums, active: active) }
  }

  /// Whether sums keep those of the segment's own limits that are active, the lock aside.
  func keepsOwn(
    _ index: Int, _ sums: SegmentFrontier.Point, active: Set<AllocationConstraint>
  ) throws -> Bool {
    let segment = segments[index]
    let bounds = segment.bounds
    if active.contains(.minRisk(index)), let least = bounds.minRisk,
      try !Self.reaches(sums, least, segment.measure)
    {
      return false
    }
    if active.contains(.maxRisk(index)), let most = bounds.maxRisk,
      try !segment.measure.fits(sums.sums, limit: most)
    {
      return false
    }
    if active.contains(.floor(index)), let least = bounds.leastProduction, sums.production < least {
      return false
    }
    if active.contains(.maxChange(index)), let change = bounds.maxChange, let today = segment.today {
      return Self.isWithin(sums.production, today.production, change)
    }
    return true
  }

  /// Whether the risk of a point is `least` percent or more, exactly.
  static func reaches(
    _ point: SegmentFrontier.Point, _ least: DecimalNumber, _ measure: RiskMeasure
  ) throws -> Bool {
    let (numerator, denominator) = try measure.fraction(of: least)
    let left = Int128(point.numerator) * Int128(denominator)
    return left >= Int128(numerator) * Int128(point.denominator) && (point.denominator > 0 || least.mantissa <= 0)
  }

  /// |production − today| ≤ change % of today, exactly.
  static func isWithin(_ production: Int64, _ today: Int64, _ change: DecimalNumber) -> Bool {
    let (low, high) = changeRange(today, change)
    return low <= production && production <= high
  }

  /// The productions that differ from today's by at most `change` percent.
  static func changeRange(_ today: Int64, _ change: DecimalNumber) -> (low: Int64, high: Int64) {
    let power = (0..<change.scale).reduce(Int128(100)) { value, _ in value * 10 }
    let (product, overflow) = Int128(today.magnitude).multipliedReportingOverflow(by: change.mantissa)
    guard !overflow else { return (.min, .max) }
    let room = product / power
    return (Int64(clamping: Int128(today) - room), Int64(clamping: Int128(today) + room))
  }

  /// The options as the searches compare them.
  func choices(_ options: [Option], _ budget: RiskBudget) throws -> [ChoiceOption] {
    try options.enumerated().map { place, option in
      ChoiceOption(
        value: objective(option.sums), slack: try budget.slack(option.sums),
        change: limits.mostChanged != nil && !option.isToday ? 1 : 0, id: Int32(place))
    }
  }

  func objective(_ sums: SegmentFrontier.Point) -> Int64 {
    limits.objective == .value ? sums.value ?? 0 : sums.production
  }

  private static func check(_ segments: [SegmentFrontier], _ limits: AllocationLimits) throws {
    guard let first = segments.first else {
      throw Faults.usage("allocate", "there is no segment", "Name a folder of finished runs or of frontiers.")
    }
    var names: Set<String> = []
    var size = 0.0
    for segment in segments {
      let place = "segment \(segment.name)"
      guard names.insert(segment.name).inserted else {
        throw Faults.usage(place, "is there twice", "Give every segment a name of its own.")
      }
      guard segment.measure == first.measure else {
        throw Faults.usage(
          place,
          "its risk has the multiplier \(segment.measure.multiplier), that of \(first.name) \(first.measure.multiplier)",
          "Run all segments with one multiplier.")
      }
      guard segment.scale == first.scale else {
        throw Faults.usage(
          place, "its amounts are in \(segment.scale.name), those of \(first.name) in \(first.scale.name)",
          "Give all in one scale.")
      }
      guard !segment.points.isEmpty || segment.today != nil else {
        throw Faults.data(place, "has no strategy to choose", "Run it again, or leave it out.")
      }
      let needsToday = limits.mostChanged != nil || segment.bounds.maxChange != nil || segment.bounds.isLockedToToday
      guard !needsToday || segment.today != nil else {
        throw Faults.usage(
          place, "what it has today is not known, and a limit counts from that",
          "Name run folders, or leave out max_change, max_changed and lock today.")
      }
      if let point = segment.bounds.lockedPoint, !segment.points.indices.contains(point) {
        throw Faults.usage(
          place, "it is locked to solution \(point), and has \(segment.points.count)",
          "Name one of 0 to \(segment.points.count - 1).")
      }
      guard limits.objective == .production || segment.points.allSatisfy({ $0.value != nil }) else {
        throw Faults.usage(
          place, "nobody has said what its strategies are worth",
          "Run it with [preprocessing.value], or allocate production.")
      }
      for point in segment.points + [segment.today].compactMap({ $0 }) {
        guard min(point.production, point.numerator, point.denominator) >= 0 else {
          throw Faults.data(
            place, "a strategy has a negative sum", "Sums of amounts are 0 or more: correct the frontier.")
        }
        size = max(
          size, abs(Double(point.production)), abs(Double(point.numerator)), abs(Double(point.denominator)),
          abs(Double(point.value ?? 0)))
      }
    }
    guard limits.leastProduction == nil || limits.objective == .production else {
      throw Faults.usage(
        "--min-production", "limits production of all segments while their value is to be most",
        "Limit the production of single segments: --min-production SEGMENT:AMOUNT.")
    }
    guard size * Double(segments.count) < 0x1p62, size < 0x1p53 else {
      throw Faults.data(
        "allocate", "the amounts of the segments are too large to add up exactly",
        "Run them with fewer decimals (amount_scale).")
    }
  }
}
