internal import CutlineCore

/// Chooses one option of every segment: most value, then most slack, then the first places in the order of the segments, under
/// Σ slack ≥ 0 and a number of changes. Exact.
///
/// With the prices of a `ChoiceDual` and its L, a choice of value v and slack s has the *loss* L − 2^b v − a s − c (K − changes) =
/// Σ (greatest weight of the segment − weight of its option) ≥ 0. So a choice with 2^b v ≥ L − g loses at most g in total, and
/// options that lose more than g by themselves are in none. All choices that lose at most g are enumerated segment after
/// segment; of partial choices only those stay that no other one beats in slack, value and changes, and that may still end with
/// a slack in 0 … (g − loss) / a. Once the best one found has 2^b v ≥ L − g, none outside can be as good: the gap is 0. g
/// starts small and grows until then.
///
/// Source: D. Pisinger, *A minimal algorithm for the multiple-choice knapsack problem*, EJOR 83 (1995), for the core that grows;
/// docs/methods/allocation.md.
struct ChoiceSearch {
  /// All options of a segment whose loss is at most the given one, as far as no other beats them; nil where they are too many.
  typealias Options = (_ segment: Int, _ loss: Int128) throws -> [ChoiceOption]?

  struct Found {
    /// Places per segment; nil where none was found.
    let ids: [Int32]?
    let value: Int64
    /// No choice has more.
    let bound: Int64
    let isOptimal: Bool
    let labels: Int

    /// This, or a choice that is known where it has more.
    func atLeast(_ known: [ChoiceOption]) -> Found {
      let sum = known.reduce(Int64(0)) { $0 + $1.value }
      guard ids == nil || sum > value else { return self }
      return Found(
        ids: known.map(\.id), value: sum, bound: max(bound, sum), isOptimal: isOptimal, labels: labels)
    }
  }

  let dual: ChoiceDual
  /// Σ of the greatest weights, with what the allowed changes cost.
  let top: Int128
  /// Per segment, the greatest weight.
  let tops: [Int128]
  let most: Int?
  let margin: Int128
  /// Labels of one pass.
  let limit: Int
  let options: Options
  /// Decides where rounded slacks cannot.
  let keeps: ([Int32]) throws -> Bool

  /// - Parameter tops: greatest weight of each segment.
  init(
    dual: ChoiceDual, tops: [Int128], most: Int?, margin: Int128, limit: Int, options: @escaping Options,
    keeps: @escaping ([Int32]) throws -> Bool
  ) {
    (self.dual, self.tops, self.most, self.margin, self.limit) = (dual, tops, most, margin, limit)
    (self.options, self.keeps) = (options, keeps)
    top = tops.reduce(0, +) + dual.charge * Int128(most ?? 0)
  }

  private struct Label {
    let value: Int64
    let slack: Int128
    let loss: Int128
    let changes: Int32
    let parent: Int32
    let id: Int32
  }

  /// - Parameter known: the value of a choice that keeps all limits; nil where none is at hand.
  /// - Throws: `CancellationError`, and as `options`.
  func best(known: Int64?, least: Int64) throws -> Found {
    let all = top - (Int128(known ?? least) << Int128(dual.shift))
    var gap = all < 1 << 20 ? all : max(all >> 14, Int128(1) << Int128(dual.shift))
    // Proven: a choice within the limits that has more than the incumbent loses more than this.
    var excluded = Int128(0)
    var incumbent: (ids: [Int32], value: Int64)?
    var labels = 0
    while true {
      gap = min(gap, all)
      guard let (found, count) = try pass(gap) else { break }
      labels += count
      if let found {
        let needed = top - (Int128(found.value) << Int128(dual.shift))
        if needed <= gap {
          return Found(ids: found.ids, value: found.value, bound: found.value, isOptimal: true, labels: labels)
        }
        (incumbent, excluded, gap) = (found, gap, needed)
      } else {
        if gap >= all { return Found(ids: nil, value: 0, bound: least, isOptimal: true, labels: labels) }
        excluded = gap
        gap = gap > all / 8 ? all : gap * 8
      }
    }
    let bound = max(incumbent?.value ?? least, Int64(clamping: (top - excluded) >> Int128(dual.shift)))
    return Found(
      ids: incumbent?.ids, value: incumbent?.value ?? least, bound: bound, isOptimal: false, labels: labels + limit)
  }

