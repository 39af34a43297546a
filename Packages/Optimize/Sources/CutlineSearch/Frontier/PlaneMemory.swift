/// What a search on a lattice holds besides labels and points, and how the rest of its limit is shared out.
struct PlaneMemory {
  /// (rows + 1) × (columns + 1).
  private let nodes: Int
  private let rows: Int
  let limit: Int

  /// Sums of rows, as integers and in floating point, and the least denominators of completions.
  private static let bytesPerNode = 56
  /// Bounds in eight lanes, of each worker.
  private static let boundBytesPerNode = 64
  /// What is too little to be counted, such as the buckets of a small grid.
  private static let slack = 16 << 20

  init(rows: Int, columns: Int, limit: Int) {
    nodes = (rows + 1) * (columns + 1)
    self.rows = rows
    self.limit = limit
  }

  private func fixed(workers: Int) -> Int {
    nodes * (Self.bytesPerNode + workers * Self.boundBytesPerNode)
  }

  /// - Throws: `FrontierError.memory` where not even one worker finds room.
  func check() throws {
    guard fixed(workers: 1) <= limit + Self.slack / 2 else {
      throw FrontierError.memory(neededMiB: fixed(workers: 1) >> 20 + 1, allowedMiB: limit >> 20)
    }
  }

  /// As many of the workers as the limit has room for, each with some of it for labels.
  func workers(atMost most: Int) -> Int {
    var workers = max(1, most)
    while workers > 1, fixed(workers: workers) + workers * Self.slack / 4 > limit { workers -= 1 }
    return workers
  }

  /// What is left for labels and points.
  func rest(workers: Int) -> Int {
    limit - min(max(0, fixed(workers: workers) - Self.slack), limit - limit / 16)
  }

  /// For strategies that are known before the search.
  var known: Int { max(rest(workers: 1) / 4, Self.slack / 2) }

  /// How many known strategies are told where something stays open: what there is room for, and time to write.
  func knownPoints(besides found: Int) -> Int {
    max(16, min(rest(workers: 1) / 4 / bytesPerPoint - found, Self.cutoffs / max(1, rows)))
  }

  /// Cutoffs that are written in some tenths of a second.
  private static let cutoffs = 1_500_000

  /// What a found strategy takes until it is written: here, as a point, by bin number, as text.
  var bytesPerPoint: Int { 32 * rows + 400 }
}
