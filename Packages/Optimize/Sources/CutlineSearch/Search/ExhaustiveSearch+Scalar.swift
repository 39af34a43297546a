extension ExhaustiveSearch {
  /// Every strategy in ascending order of its cutoffs, reduced to the frontier whenever a buffer is full.
  func enumerate(
    _ grid: GridSums, count: UInt64, strategies: String, watch: SearchWatch
  ) throws -> ExhaustiveResult {
    let clock = ContinuousClock()
    let start = clock.now
    let production = grid.rowSums(grid.production)
    let numerator = grid.rowSums(grid.numerator)
    let denominator = grid.rowSums(grid.denominator)
    let width = grid.columns + 1
    var buffer: [FrontierPoint] = []
    var compactAt = 1 << 16
    var accepted = [UInt16](repeating: 0, count: grid.rows)
    var isComplete = true
    try watch.check()
    while true {
      var p: Int64 = 0
      var n: Int64 = 0
      var d: Int64 = 0
      for row in 0..<grid.rows {
        p += production[row * width + Int(accepted[row])]
        n += numerator[row * width + Int(accepted[row])]
        d += denominator[row * width + Int(accepted[row])]
      }
      buffer.append(FrontierPoint(production: p, numerator: n, denominator: d, accepted: accepted))
      if buffer.count >= compactAt {
        let met = buffer.count
        buffer = FrontierPoint.frontier(of: buffer)
        compactAt = buffer.count + 1 << 16
        watch.advance(by: UInt64(met - buffer.count), of: count)
        try watch.check()
        if watch.isExpired {
          isComplete = false
          break
        }
      }
      // The next vector: raise the last cutoff that may rise, and start over behind it.
      guard
        let rising = accepted.indices.last(where: { accepted[$0] < ($0 == 0 ? grid.columns : Int(accepted[$0 - 1])) })
      else { break }
      accepted[rising] += 1
      for row in rising + 1..<max(rising + 1, grid.rows) { accepted[row] = 0 }
    }
    let scanned = clock.now
    let points = FrontierPoint.frontier(of: buffer)
    var seconds = ExhaustiveResult.Seconds()
    seconds.scan = (scanned - start) / .seconds(1)
    seconds.reduce = (clock.now - scanned) / .seconds(1)
    watch.finish()
    return ExhaustiveResult(
      points: points, isComplete: isComplete, strategies: strategies, survivors: count, form: .scalar,
      instructionSet: nil, seconds: seconds)
  }
}
