import CutlineCompute
import CutlineSearch
import Foundation

extension Benchmark {
  /// The exhaustive search on every OpenCL device of the system, after a check that its frontier is that of the CPU.
  static let openCL = Benchmark(name: "opencl", usage: "[repetitions] [ROWSxCOLUMNS | GRID.bin]...") { arguments in
    let repetitions = arguments.first.flatMap { Int($0) }
    let named = Array(arguments.dropFirst(repetitions == nil ? 0 : 1))
    let catalog = DeviceCatalog.system
    if let absence = catalog.absence { throw BenchmarkFailure("no device: \(absence)") }
    for device in catalog.devices { print("- \(describe(device))") }
    let workers = ProcessInfo.processInfo.activeProcessorCount
    print("- CPU: SIMD with \(InstructionSet.widest.rawValue), \(workers) workers")
    print(
      "\n| grid | strategies | on | wall | CPU | prepare, scan, reduce (wall) | scan rate | per core-second | points |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name in named.isEmpty ? ["10x20", "12x24", "15x20", "20x20"] : named {
      let grid = try name.hasSuffix(".bin") ? GridSums(generated: name) : portfolio(name)
      let cpu = try measure(ExhaustiveSearch(workers: workers), grid, repetitions: repetitions)
      print(cpu.row("CPU", grid, isProcessor: true, note: ""))
      for device in catalog.devices where device.isUsable && device.hasDoublePrecision {
        let search = ExhaustiveSearch(form: .opencl, openCL: OpenCLOptions(devices: [device]))
        let found = try measure(search, grid, repetitions: repetitions)
        guard found.result.points == cpu.result.points else {
          throw BenchmarkFailure("\(device.name): the frontier of \(name) is not that of the CPU")
        }
        print(found.row(device.name, grid, isProcessor: device.kind == .cpu, note: ", identical"))
      }
    }
  }

  private static func describe(_ device: DeviceCapabilities) -> String {
    "device: \(device.name) (\(device.kind.rawValue), \(device.platform), \(device.version), driver "
      + "\(device.driverVersion)), \(device.computeUnits) compute units, fp64 \(device.hasDoublePrecision ? "yes" : "no"), "
      + "\(device.globalMemory >> 20) MiB, \(device.largestAllocation >> 20) MiB at once, work-groups up to "
      + "\(device.largestWorkGroup), local memory \(device.localMemory >> 10) KiB"
  }

  private struct Found {
    let result: ExhaustiveResult
    let time: Measurement

    /// Strategies per second of the scan.
    var rate: Double { (Double(result.strategies) ?? 0) / result.seconds.scan }

    /// Strategies per CPU-second of the scan; the other phases have one thread.
    var rateOfCore: Double {
      let seconds = time.cpu - result.seconds.prepare - result.seconds.reduce
      return seconds > 0 ? (Double(result.strategies) ?? 0) / seconds : 0
    }

    func row(_ place: String, _ grid: GridSums, isProcessor: Bool, note: String) -> String {
      let seconds = [result.seconds.prepare, result.seconds.scan, result.seconds.reduce]
      let parts = seconds.map { String(format: "%.2f", $0 * 1000) }.joined(separator: ", ")
      let fields = [
        "\(grid.rows) × \(grid.columns)", result.strategies, place, Measurement.milliseconds(time.wall),
        Measurement.milliseconds(time.cpu), "\(parts) ms", String(format: "%.2f G/s", rate * 1e-9),
        isProcessor ? String(format: "%.2f G/s", rateOfCore * 1e-9) : "", "\(result.points.count)\(note)",
      ]
      return "| " + fields.joined(separator: " | ") + " |"
    }
  }

  private static func measure(_ search: ExhaustiveSearch, _ grid: GridSums, repetitions: Int?) throws -> Found {
    var results: [ExhaustiveResult] = []
    let count = Double(StrategyCount.decimal(rows: grid.rows, columns: grid.columns)) ?? 0
    let time = try Measurement(repetitions: repetitions ?? (count > 1e10 ? 1 : 7)) {
      results.append(try search.frontier(of: grid))
    }
    return Found(result: results.sorted { $0.seconds.scan < $1.seconds.scan }[results.count / 2], time: time)
  }

  /// A portfolio of two scores: more and larger loans in the middle, risk falling along both, noise on everything.
  private static func portfolio(_ name: String) throws -> GridSums {
    let sides = name.split(separator: "x").compactMap { Int($0) }
    guard sides.count == 2 else { throw BenchmarkFailure("\(name) is neither ROWSxCOLUMNS nor a file *.bin") }
    let (rows, columns) = (sides[0], sides[1])
    var random = RandomStream(seed: 1, label: name)
    var sums: [[Int64]] = [[], [], []]
    for row in 0..<rows {
      for column in 0..<columns {
        let x = (Double(row) + 0.5) / Double(rows)
        let y = (Double(column) + 0.5) / Double(columns)
        let volume = 2e9 / Double(rows * columns) * exp(-3 * (x - y) * (x - y)) * (0.5 + random.uniform())
        let risk = 1 / (1 + exp(4.6 - 2.2 * x - 2.6 * y + 0.5 * (random.uniform() - 0.5)))
        sums[0].append(Int64(volume))
        sums[1].append(Int64(volume * risk))
        sums[2].append(Int64(volume * (6 + random.uniform())))
      }
    }
    return try GridSums(rows: rows, columns: columns, production: sums[0], numerator: sums[1], denominator: sums[2])
  }
}

/// Why a benchmark has no figure.
struct BenchmarkFailure: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
