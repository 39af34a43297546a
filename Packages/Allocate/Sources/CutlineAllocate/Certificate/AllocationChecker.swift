internal import CutlineCore
internal import CutlineCredit

/// Proves or refuses an allocation from its certificate alone.
///
/// Every sum is added again, every limit compared anew in whole numbers. Then the Lagrangian bound L of `ChoiceDual` is computed
/// with the prices of the certificate, and a depth-first walk over the segments looks for a choice with more of the objective:
/// a branch is left when the weights lost on it exceed L − 2^b (total + 1), so that no choice below it can have more, or when no
/// rest can bring the slack back to 0. What the walk visits is all that the bound leaves open. It shares the formula of the
/// bound with the search; by exposure it shares no code with it, by production the slack of a point.
public struct AllocationChecker: Sendable {
  /// Branches visited at most.
  public let limit: Int

  public init(limit: Int) { self.limit = limit }

  public enum Verdict: Sendable {
    case proven(String)
    case refused(String)
  }

  private struct Option {
    let value: Int64
    let slack: Int128
    let changes: Bool
    let weight: Int128
    let isChosen: Bool
    let production: Int64
    let point: [Int64]
  }

  /// - Throws: `Faults` (data) where the walk is too long, or numbers leave 128 bits: neither proven nor refused.
  public func verdict(on certificate: AllocationCertificate) throws -> Verdict {
    guard let price = Int128(certificate.dual.price), let charge = Int128(certificate.dual.charge), price >= 0,
      charge >= 0, (0...62).contains(certificate.dual.shift), price.magnitude < 1 << 120, charge.magnitude < 1 << 120
    else { return .refused("its prices have no sign or size") }
    let lists: [[Option]]
    switch try options(certificate, price: price, charge: charge) {
    case .left(let reason): return .refused(reason)
    case .right(let found): lists = found
    }
    // The claim itself.
    let chosen = lists.compactMap { $0.first(where: \.isChosen) }
    guard chosen.count == lists.count else {
      return .refused("a segment's choice is none of its points within its limits")
    }
    let total = chosen.reduce(Int64(0)) { $0 + $1.value }
    guard total == certificate.total else {
      return .refused("its choices add up to \(total), not \(certificate.total)")
    }
    guard try keeps(chosen.map(\.point), certificate) else {
      return .refused("its choices break the target \(certificate.limits.target) %")
    }
    let most = certificate.limits.mostChanged
    guard chosen.count(where: \.changes) <= most ?? .max else { return .refused("more segments change than may") }
    let production = chosen.reduce(Int64(0)) { $0 + $1.production }
    guard production >= certificate.limits.leastProduction ?? .min else {
      return .refused("its production is below the least one")
    }
    // Its bound, and what that leaves open.
    var walk = Walk(
      lists: lists, price: price, most: most, target: certificate.total + 1, shift: certificate.dual.shift,
      charge: charge, limit: limit, margin: certificate.limits.weight == .production ? Int128(lists.count) : 0)
    if let better = try walk.better(keeps: { try keeps($0, certificate) }) {
      return .refused("a choice within all limits has \(certificate.scale.shortText(better)), which is more")
    }
    let bound = certificate.scale.shortText(Int64(clamping: walk.top >> Int128(certificate.dual.shift)))
    return .proven(
      "\(lists.count) segments with \(lists.reduce(0) { $0 + $1.count }) points within their limits: the choice has \(certificate.scale.shortText(total)) of \(certificate.limits.objective.rawValue) within \(certificate.limits.target) %, and no other has more. The bound alone says \(bound); \(walk.visited) branches were walked for the rest."
    )
  }

  private enum Either<Right> {
    case left(String)
    case right(Right)
  }

