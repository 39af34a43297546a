internal import CutlineCompute
import Synchronization

/// Strategies per second of the exhaustive search's forms, by which a device is chosen.
public struct DeviceRates: Sendable {
  /// Of the SIMD form with so many workers.
  public var cpu: @Sendable (_ workers: Int) throws -> Double
  /// Of the form `opencl` on one device. What it throws rules the device out.
  public var device: @Sendable (DeviceCapabilities, OpenCLOptions) throws -> Double

  public init(
    cpu: @escaping @Sendable (_ workers: Int) throws -> Double,
    device: @escaping @Sendable (DeviceCapabilities, OpenCLOptions) throws -> Double
  ) {
    self.cpu = cpu
    self.device = device
  }

  /// Measured on this machine, once for each device and number of workers while the program runs.
  public static let measured = DeviceRates(
    cpu: { workers in try cached("\(workers) workers") { ExhaustiveSearch(workers: workers) } },
    device: { device, options in
      var options = options
      options.devices = [device]
      let search = ExhaustiveSearch(form: .opencl, openCL: options)
      return try cached("device \(device.index) \(device.name) \(options.buildOptions)") { search }
    })

  private static let known = Mutex<[String: Double]>([:])

  private static func cached(_ key: String, _ search: () -> ExhaustiveSearch) throws -> Double {
    if let rate = known.withLock({ $0[key] }) { return rate }
    let rate = try measure(search())
    known.withLock { $0[key] = rate }
    return rate
  }

  /// 8.5 · 10⁷, 1.5 · 10⁹ and 6.3 · 10¹⁰ strategies; the first that takes 30 ms tells the rate.
  private static let shapes = [(11, 20), (13, 22), (16, 24)]
  private static let enoughSeconds = 0.03

  private static func measure(_ search: ExhaustiveSearch) throws -> Double {
    // Drivers compile at the first launch, processors raise their clock: the first run tells nothing.
    _ = try search.frontier(of: grid(rows: 6, columns: 6))
    var rate = 0.0
    for (rows, columns) in shapes {
      let grid = try grid(rows: rows, columns: columns)
      let result = try search.frontier(of: grid)
      // Other work on the machine only ever slows a run down, so the better of two counts.
      let seconds = min(result.seconds.scan, try search.frontier(of: grid).seconds.scan)
      rate = (Double(result.strategies) ?? 0) / max(seconds, 1e-6)
      if seconds >= enoughSeconds { break }
    }
    return rate
  }

  /// A grid as a portfolio gives: risk falls along both scores, with noise.
  private static func grid(rows: Int, columns: Int) throws -> GridSums {
    var random = RandomStream(seed: 1, label: "calibration")
    var sums: [[Int64]] = [[], [], []]
    for row in 0..<rows {
      for column in 0..<columns {
        let depth = Double(row) / Double(rows) + Double(column) / Double(columns)
        let volume = 1e7 * (0.5 + random.uniform())
        sums[0].append(Int64(volume))
        sums[1].append(Int64(volume * (0.02 + 0.1 * depth * depth) * (0.8 + 0.4 * random.uniform())))
        sums[2].append(Int64(volume * (6 + random.uniform())))
      }
    }
    return try GridSums(rows: rows, columns: columns, production: sums[0], numerator: sums[1], denominator: sums[2])
  }
}