  /// The best choice that loses at most `gap`; nil where labels became too many.
  private func pass(_ gap: Int128) throws -> (found: (ids: [Int32], value: Int64)?, labels: Int)? {
    var classes: [[ChoiceOption]] = []
    for segment in tops.indices {
      guard let own = try options(segment, gap) else { return nil }
      classes.append(own)
    }
    if classes.contains(where: \.isEmpty) { return (nil, 0) }
    // What the segments after one may still bring.
    var (mostSlack, leastSlack) = ([Int128(0)], [Int128(0)])
    for options in classes.reversed() {
      mostSlack.append((options.map(\.slack).max() ?? 0) + (mostSlack.last ?? 0))
      leastSlack.append((options.map(\.slack).min() ?? 0) + (leastSlack.last ?? 0))
    }
    mostSlack.reverse()
    leastSlack.reverse()
    var layers: [[Label]] = [[Label(value: 0, slack: 0, loss: 0, changes: 0, parent: -1, id: -1)]]
    var total = 0
    for (segment, options) in classes.enumerated() {
      try Task.checkCancellation()
      let before = layers[segment]
      var candidates: [Label] = []
      candidates.reserveCapacity(min(limit, before.count * options.count))
      for option in options {
        let loss = tops[segment] - dual.weight(option)
        for (parent, label) in before.enumerated() {
          let (slack, lost) = (label.slack + option.slack, label.loss + loss)
          let changes = label.changes + option.change
          guard lost <= gap, slack + mostSlack[segment + 1] >= 0, changes <= Int32(most ?? Int(Int32.max)) else {
            continue
          }
          // The slack that is left at the end is lost, too.
          if dual.price > 0, slack + leastSlack[segment + 1] > 0,
            slack + leastSlack[segment + 1] > (gap - lost) / dual.price
          {
            continue
          }
          candidates.append(
            Label(
              value: label.value + option.value, slack: slack, loss: lost, changes: changes, parent: Int32(parent),
              id: option.id))
        }
        if candidates.count > 4 * limit { return nil }
      }
      let kept = undominated(candidates, layers)
      total += kept.count
      guard total <= limit else { return nil }
      layers.append(kept)
    }
    let last = (layers.last ?? []).sorted { a, b in
      if a.value != b.value { return a.value > b.value }
      return a.slack != b.slack ? a.slack > b.slack : ids(a, layers).lexicographicallyPrecedes(ids(b, layers))
    }
    for label in last {
      let ids = ids(label, layers)
      if try label.slack >= margin || keeps(ids) { return ((ids, label.value), total) }
    }
    return (nil, total)
  }

  /// The places of a label of the layer after the last one that is there, or of the last layer.
  private func ids(_ label: Label, _ layers: [[Label]]) -> [Int32] {
    var ids = [label.id]
    var (parent, layer) = (label.parent, depth(label, layers) - 1)
    while layer > 0, parent >= 0 {
      let own = layers[layer][Int(parent)]
      ids.append(own.id)
      (parent, layer) = (own.parent, layer - 1)
    }
    return ids.reversed()
  }

  /// Of a finished layer, or one that is being made.
  private func depth(_ label: Label, _ layers: [[Label]]) -> Int { min(layers.count, tops.count) }

  /// Labels that no other one beats: sorted by slack, each is compared with the best value among those with more. O(n log n).
  private func undominated(_ candidates: [Label], _ layers: [[Label]]) -> [Label] {
    let sorted = candidates.sorted { a, b in
      if a.slack != b.slack { return a.slack > b.slack }
      if a.value != b.value { return a.value > b.value }
      if a.changes != b.changes { return a.changes < b.changes }
      return ids(a, layers).lexicographicallyPrecedes(ids(b, layers))
    }
    var kept: [Label] = []
    var best = [Int64](repeating: .min, count: (most ?? 0) + 1)
    var entered = 0
    for label in sorted {
      while entered < kept.count, kept[entered].slack >= label.slack + margin {
        let place = most == nil ? 0 : Int(kept[entered].changes)
        best[place] = max(best[place], kept[entered].value)
        entered += 1
      }
      let place = most == nil ? 0 : Int(label.changes)
      if !best[0...place].contains(where: { $0 >= label.value }) { kept.append(label) }
    }
    return kept
  }
}