  private func options(
    _ certificate: AllocationCertificate, price: Int128, charge: Int128
  ) throws -> Either<[[Option]]> {
    let isValue = certificate.limits.objective == .value
    let size = isValue ? 4 : 3
    guard !certificate.segments.isEmpty, certificate.multiplier > 0, certificate.multiplier.isFinite else {
      return .left("it has no segments or no multiplier")
    }
    let all = certificate.segments.flatMap { $0.points + [$0.today].compactMap { $0 } }
    guard
      all.allSatisfy({ point in
        point.count == size && point.allSatisfy { $0.magnitude < 1 << 53 } && point[2] >= 0
          && (point[2] > 0 || point[1] == 0)
      })
    else { return .left("a point is no list of \(size) sums below 2^53 with a risk") }
    var lists: [[Option]] = []
    for segment in certificate.segments {
      let counts = certificate.limits.mostChanged != nil
      var candidates: [(point: [Int64], index: Int?)] = segment.points.enumerated().map { ($0.element, $0.offset) }
      if let today = segment.today, counts || segment.bounds.isLockedToToday { candidates.append((today, nil)) }
      var options: [Option] = []
      for (point, index) in candidates where try keepsOwn(point, index, segment, certificate) {
        let slack = try slack(point, certificate)
        let (priced, overflow) = price.multipliedReportingOverflow(by: slack)
        let value = isValue ? point[3] : point[0]
        let weight = (Int128(value) << Int128(certificate.dual.shift)).addingReportingOverflow(priced)
        let changes = counts && index != nil
        guard !overflow, !weight.overflow, weight.partialValue.magnitude < 1 << 124 else {
          throw Faults.data("certificate", "its prices take weights out of 128 bits", "Write it again.")
        }
        options.append(
          Option(
            value: value, slack: slack, changes: changes, weight: weight.partialValue - (changes ? charge : 0),
            isChosen: index == segment.chosen, production: point[0],
            point: point))
      }
      guard !options.isEmpty else { return .left("\(segment.name) has no point within its limits") }
      lists.append(options)
    }
    return .right(lists)
  }

  // MARK: Limits, anew

  private func ratio(_ limit: DecimalNumber, _ certificate: AllocationCertificate) throws -> (Int128, Int128) {
    let (n, d) = try RiskMeasure(multiplier: certificate.multiplier).fraction(of: limit)
    return (Int128(n), Int128(d))
  }

  private func keepsOwn(
    _ point: [Int64], _ index: Int?, _ segment: AllocationCertificate.Segment, _ certificate: AllocationCertificate
  ) throws -> Bool {
    let bounds = segment.bounds
    if bounds.isLockedToToday, index != nil { return false }
    if !bounds.isLockedToToday, let locked = bounds.lockedPoint, index != locked { return false }
    if let most = bounds.maxRisk {
      let (n, d) = try ratio(most, certificate)
      if d * Int128(point[1]) > n * Int128(point[2]) { return false }
    }
    if let least = bounds.minRisk {
      let (n, d) = try ratio(least, certificate)
      if d * Int128(point[1]) < n * Int128(point[2]) || point[2] == 0 && n > 0 { return false }
    }
    if let floor = bounds.leastProduction, point[0] < floor { return false }
    if let change = bounds.maxChange, let today = segment.today {
      let power = (0..<change.scale).reduce(Int128(100)) { value, _ in value * 10 }
      let difference = Int128((point[0] - today[0]).magnitude) * power
      if difference > Int128(today[0].magnitude) * change.mantissa { return false }
    }
    return true
  }

  private func slack(_ point: [Int64], _ certificate: AllocationCertificate) throws -> Int128 {
    if certificate.limits.weight == .exposure {
      let (n, d) = try ratio(certificate.limits.target, certificate)
      return n * Int128(point[2]) - d * Int128(point[1])
    }
    return try RiskBudget(
      certificate.limits.target, measure: RiskMeasure(multiplier: certificate.multiplier), weight: .production
    ).slack(.init(production: point[0], numerator: point[1], denominator: point[2]))
  }

