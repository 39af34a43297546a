import CutlineCompute
import CutlineSearch
import Synchronization
import Testing

/// Which device is chosen and said; and that the run completes on the CPU whatever a device lacks.
@Suite struct DeviceSelectionTests {
  static func record(
    _ name: String = "Card", kind: DeviceCapabilities.Kind = .gpu, fp64: Bool = true, usable: Bool = true,
    memory: UInt64 = 8 << 30, allocation: UInt64 = 2 << 30, index: Int = 99
  ) -> DeviceCapabilities {
    DeviceCapabilities(
      index: index, name: name, kind: kind, computeUnits: 8, hasDoublePrecision: fp64, isUsable: usable,
      globalMemory: memory, largestAllocation: allocation, largestWorkGroup: 256)
  }

  /// Strategies per second, as if measured.
  static func rates(cpu: Double = 1e10, devices: [String: Double] = [:]) -> DeviceRates {
    DeviceRates(
      cpu: { _ in cpu },
      device: { device, _ in
        guard let rate = devices[device.name] else {
          throw DeviceError(device: device.name, problem: "it cannot be measured")
        }
        return rate
      })
  }

  static func grid(_ rows: Int, _ columns: Int) throws -> GridSums {
    var random = RandomStream(seed: 31)
    return try SearchOracle.grid(.plain, rows: rows, columns: columns, random: &random)
  }

  static func selection(
    _ devices: [DeviceCapabilities], rates: DeviceRates = rates(), options: OpenCLOptions = OpenCLOptions()
  ) -> DeviceSelection {
    DeviceSelection(catalog: { DeviceCatalog(devices: devices) }, rates: rates, options: options)
  }

  /// The search completes on the CPU with the right points, and says why.
  static func completesOnTheCPU(_ selection: DeviceSelection, saying text: String) throws {
    let grid = try grid(4, 5)
    let found = try selection.frontier(of: grid, preference: .opencl, workers: 1)
    #expect(found.result.form == .cpu)
    #expect(found.result.points == SearchOracle.frontier(of: grid))
    #expect(found.remark.hasPrefix("searched on the CPU with \(InstructionSet.widest.rawValue): "))
    #expect(found.remark.contains(text), "\(found.remark)")
    #expect(!found.remark.contains("\n"))
  }

  @Test func withoutOpenCLTheLibraryIsNamed() throws {
    let absent = DeviceCatalog.list(library: "libNoOpenCLHere.so.1")
    #expect(absent.devices.isEmpty)
    let selection = DeviceSelection(catalog: { absent })
    try Self.completesOnTheCPU(selection, saying: "no OpenCL is installed: libNoOpenCLHere.so.1")
    // A library that is there but is not OpenCL.
    let other = DeviceCatalog.list(library: "libc.so.6")
    try Self.completesOnTheCPU(DeviceSelection(catalog: { other }), saying: "lacks clGetPlatformIDs")
  }

  @Test func withoutDevicesOrWithoutWhatIsNeeded() throws {
    try Self.completesOnTheCPU(Self.selection([]), saying: "there is no OpenCL device")
    try Self.completesOnTheCPU(
      Self.selection([Self.record(fp64: false)]), saying: "Card has no double precision (fp64)")
    try Self.completesOnTheCPU(
      Self.selection([Self.record(memory: 1 << 20)]), saying: "Card has 1 MiB of memory, the search needs")
    try Self.completesOnTheCPU(
      Self.selection([Self.record(allocation: 1 << 20)]), saying: "Card gives 1 MiB at once, the search needs")
    try Self.completesOnTheCPU(Self.selection([Self.record(usable: false)]), saying: "not ready or has no compiler")
    // Each device's obstacle is named.
    let both = Self.selection([Self.record("A", fp64: false), Self.record("B", memory: 1 << 10)])
    try Self.completesOnTheCPU(both, saying: "A has no double precision (fp64); B has 1 MiB")
  }

  /// A record that promises what the system does not have.
  @Test func aDeviceThatIsNotThereFailsWhenItIsOpened() throws {
    try Self.completesOnTheCPU(Self.selection([Self.record("Ghost", index: 9999)]), saying: "Ghost")
  }

  @Test(.enabled(if: UsableDevices.exist, UsableDevices.absence)) func aRealDeviceThatLacksSomethingIsNotUsed() throws {
    var device = try #require(UsableDevices.all.first)
    device.hasDoublePrecision = false
    try Self.completesOnTheCPU(Self.selection([device]), saying: "no double precision")
    device.hasDoublePrecision = true
    device.globalMemory = 4 << 20
    try Self.completesOnTheCPU(Self.selection([device]), saying: "4 MiB of memory")
  }

