internal import CutlineCore

/// All strategies of a grid of one or two scores whose weight 2^b · production + a · slack is within a loss of the greatest, as far as
/// no other one of them has no less production, slack and rests of the segment's limits.
///
/// Row by row from the safest on. A beginning is kept where its weight and the best completion of it (exact, for the unlimited
/// problem) reach the greatest weight less the loss, and no other one with the same last count is nowhere below it: both can be
/// completed by the same rows.
struct StripSearch {
  let grid: JointGrid
  let dual: ChoiceDual
  private let rest: [[Int128]]
  /// The greatest weight of all strategies, its own limits aside.
  let top: Int128
  let limit: Int

  init(_ grid: JointGrid, _ dual: ChoiceDual, limit: Int) {
    (self.grid, self.dual, self.limit) = (grid, dual, limit)
    rest = grid.completions { (Int128($0.production) << Int128(dual.shift)) + dual.price * $0.slack }
    top = rest[0][grid.columns]
  }

  struct Found {
    let sums: JointGrid.Sums
    let accepted: [Int]
  }

  private struct Label {
    var sums: JointGrid.Sums
    let parent: Int32
    let count: Int32
  }

  private func weight(_ sums: JointGrid.Sums) -> Int128 {
    (Int128(sums.production) << Int128(dual.shift)) + dual.price * sums.slack
  }

  /// - Returns: nil where labels became too many.
  func strategies(loss: Int128) throws -> [Found]? {
    var layers: [[Label]] = [[Label(sums: grid.start, parent: -1, count: Int32(grid.columns))]]
    let own = weight(grid.start)
    var total = 0
    for row in 0..<grid.rows {
      try Task.checkCancellation()
      var byCount = [[Label]](repeating: [], count: grid.columns + 1)
      for (parent, label) in layers[row].enumerated() {
        for count in 0...Int(label.count) {
          let sums = label.sums + grid.sums[row][count]
          guard weight(sums) - own + rest[row + 1][count] >= top - loss else { continue }
          byCount[count].append(Label(sums: sums, parent: Int32(parent), count: Int32(count)))
        }
      }
      let kept = byCount.flatMap(undominated)
      total += kept.count
      guard total <= limit else { return nil }
      layers.append(kept)
    }
    // Beginnings end at different counts: once more, over all of them.
    let whole = (layers.last ?? []).filter { grid.admits($0.sums) }
    return undominated(whole).map { label in
      var accepted = [Int(label.count)]
      var (parent, layer) = (label.parent, grid.rows - 1)
      while layer > 0 {
        let before = layers[layer][Int(parent)]
        accepted.append(Int(before.count))
        (parent, layer) = (before.parent, layer - 1)
      }
      return Found(sums: label.sums, accepted: accepted.reversed())
    }
  }

  /// By falling slack, then production: without rests one pass; with them each is compared with those kept.
  private func undominated(_ labels: [Label]) -> [Label] {
    let sorted = labels.sorted {
      $0.sums.slack != $1.sums.slack ? $0.sums.slack > $1.sums.slack : $0.sums.production > $1.sums.production
    }
    var kept: [Label] = []
    if grid.hasRests {
      for label in sorted where !kept.contains(where: { $0.sums.isNotBelow(label.sums) }) { kept.append(label) }
      return kept
    }
    var best: Int64?
    for label in sorted where best.map({ label.sums.production > $0 }) ?? true {
      best = label.sums.production
      kept.append(label)
    }
    return kept
  }
}
