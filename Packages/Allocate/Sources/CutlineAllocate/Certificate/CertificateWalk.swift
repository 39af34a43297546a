internal import CutlineCore

/// The walk over all choices that a bound leaves open, looking for one with more than a certificate claims.
///
/// Depth first over the segments, those with fewest open points first. With best weights w_i and room r = L − 2^b · target, a branch
/// that has lost Σ (w_i − w) > r has no choice of the target or more below it, and one whose slack no rest can bring back to 0, or
/// whose slack cannot be used up within the room, has none that keeps the limit. All sums are within 128 bits: the sizes of
/// weights and slacks are checked when it is made.
struct CertificateWalk {
  /// A point of a segment within the segment's own limits, or what it has today.
  struct Option {
    let slack: Int128
    /// 2^b · value + price · slack − charge · change.
    let weight: Int128
    let value: Int64
    /// Of its point in its segment; nil for what it has today.
    let index: Int?
    let changes: Bool
    let isChosen: Bool
  }

  /// Prices of a bound.
  struct Prices {
    let shift: Int
    let price, charge: Int128
  }

  /// L: no choice within the limits has 2^b · value above it.
  let top: Int128
  private(set) var visited = 0
  /// Per segment, those that may be part of a better choice, by falling weight.
  private let lists: [[Option]]
  /// The segment of each list.
  private let segments: [Int]
  private let tops: [Int128]
  private let mostSlack, leastSlack: [Int128]
  private let room, price, margin: Int128
  private let most: Int
  private let target: Int64
  private let limit: Int

  /// - Parameters:
  ///   - most: segments that may change.
  ///   - target: the value that is looked for.
  ///   - limit: branches visited at most.
  ///   - margin: slacks below it are decided by the points themselves.
  /// - Throws: `Faults` (data) for weights or slacks whose sums are not far within 128 bits.
  init(_ lists: [[Option]], _ prices: Prices, most: Int?, target: Int64, limit: Int, margin: Int128) throws {
    let allowed = min(most ?? lists.count, lists.count)
    let charged = try CheckedNumbers.product(prices.charge, most == nil ? 0 : Int128(allowed))
    let best = lists.map { $0.map(\.weight).max() ?? 0 }
    func largest(_ value: (Option) -> Int128) throws -> [Int128] {
      try lists.map { list in
        try list.reduce(Int128(0)) { max($0, try CheckedNumbers.size([value($1)], bits: 125)) }
      }
    }
    // Whatever is chosen: 2^125 of weights in all, and differences of two such sums.
    _ = try CheckedNumbers.size(largest(\.weight) + [charged, Int128(target) << Int128(prices.shift)], bits: 125)
    _ = try CheckedNumbers.size(largest(\.slack), bits: 126)
    top = best.reduce(charged, +)
    let room = top - (Int128(target) << Int128(prices.shift))
    let open = zip(lists, best).map { list, best in
      list.filter { best - $0.weight <= room }.sorted { $0.weight > $1.weight }
    }
    let order = open.indices.sorted { (open[$0].count, $0) < (open[$1].count, $1) }
    let sorted = order.map { open[$0] }
    func tails(_ value: ([Option]) -> Int128) -> [Int128] {
      sorted.reversed().reduce(into: [Int128(0)]) { $0.append(value($1) + ($0.last ?? 0)) }.reversed()
    }
    (mostSlack, leastSlack) = (tails { $0.map(\.slack).max() ?? 0 }, tails { $0.map(\.slack).min() ?? 0 })
    segments = order
    (self.lists, tops, self.room) = (sorted, order.map { best[$0] }, room)
    (price, self.most, self.target, self.limit, self.margin) = (prices.price, allowed, target, limit, margin)
  }

  /// What a branch has come to.
  private struct Branch {
    var value: Int64 = 0
    var slack: Int128 = 0, lost: Int128 = 0
    var changes = 0
    /// The next option of its segment.
    var next = 0
  }

  /// The value of a choice that keeps all limits and has the target or more; nil where there is none.
  ///
  /// Without recursion: a file may have more segments than a stack has room for.
  mutating func better(keeps: ([(segment: Int, index: Int?)]) throws -> Bool) throws -> Int64? {
    guard room >= 0 else { return nil }
    var path = [Branch()]
    var choice: [(segment: Int, index: Int?)] = []
    visited = 1
    while let branch = path.last {
      let depth = path.count - 1
      guard depth < lists.count, let found = step(branch, depth) else {
        if depth == lists.count, branch.value >= target, branch.slack >= 0,
          try branch.slack >= margin || keeps(choice)
        {
          return branch.value
        }
        path.removeLast()
        if !choice.isEmpty { choice.removeLast() }
        continue
      }
      path[depth].next = found.at + 1
      visited += 1
      guard visited <= limit else {
        throw Faults.data(
          "certificate", "more than \(limit) choices are open to its bound", "Raise --limit, or certify fewer segments."
        )
      }
      path.append(found.branch)
      choice.append((segments[depth], lists[depth][found.at].index))
    }
    return nil
  }

  /// The next option of a segment that is open on a branch, with the branch that it makes; nil where there is none.
  private func step(_ branch: Branch, _ depth: Int) -> (at: Int, branch: Branch)? {
    for at in branch.next..<lists[depth].count {
      let option = lists[depth][at]
      let lost = branch.lost + tops[depth] - option.weight
      // By falling weight: the rest loses no less.
      if lost > room { return nil }
      let slack = branch.slack + option.slack
      if slack + mostSlack[depth + 1] < 0 { continue }
      let left = slack + leastSlack[depth + 1]
      if price > 0, left > 0, left > (room - lost) / price { continue }
      let changes = branch.changes + (option.changes ? 1 : 0)
      if changes > most { continue }
      return (at, Branch(value: branch.value + option.value, slack: slack, lost: lost, changes: changes))
    }
    return nil
  }
}
