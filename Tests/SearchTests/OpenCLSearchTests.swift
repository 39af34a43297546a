import CutlineCompute
import CutlineSearch
import Synchronization
import Testing

/// The OpenCL devices of this system that a search can use.
enum UsableDevices {
  static let all = DeviceCatalog.system.devices.filter { $0.isUsable && $0.hasDoublePrecision }
  static let exist: Bool = !all.isEmpty
  static let absence: Comment = "this system has no OpenCL device with fp64"
}

/// The form `opencl` on whatever devices the system has; PoCL is enough.
@Suite(.enabled(if: UsableDevices.exist, UsableDevices.absence)) struct OpenCLSearchTests {
  @Test(arguments: SearchOracle.Family.allCases)
  func everyDeviceEqualsTheDefinition(family: SearchOracle.Family) throws {
    var random = RandomStream(seed: 21, stream: UInt64(family.rawValue))
    for (rows, columns) in ExhaustiveSearchTests.shapes {
      let grid = try SearchOracle.grid(family, rows: rows, columns: columns, random: &random)
      let expected = SearchOracle.frontier(of: grid)
      for device in UsableDevices.all {
        let result = try ExhaustiveSearch(form: .opencl, openCL: OpenCLOptions(devices: [device])).frontier(of: grid)
        #expect(result.points == expected, "\(family) \(rows)×\(columns) \(device.name)")
        #expect(result.form == .opencl && result.devices == [device.name])
      }
    }
  }

  @Test(arguments: SearchOracle.Family.allCases)
  func everyFormAgreesOnLargerGrids(family: SearchOracle.Family) throws {
    var random = RandomStream(seed: 22, stream: UInt64(family.rawValue))
    for (rows, columns) in ExhaustiveSearchTests.largerShapes + [(4, 9), (9, 4), (1, 90), (70, 1), (2, 70), (66, 2)] {
      let grid = try SearchOracle.grid(family, rows: rows, columns: columns, random: &random)
      let expected = try ExhaustiveSearch(form: .scalar).frontier(of: grid).points
      for set in InstructionSet.supported {
        #expect(try ExhaustiveSearch(workers: 2, instructionSet: set).frontier(of: grid).points == expected)
      }
      for options in try Self.variants() {
        let result = try ExhaustiveSearch(form: .opencl, openCL: options).frontier(of: grid)
        #expect(result.points == expected, "\(family) \(rows)×\(columns) \(options)")
      }
    }
  }

  /// One device, the same one twice, groups of other sizes, and a buffer that most launches overflow.
  static func variants() throws -> [OpenCLOptions] {
    let device = try #require(UsableDevices.all.first)
    return [
      OpenCLOptions(devices: [device]), OpenCLOptions(devices: [device, device], launchSeconds: 1e-4),
      OpenCLOptions(devices: [device], workGroupSize: 1), OpenCLOptions(devices: [device], workGroupSize: 64),
      OpenCLOptions(devices: [device], survivorCapacity: 64),
    ]
  }

  /// Production says nothing until the end, so that a great many strategies pass the bounds.
  static func crowdedGrid(rows: Int, columns: Int) throws -> GridSums {
    var random = RandomStream(seed: 15)
    var p = (0..<rows * columns).map { _ in Int64(random.index(below: 1000)) }
    p[0] = 1_000_000_000_000_000
    let d = p.map { $0 == p[0] ? Int64(1000) : $0 + 1 }
    let n = d.map { Int64(random.index(below: 40)) + $0 / 8 }
    return try GridSums(rows: rows, columns: columns, production: p, numerator: n, denominator: d)
  }

  @Test func anOverflowLosesNothing() throws {
    let device = try #require(UsableDevices.all.first)
    let grid = try Self.crowdedGrid(rows: 8, columns: 8)
    let expected = try ExhaustiveSearch().frontier(of: grid)
    for capacity in [64, 100, 1000, 1 << 20] {
      let options = OpenCLOptions(devices: [device], survivorCapacity: capacity)
      let result = try ExhaustiveSearch(form: .opencl, openCL: options).frontier(of: grid)
      #expect(result.points == expected.points, "capacity \(capacity)")
      // More passed than there was room for at once.
      #expect(result.survivors > 1000)
    }
  }

  @Test func manyTiesNeedNeitherMemoryNorTime() throws {
    let cells = [Int64](repeating: 0, count: 225)
    let empty = try GridSums(rows: 15, columns: 15, production: cells, numerator: cells, denominator: cells)
    #expect(try ExhaustiveSearch(form: .opencl).frontier(of: empty).points.count == 1)
    // One risk everywhere: no bound separates anything, every strategy comes back to the host.
    let amounts = (0..<49).map { Int64($0 * $0 % 97 + 1) }
    let grid = try GridSums(
      rows: 7, columns: 7, production: amounts, numerator: amounts, denominator: amounts.map { 20 * $0 })
    let options = OpenCLOptions(survivorCapacity: 256)
    #expect(
      try ExhaustiveSearch(form: .opencl, openCL: options).frontier(of: grid).points
        == ExhaustiveSearch(form: .scalar).frontier(of: grid).points)
  }

  @Test func aSearchCanBeWatchedAndCancelled() throws {
    var random = RandomStream(seed: 14)
    let grid = try SearchOracle.grid(.plain, rows: 9, columns: 15, random: &random)
    let shares = Mutex<[Double]>([])
    _ = try ExhaustiveSearch(form: .opencl, openCL: OpenCLOptions(launchSeconds: 1e-5))
      .frontier(of: grid, progress: { share in shares.withLock { $0.append(share) } })
    let seen = shares.withLock { $0 }
    #expect(seen == seen.sorted() && seen.last == 1)
    // Cancelled at the third question, in the middle of the scan.
    let asked = Atomic<Int>(0)
    #expect(throws: CancellationError.self) {
      try ExhaustiveSearch(form: .opencl)
        .frontier(of: grid, isCancelled: { asked.wrappingAdd(1, ordering: .relaxed).oldValue >= 2 })
    }
  }

  @Test func aBuildThatFailsCarriesTheCompilersLog() throws {
    let grid = try Self.crowdedGrid(rows: 3, columns: 3)
    let options = OpenCLOptions(buildOptions: "-DGROUP_SIZE -Dscan=\"(\"")
    let error = #expect(throws: DeviceError.self) {
      try ExhaustiveSearch(form: .opencl, openCL: options).frontier(of: grid)
    }
    #expect(error?.call == "clBuildProgram")
    #expect(error?.problem.contains("clBuildProgram") == true)
    #expect(error?.log?.isEmpty == false)
    #expect(error?.description.contains(error?.log ?? "-") == true)
  }

  @Test func aLaunchThatFailsNamesTheCallAndItsCode() throws {
    let device = try #require(UsableDevices.all.first)
    let grid = try Self.crowdedGrid(rows: 3, columns: 3)
    let options = OpenCLOptions(devices: [device], workGroupSize: device.largestWorkGroup * 4)
    let error = #expect(throws: DeviceError.self) {
      try ExhaustiveSearch(form: .opencl, openCL: options).frontier(of: grid)
    }
    #expect(error?.call == "clEnqueueNDRangeKernel")
    #expect(error?.code == -54)
    #expect(error?.problem.contains("CL_INVALID_WORK_GROUP_SIZE") == true)
  }
}
