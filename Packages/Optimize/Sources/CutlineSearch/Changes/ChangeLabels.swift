/// Partial strategies of one k, row by row.
struct ChangeLabels {
  private struct Label {
    let production: Int64
    let slack: Int128
    /// Against accepting nothing, as `ChangeProblem.change`.
    let change: Int
    let cutoff: UInt16
    /// Its place among the labels of the row before.
    let parent: Int32
  }

  private let problem: ChangeProblem
  private let count: Int
  private let floor: Int64?
  private let completions: [ChangeProblem.Completion]
  private let limit: Int
  /// Rounding of a bound: far above that of sums of doubles, far below a unit that matters.
  private let margins: [Double]
  private var rows: [[Label]] = []

  init(
    _ problem: ChangeProblem, count: Int, floor: Int64?, completions: [ChangeProblem.Completion], limit: Int
  ) {
    (self.problem, self.count, self.floor, self.limit) = (problem, count, floor, limit)
    self.completions = completions
    let most = (
      production: Double(problem.production.reduce(0) { max($0, $1.magnitude) }),
      slack: problem.slack.reduce(0.0) { max($0, abs(ChangeProblem.double($1))) },
      change: Double(problem.grid.rows * problem.grid.columns)
    )
    let rows = Double(problem.grid.rows)
    margins = completions.map {
      1e-12 * rows * ($0.production * most.production + $0.slack * most.slack + abs($0.change) * most.change) + 1e-9
    }
  }

  /// - Returns: false where there are too many labels.
  mutating func run(_ isCancelled: (@Sendable () -> Bool)?) throws -> Bool {
    let (grid, stride) = (problem.grid, problem.stride)
    var current = [Label(production: 0, slack: 0, change: 0, cutoff: UInt16(grid.columns), parent: -1)]
    var total = 0
    for row in 0..<grid.rows {
      if isCancelled?() ?? false { throw CancellationError() }
      // Per cutoff: places of the labels that have it.
      var byCutoff = [[Int32]](repeating: [], count: stride)
      for place in current.indices { byCutoff[Int(current[place].cutoff)].append(Int32(place)) }
      var union: [Int32] = []
      var next: [Label] = []
      for cutoff in (0...grid.columns).reversed() {
        if !byCutoff[cutoff].isEmpty { union = undominated(union + byCutoff[cutoff], current) }
        guard cutoff >= Int(problem.bounds.least[row]), cutoff <= Int(problem.bounds.most[row]) else { continue }
        let place = row * stride + cutoff
        for parent in union {
          let label = current[Int(parent)]
          let new = Label(
            production: label.production + problem.production[place], slack: label.slack + problem.slack[place],
            change: label.change + problem.change[place], cutoff: UInt16(cutoff), parent: parent)
          if mayWin(new, after: row) { next.append(new) }
        }
      }
      total += next.count
      guard total <= limit else { return false }
      rows.append(next)
      current = next
    }
    return true
  }

  /// Whether a completion may keep limit and changes, with more production than is known.
  private func mayWin(_ label: Label, after row: Int) -> Bool {
    let place = (row + 1) * problem.stride + Int(label.cutoff)
    let (production, slack, change) = (
      Double(label.production), ChangeProblem.double(label.slack), Double(label.change)
    )
    for (completion, margin) in zip(completions, margins) {
      let bound =
        completion.production * production + completion.slack * slack
        + completion.change * change + completion.base + completion.most[place]
      let needed = completion.isOfProduction ? floor.map(Double.init) ?? -.infinity : 0
      if bound < needed - margin { return false }
    }
    return true
  }

  /// Without those that another one equals or exceeds in production and slack, with no more changes.
  private func undominated(_ places: [Int32], _ labels: [Label]) -> [Int32] {
    let sorted = places.sorted {
      let (a, b) = (labels[Int($0)], labels[Int($1)])
      if a.production != b.production { return a.production > b.production }
      if a.slack != b.slack { return a.slack > b.slack }
      return a.change != b.change ? a.change < b.change : $0 < $1
    }
    guard let least = sorted.map({ labels[Int($0)].change }).min(),
      let most = sorted.map({ labels[Int($0)].change }).max()
    else { return [] }
    // The greatest slack so far with at most so many changes: a tree of prefix maxima.
    let size = most - least + 1
    var tree = [Int128](repeating: .min, count: size + 1)
    return sorted.filter { place in
      let label = labels[Int(place)]
      var index = label.change - least + 1
      var best = Int128.min
      while index > 0 {
        best = max(best, tree[index])
        index -= index & -index
      }
      guard best < label.slack else { return false }
      index = label.change - least + 1
      while index <= size {
        tree[index] = max(tree[index], label.slack)
        index += index & -index
      }
      return true
    }
  }

  /// The best strategy of at most k changes that keeps the limit; nil where none is better than what was known.
  func best() -> [UInt16]? {
    guard rows.count == problem.grid.rows, let last = rows.last else { return nil }
    var best: Int?
    for place in last.indices {
      let label = last[place]
      guard label.slack >= 0, label.change + problem.accepted <= count else { continue }
      guard let known = best else {
        best = place
        continue
      }
      let other = last[known]
      let isBetter =
        label.production != other.production
        ? label.production > other.production
        : label.slack != other.slack ? label.slack > other.slack : label.change < other.change
      if isBetter { best = place }
    }
    guard var place = best else { return nil }
    var accepted: [UInt16] = []
    for row in rows.indices.reversed() {
      let label = rows[row][place]
      accepted.append(label.cutoff)
      place = Int(label.parent)
    }
    return accepted.reversed()
  }
}
