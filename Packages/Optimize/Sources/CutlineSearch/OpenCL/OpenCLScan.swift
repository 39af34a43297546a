internal import CSearch

/// One device's part in an exhaustive scan: its buffers, and launches over tiles. For one thread at a time.
final class OpenCLScan {
  private let pool: ScanPool
  private let envelope: ScanEnvelope
  private let options: OpenCLOptions
  private let device: DeviceCapabilities
  private let queue: OpenCLQueue
  private let kernel: OpenCLKernel
  private let workGroup: Int
  private let tiles: OpenCLBuffer<SIMD4<UInt32>>
  private let found: OpenCLBuffer<UInt32>
  private let survivors: OpenCLBuffer<SIMD2<UInt32>>
  /// Buffers that the kernel reads and the host no longer names.
  private let kept: [AnyObject]
  /// What was read of the survivors; as long as the most that a launch gave, since the room is rarely used up.
  private var received: [SIMD2<UInt32>] = []

  /// Tiles of one launch at most.
  static let tilesPerLaunch = 1 << 16

  /// - Parameter envelope: bounds to start from; takes the candidates.
  init(
    _ program: OpenCLProgram, device: DeviceCapabilities, pool: ScanPool, envelope: ScanEnvelope, options: OpenCLOptions
  ) throws(DeviceError) {
    self.pool = pool
    self.envelope = envelope
    self.options = options
    self.device = device
    workGroup = options.workGroup(on: device)
    let context = program.context
    let queue = try OpenCLQueue(context)
    self.queue = queue
    func buffer<Element: BitwiseCopyable>(_ values: [Element]) throws(DeviceError) -> OpenCLBuffer<Element> {
      let buffer = try OpenCLBuffer<Element>(context, count: values.count)
      try buffer.write(values, queue)
      return buffer
    }
    let shape = envelope.shape
    let numerators = try buffer(pool.partials.numerator)
    let denominators = try buffer(pool.partials.denominator)
    let productions = try buffer(pool.partials.production)
    let tops = try buffer(pool.partials.highest)
    let bounds = try buffer(envelope.words())
    tiles = try OpenCLBuffer(context, count: Self.tilesPerLaunch)
    found = try OpenCLBuffer(context, count: 1)
    survivors = try OpenCLBuffer(context, count: options.survivorCapacity)
    kept = [numerators, denominators, productions, tops, bounds]
    kernel = try OpenCLKernel("scan", of: program)
    try kernel.append(tiles)
    try kernel.append(numerators)
    try kernel.append(denominators)
    try kernel.append(productions)
    try kernel.append(tops)
    try kernel.append(bounds)
    try kernel.append(shape.lowest)
    try kernel.append(shape.highest)
    try kernel.append(shape.shift)
    try kernel.append(SIMD2<Double>(shape.numerator_margin, shape.denominator_margin))
    try kernel.append(found)
    try kernel.append(UInt32(options.survivorCapacity))
    try kernel.append(survivors)
  }

  /// Bytes that a search of `grid` takes on a device, at most.
  static func needs(of grid: GridSums, options: OpenCLOptions) -> DeviceCapabilities.Needs? {
    guard let path = StrategyPath(rows: grid.rows, columns: grid.columns) else { return nil }
    let halves = PartialStrategies.halves(of: grid, path: path)
    // A node pads each of its lists to whole groups.
    let padding = Double(grid.rows + grid.columns + 1) * 2 * Double(CUTLINE_GROUP)
    let entries = UInt64(min(halves.before + halves.after + padding, 0x1p40))
    let survivors = UInt64(options.survivorCapacity) * 8
    return .init(
      total: entries * 25 + survivors + UInt64(tilesPerLaunch) * 16 + 1 << 20,
      largestBuffer: max(entries * 8, survivors))
  }

  /// Carries tiles out; the pairs that pass are decided by the envelope.
  ///
  /// Nothing is lost where more pass than there is room for: what the device reported is used, and the tiles are carried
  /// out again in two parts. Candidates that come twice count once.
  ///
  /// - Returns: whether the first launch had room.
  @discardableResult
  func run(_ list: [ScanTile], watch: SearchWatch) throws -> Bool {
    var open = [list[...]]
    var fitted = true
    while let part = open.popLast() {
      if part.isEmpty { continue }
      try watch.check()
      if try launch(part) { continue }
      fitted = false
      if part.count > 1 {
        let middle = part.startIndex + part.count / 2
        open.append(part[middle...])
        open.append(part[..<middle])
      } else if let (first, second) = part.first?.halves {
        open.append([second])
        open.append([first])
      } else {
        throw DeviceError(device: device.name, problem: "64 pairs gave more than \(options.survivorCapacity) survivors")
      }
    }
    return fitted
  }

  /// Whether all that passed was received.
  private func launch(_ part: ArraySlice<ScanTile>) throws -> Bool {
    try tiles.write(part.map(\.words), queue)
    try found.write([0], queue)
    try queue.run(kernel, groups: part.count, size: workGroup)
    var count: [UInt32] = [0]
    try found.read(into: &count, count: 1, queue)
    let room = min(Int(count[0]), options.survivorCapacity)
    if received.count < room { received = [SIMD2<UInt32>](repeating: .zero, count: room) }
    try survivors.read(into: &received, count: room, queue)
    let outside = try envelope.consider(received[..<room], of: pool.partials)
    if outside > 0 {
      throw DeviceError(device: device.name, problem: "the device reported \(outside) pairs that do not exist")
    }
    return Int(count[0]) <= options.survivorCapacity
  }

  /// Groups held and swept by one tile.
  static func tileShape(for device: DeviceCapabilities, pairs: UInt64, options: OpenCLOptions) -> (
    held: Int, swept: Int
  ) {
    let held = options.workGroup(on: device)
    // A processor's second-level cache holds 512 groups; a GPU wants many work-groups.
    if device.kind == .cpu { return (held, 512) }
    let tiles = UInt64(max(1, device.computeUnits) * 16)
    let swept = pairs / tiles / UInt64(held * Int(CUTLINE_GROUP * CUTLINE_GROUP))
    return (held, Int(min(max(swept, 8), 512)))
  }
}
