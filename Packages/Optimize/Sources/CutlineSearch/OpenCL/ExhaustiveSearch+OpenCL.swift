internal import CSearch
internal import CutlineCompute
import Dispatch
import Synchronization

extension ExhaustiveSearch {
  /// The share of tiles not yet taken, for all devices.
  private struct Remaining {
    var next = 0

    /// Tiles with about so many pairs.
    mutating func take(_ pairs: UInt64, of tiles: [ScanTile]) -> ArraySlice<ScanTile> {
      let first = next
      var taken: UInt64 = 0
      while next < tiles.count, next - first < OpenCLScan.tilesPerLaunch, next == first || taken < pairs {
        taken += tiles[next].pairs
        next += 1
      }
      return tiles[first..<next]
    }
  }

  /// Pairs of a device's first launch: milliseconds on the slowest devices that have fp64.
  private static let firstPairs = 1 << 25

  /// All pairs of partial strategies against the envelope, on OpenCL devices, then the frontier of those that pass.
  func scanOnDevices(_ grid: GridSums, strategies: String, watch: SearchWatch) throws -> ExhaustiveResult {
    guard let path = StrategyPath(rows: grid.rows, columns: grid.columns) else {
      throw ComputeError.tooManyStrategies(count: strategies, limit: strategyLimit)
    }
    let clock = ContinuousClock()
    let start = clock.now
    try watch.check()
    let devices = try chosenDevices(for: grid)
    let source = KernelSource.exhaustive(options: openCL.buildOptions)
    let programs = try devices.map { try OpenCLProgram.cached(source, for: $0) }
    try watch.check()
    let pool = ScanPool(try PartialStrategies(grid: grid, path: path))
    let seeds = try ScanEnvelope.seeded(for: grid)
    let total = pool.pairs
    let shapes = devices.map { OpenCLScan.tileShape(for: $0, pairs: total, options: openCL) }
    // Devices of different kinds share tiles that suit each of them.
    let held = shapes.map(\.held).min() ?? 1
    let tiles = pool.tiles(held: held, swept: shapes.map(\.swept).min() ?? 1)
    let prepared = clock.now

    let remaining = Mutex(Remaining())
    let found = Mutex<(candidates: [cutline_candidate], survivors: UInt64)>(([], 0))
    @Sendable func work(_ index: Int, _ envelope: ScanEnvelope) {
      do {
        let scan = try OpenCLScan(
          programs[index], device: devices[index], pool: pool, envelope: envelope, options: openCL)
        var pairs = Double(Self.firstPairs)
        while true {
          if watch.isExpired { break }
          let part = remaining.withLock { $0.take(UInt64(pairs), of: tiles) }
          if part.isEmpty { break }
          let began = clock.now
          let fitted = try scan.run(Array(part), watch: watch)
          let seconds = max(1e-6, (clock.now - began) / .seconds(1))
          let done = part.reduce(0) { $0 + $1.pairs }
          watch.advance(by: done, of: total)
          // Towards the wanted time, by the rate just seen; dense places are met with smaller launches.
          let wanted = Double(done) * openCL.launchSeconds / seconds
          pairs = max(1, min(fitted ? pairs * 8 : pairs / 2, wanted))
        }
        let candidates = envelope.candidates()
        found.withLock {
          $0.candidates += candidates
          $0.survivors += envelope.survivors
        }
      } catch { watch.fail(error) }
    }
    if devices.count == 1 {
      work(0, seeds)
    } else {
      let envelopes = try devices.map { _ in try seeds.copy() }
      DispatchQueue.concurrentPerform(iterations: devices.count) { work($0, envelopes[$0]) }
    }
    try watch.check()
    let scanned = clock.now

    var (candidates, survivors) = found.withLock { $0 }
    let kept = cutline_frontier(&candidates, candidates.count)
    let points = candidates[..<kept].map {
      FrontierPoint(
        production: $0.production, numerator: $0.numerator, denominator: $0.denominator,
        accepted: path.accepted($0.path))
    }
    // A device that mixes halves up would invent sums; cutoffs tell.
    for point in points where (try? grid.sums(accepted: point.accepted)) != point {
      throw DeviceError(device: devices.map(\.name).joined(separator: ", "), problem: "the device's results are wrong")
    }
    var seconds = ExhaustiveResult.Seconds()
    seconds.prepare = (prepared - start) / .seconds(1)
    seconds.scan = (scanned - prepared) / .seconds(1)
    seconds.reduce = (clock.now - scanned) / .seconds(1)
    watch.finish()
    return ExhaustiveResult(
      points: points, isComplete: remaining.withLock { $0.take(1, of: tiles).isEmpty }, strategies: strategies,
      survivors: survivors, form: .opencl, devices: devices.map(\.name),
      seconds: seconds)
  }

  /// The devices asked for, or the first one that can.
  private func chosenDevices(for grid: GridSums) throws -> [DeviceCapabilities] {
    guard let needs = OpenCLScan.needs(of: grid, options: openCL) else { return [] }
    let listed = openCL.devices.isEmpty ? DeviceCatalog.system.devices : openCL.devices
    guard !listed.isEmpty else {
      throw DeviceError(device: "OpenCL", problem: DeviceCatalog.system.absence ?? "there is no device")
    }
    let obstacles = listed.map { $0.obstacle(for: needs) }
    if openCL.devices.isEmpty, let first = zip(listed, obstacles).first(where: { $0.1 == nil }) { return [first.0] }
    if let obstacle = obstacles.compactMap({ $0 }).first { throw DeviceError(device: "OpenCL", problem: obstacle) }
    return listed
  }
}
