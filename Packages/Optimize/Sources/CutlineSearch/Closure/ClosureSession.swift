internal import CClosure
internal import CutlineCompute

extension ClosureSearch {
  /// The C side of one search.
  final class Session {
    let closure: OpaquePointer
    private var limits: cutline_closure_limits

    init(
      _ grid: GridSumsND, bounds: StrategyBounds?, limits: ClosureLimits, productionFloor: Int64? = nil,
      tolerance: Double = 0
    ) throws {
      try Self.check(grid)
      try Self.check(limits)
      try Self.checkMemory(grid, limits)
      let fates = try bounds?.fates(of: grid)
      let created = cutline_closure_create(
        grid.shape.map { $0 }, grid.shape.count, grid.production, grid.numerator, grid.denominator, fates)
      guard let created else { throw ComputeError.outOfMemory }
      closure = created
      self.limits = cutline_closure_limits(
        diagram_nodes: Int32(limits.diagramNodes), labels: Int64(limits.labels), chunk: Int32(limits.cornersPerPass),
        seconds: limits.seconds, bytes: limits.bytes, point_bytes: UInt64(26 * grid.countsPerStrategy + 400),
        epsilon: UInt32((tolerance * 0x1p32).rounded(.down)),
        production_floor: productionFloor ?? .min, cancelled: nil, context: nil)
    }

    deinit { cutline_closure_destroy(closure) }

    /// Calls the search with the watch behind its question whether to go on.
    func run(
      progress: (@Sendable (Double) -> Void)?, isCancelled: (@Sendable () -> Bool)?,
      _ search: (inout cutline_closure_limits) -> Int32
    ) throws -> Int {
      let watch = Watch(progress: progress, isCancelled: isCancelled)
      let status = withExtendedLifetime(watch) {
        limits.context = Unmanaged.passUnretained(watch).toOpaque()
        limits.cancelled = { context, share in
          guard let context else { return false }
          return Unmanaged<Watch>.fromOpaque(context).takeUnretainedValue().ask(share)
        }
        return Int(search(&limits))
      }
      switch status {
      case CUTLINE_CLOSURE_NO_MEMORY: throw ComputeError.outOfMemory
      case CUTLINE_CLOSURE_CANCELLED: throw CancellationError()
      default: return status
      }
    }

    var regions: [ClosureFrontier.Sums] {
      var first: UnsafePointer<cutline_region>?
      let count = cutline_closure_regions(closure, &first)
      return UnsafeBufferPointer(start: first, count: count).map {
        ClosureFrontier.Sums(
          production: $0.production, numerator: $0.numerator, denominator: $0.denominator,
          firstWord: Int($0.first_word))
      }
    }

    var words: [UInt64] {
      var first: UnsafePointer<UInt64>?
      let count = cutline_closure_words(closure, &first)
      return Array(UnsafeBufferPointer(start: first, count: count))
    }

    var open: [OpenCorner] {
      var first: UnsafePointer<cutline_open_corner>?
      let count = cutline_closure_open(closure, &first)
      return UnsafeBufferPointer(start: first, count: count).map {
        OpenCorner(
          productionAbove: $0.floor_production, productionAtMost: $0.ceiling_production, riskNumerator: $0.numerator,
          riskDenominator: $0.denominator)
      }
    }

    var work: ClosureWork {
      let work = cutline_closure_statistics(closure)
      return ClosureWork(
        cuts: work.cuts, passes: work.passes, diagrams: work.diagrams, labels: work.labels, branches: work.branches,
        supported: work.supported)
    }

    /// The assumptions of the bounds; see `docs/methods/n-dimensional-frontier.md`.
    private static func check(_ grid: GridSumsND) throws {
      for cell in 0..<grid.cellCount {
        let n = grid.numerator[cell]
        let d = grid.denominator[cell]
        if grid.production[cell] < 0 {
          throw ClosureError.negativeProduction(position: grid.position(of: cell), value: grid.production[cell])
        }
        if d < 0 { throw ClosureError.negativeDenominator(position: grid.position(of: cell), value: d) }
        if n < 0, d == 0 { throw ClosureError.negativeNumerator(position: grid.position(of: cell), value: n) }
      }
    }

    /// The grid with its neighbours, what is left of it, two cuts: per cell, and per cell and dimension.
    private static func checkMemory(_ grid: GridSumsND, _ limits: ClosureLimits) throws {
      let least = UInt64(grid.cellCount) * UInt64(190 + 40 * grid.shape.count)
      // What is too little to be counted is not.
      guard least <= limits.bytes || least < 16 << 20 else {
        throw FrontierError.memory(neededMiB: Int(least >> 20) + 1, allowedMiB: Int(limits.bytes >> 20))
      }
    }

    private static func check(_ limits: ClosureLimits) throws {
      for (name, value) in [
        ("nodes of a diagram", limits.diagramNodes), ("labels of a pass", limits.labels),
        ("corners of a pass", limits.cornersPerPass),
      ] where value < 1 || value > 1_000_000_000 {
        throw ClosureError.limit("the limit on \(name) is \(value), outside 1 ... 1000000000")
      }
      guard limits.seconds >= 0 else { throw ClosureError.limit("the limit on seconds is \(limits.seconds), below 0") }
    }
  }

  /// The caller's closures behind a C function pointer.
  private final class Watch {
    private var told = -1.0
    let progress: (@Sendable (Double) -> Void)?
    let isCancelled: (@Sendable () -> Bool)?

    init(progress: (@Sendable (Double) -> Void)?, isCancelled: (@Sendable () -> Bool)?) {
      self.progress = progress
      self.isCancelled = isCancelled
    }

    func ask(_ share: Double) -> Bool {
      if share != told { progress?(share) }
      told = share
      return isCancelled?() ?? false
    }
  }
}