  @Test(.enabled(if: UsableDevices.exist, UsableDevices.absence)) func failuresOnTheDeviceEndOnTheCPU() throws {
    let device = try #require(UsableDevices.all.first)
    let broken = OpenCLOptions(buildOptions: "-Dscan=\"(\"")
    try Self.completesOnTheCPU(Self.selection([device], options: broken), saying: "the kernel did not build")
    let grid = try Self.grid(3, 3)
    let found = try Self.selection([device], options: broken).frontier(of: grid, preference: .opencl, workers: 1)
    #expect(found.failure?.log?.isEmpty == false)
    let unlaunchable = OpenCLOptions(workGroupSize: 1 << 24)
    try Self.completesOnTheCPU(
      Self.selection([device], options: unlaunchable), saying: "CL_INVALID_WORK_GROUP_SIZE")
  }

  @Test(.enabled(if: UsableDevices.exist, UsableDevices.absence)) func aDeviceThatIsAskedForIsUsed() throws {
    let device = try #require(UsableDevices.all.first)
    let grid = try Self.grid(4, 5)
    let found = try Self.selection([device]).frontier(of: grid, preference: .opencl, workers: 1)
    #expect(found.result.form == .opencl)
    #expect(found.result.points == SearchOracle.frontier(of: grid))
    #expect(found.remark == "searched by OpenCL on \(device.name): it was asked for")
    for preference in [DeviceChoice.cpu, .scalar, .auto] {
      let other = try Self.selection([device]).frontier(of: grid, preference: preference, workers: 1)
      #expect(other.result.form == (preference == .scalar ? .scalar : .cpu))
      #expect(other.result.points == found.result.points)
    }
  }

  @Test func smallSearchesNeitherMeasureNorListDevices() throws {
    let asked = Mutex(0)
    let selection = DeviceSelection(
      catalog: {
        asked.withLock { $0 += 1 }
        return DeviceCatalog(devices: [])
      },
      rates: DeviceRates(
        cpu: { _ in
          asked.withLock { $0 += 1 }
          return 1
        }, device: { _, _ in 1 }))
    let decision = try selection.decision(for: Self.grid(10, 20), preference: .auto, workers: 1)
    #expect(decision.form == .cpu && decision.reason.contains("30045015 strategies are few"))
    #expect(asked.withLock { $0 } == 0)
  }

  /// 137,846,528,820 strategies.
  @Test func theFasterFormIsChosenByItsRate() throws {
    let grid = try Self.grid(20, 20)
    func decide(_ devices: [DeviceCapabilities], _ rates: DeviceRates) -> DeviceSelection.Decision {
      Self.selection(devices, rates: rates).decision(for: grid, preference: .auto, workers: 2)
    }
    let card = Self.record()
    var decision = decide([card], Self.rates(cpu: 4e10, devices: ["Card": 1e12]))
    #expect(decision.form == .opencl && decision.devices == [card])
    #expect(decision.reason == "estimated 138 ms on Card, 3.4 s on the CPU")
    decision = decide([card], Self.rates(cpu: 4e10, devices: ["Card": 1e10]))
    #expect(decision.form == .cpu && decision.reason == "estimated 14 s on Card, 3.4 s on the CPU")
    decision = decide([card], Self.rates(cpu: 1e12, devices: ["Card": 1e13]))
    #expect(decision.form == .cpu && decision.reason.contains("takes about 138 ms"))
    decision = decide([card], Self.rates(cpu: 4e10))
    #expect(decision.form == .cpu && decision.reason == "Card: it cannot be measured")
    // All cards share the work; a processor behind OpenCL joins only where there is no card.
    let second = Self.record("Second")
    let processor = Self.record("Processor", kind: .cpu)
    let rates = Self.rates(cpu: 4e10, devices: ["Card": 1e11, "Second": 1e11, "Processor": 1e13])
    decision = decide([processor, card, second], rates)
    #expect(decision.devices == [card, second])
    #expect(decision.reason == "estimated 689 ms on Card, Second, 3.4 s on the CPU")
    #expect(decide([processor], rates).devices == [processor])
  }

  @Test(.enabled(if: UsableDevices.exist, UsableDevices.absence)) func recordsSayWhatADeviceIs() throws {
    for device in DeviceCatalog.system.devices {
      #expect(!device.name.isEmpty && !device.version.isEmpty && !device.platform.isEmpty)
      #expect(device.computeUnits > 0 && device.largestWorkGroup > 0)
      #expect(device.globalMemory >= device.largestAllocation && device.largestAllocation > 0)
    }
    #expect(DeviceCatalog.system.absence == nil)
    #expect(DeviceCatalog.system.devices.map(\.index) == Array(DeviceCatalog.system.devices.indices))
  }

  @Test func everyErrorNamesItsDeviceAndSaysWhatToDo() {
    let error = DeviceError(device: "Card", problem: "it is gone", log: "note: hello\nx.cl:3: error: no\n")
    #expect(error.summary == "Card: it is gone (x.cl:3: error: no)")
    #expect(error.description.hasPrefix("device Card: it is gone. "))
    #expect(error.description.hasSuffix("x.cl:3: error: no\n"))
  }
}