  private func keeps(_ points: [[Int64]], _ certificate: AllocationCertificate) throws -> Bool {
    guard certificate.limits.weight == .exposure else {
      return try RiskBudget(
        certificate.limits.target, measure: RiskMeasure(multiplier: certificate.multiplier), weight: .production
      ).keeps(points.map { .init(production: $0[0], numerator: $0[1], denominator: $0[2]) })
    }
    let (n, d) = try ratio(certificate.limits.target, certificate)
    let (numerator, denominator) = points.reduce((Int128(0), Int128(0))) {
      ($0.0 + Int128($1[1]), $0.1 + Int128($1[2]))
    }
    return d * numerator <= n * denominator
  }

  /// The walk over choices that might have more.
  private struct Walk {
    let lists: [[Option]]
    let top: Int128
    private let tops: [Int128]
    private let mostSlack: [Int128]
    private let leastSlack: [Int128]
    private let room: Int128
    private let price: Int128
    private let most: Int
    private let target: Int64
    private let limit: Int
    private let margin: Int128
    private(set) var visited = 0

    init(
      lists: [[Option]], price: Int128, most: Int?, target: Int64, shift: Int, charge: Int128, limit: Int,
      margin: Int128
    ) {
      // The segments with fewest open points first: wide ones are entered where least is left.
      let best = lists.map { $0.map(\.weight).max() ?? 0 }
      top = best.reduce(0, +) + charge * Int128(most ?? 0)
      let room = top - (Int128(target) << Int128(shift))
      let open = zip(lists, best).map { list, best in
        list.filter { best - $0.weight <= room }.sorted { $0.weight > $1.weight }
      }
      let order = open.indices.sorted { (open[$0].count, $0) < (open[$1].count, $1) }
      let lists = order.map { open[$0] }
      self.lists = lists
      tops = order.map { best[$0] }
      (self.room, self.price, self.most, self.target, self.limit) = (room, price, most ?? .max, target, limit)
      self.margin = margin
      func tails(_ value: ([Option]) -> Int128) -> [Int128] {
        lists.reversed().reduce(into: [Int128(0)]) { $0.append(value($1) + ($0.last ?? 0)) }.reversed()
      }
      mostSlack = tails { $0.map(\.slack).max() ?? 0 }
      leastSlack = tails { $0.map(\.slack).min() ?? 0 }
    }

    /// The value of a choice that keeps all limits and has the target or more; nil where there is none.
    mutating func better(keeps: ([[Int64]]) throws -> Bool) throws -> Int64? {
      guard room >= 0 else { return nil }
      var path: [Option] = []
      return try visit(0, 0, 0, 0, 0, &path, keeps)
    }

    private mutating func visit(
      _ depth: Int, _ value: Int64, _ slack: Int128, _ lost: Int128, _ changes: Int, _ path: inout [Option],
      _ keeps: ([[Int64]]) throws -> Bool
    ) throws -> Int64? {
      visited += 1
      guard visited <= limit else {
        throw Faults.data(
          "certificate", "more than \(limit) choices are open to its bound", "Raise --limit, or certify fewer segments."
        )
      }
      if depth == lists.count {
        guard value >= target, slack >= 0 else { return nil }
        return try slack >= margin || keeps(path.map(\.point)) ? value : nil
      }
      for option in lists[depth] {
        let loss = lost + tops[depth] - option.weight
        // By falling weight: the rest loses no less.
        if loss > room { break }
        let own = slack + option.slack
        if own + mostSlack[depth + 1] < 0 { continue }
        let left = own + leastSlack[depth + 1]
        if price > 0, left > 0, left > (room - loss) / price { continue }
        let changed = changes + (option.changes ? 1 : 0)
        if changed > most { continue }
        path.append(option)
        if let found = try visit(depth + 1, value + option.value, own, loss, changed, &path, keeps) { return found }
        path.removeLast()
      }
      return nil
    }
  }
}
