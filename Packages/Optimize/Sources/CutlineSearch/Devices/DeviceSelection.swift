public import CutlineCompute
/// Chooses where an exhaustive search runs, and says why.
public struct DeviceSelection: Sendable {
  /// A form, its devices, and the reason as a clause that follows "because".
  public struct Decision: Sendable, Hashable {
    public let form: ExhaustiveForm
    /// Empty unless the form is `opencl`.
    public let devices: [DeviceCapabilities]
    public let reason: String
  }

  private let catalog: @Sendable () -> DeviceCatalog
  private let rates: DeviceRates
  let options: OpenCLOptions

  /// Searches that SIMD ends within this are not worth the time that a device takes to get ready.
  public static let worthwhileSeconds = 1.0
  /// Strategies that any processor enumerates within that; below, nothing is measured nor listed.
  private static let smallCount = 2e9

  /// - Parameters:
  ///   - catalog: the devices; asked for only when one may be used, since listing takes a while.
  ///   - rates: by which forms are compared.
  ///   - options: for searches on devices; its list of devices is not read.
  public init(
    catalog: @escaping @Sendable () -> DeviceCatalog = { .system }, rates: DeviceRates = .measured,
    options: OpenCLOptions = OpenCLOptions()
  ) {
    self.catalog = catalog
    self.rates = rates
    self.options = options
  }

  /// Where a grid is searched. Never fails: without a usable device the answer is SIMD.
  public func decision(for grid: GridSums, preference: DeviceChoice, workers: Int) -> Decision {
    func cpu(_ reason: String) -> Decision { Decision(form: .cpu, devices: [], reason: reason) }
    switch preference {
    case .scalar: return Decision(form: .scalar, devices: [], reason: "it was asked for")
    case .cpu: return cpu("it was asked for")
    case .auto, .opencl: break
    }
    let strategies = Double(StrategyCount.decimal(rows: grid.rows, columns: grid.columns)) ?? .infinity
    var cpuSeconds = 0.0
    if preference == .auto {
      let short = "no device gets ready in the time that it takes"
      if strategies <= Self.smallCount { return cpu("\(Self.count(strategies)) strategies are few, \(short)") }
      guard let rate = try? rates.cpu(workers), rate > 0 else {
        // A processor that cannot be measured will report its own error when it searches.
        return cpu("its rate could not be measured")
      }
      cpuSeconds = strategies / rate
      if cpuSeconds < Self.worthwhileSeconds { return cpu("it takes about \(Self.seconds(cpuSeconds)), \(short)") }
    }
    let usable: [DeviceCapabilities]
    switch usableDevices(for: grid) {
    case .success(let devices): usable = devices
    case .failure(let error): return cpu(error.problem)
    }
    if preference == .opencl { return Decision(form: .opencl, devices: usable, reason: "it was asked for") }
    var measured: [DeviceCapabilities] = []
    var rate = 0.0
    var problem: String?
    for device in usable {
      do {
        rate += try rates.device(device, options)
        measured.append(device)
      } catch {
        problem = problem ?? (error as? DeviceError)?.summary ?? "\(device.name): \(error)"
      }
    }
    if measured.isEmpty { return cpu(problem ?? "no device could be measured") }
    let seconds = strategies / rate
    let names = measured.map(\.name).joined(separator: ", ")
    let comparison = "\(Self.seconds(seconds)) on \(names), \(Self.seconds(cpuSeconds)) on the CPU"
    return seconds < cpuSeconds
      ? Decision(form: .opencl, devices: measured, reason: "estimated \(comparison)") : cpu("estimated \(comparison)")
  }

  /// The devices that can carry the search out: all GPUs and accelerators, or else one processor.
  private func usableDevices(for grid: GridSums) -> Result<[DeviceCapabilities], DeviceError> {
    let catalog = catalog()
    if let absence = catalog.absence { return .failure(DeviceError(device: "OpenCL", problem: absence)) }
    guard let needs = OpenCLScan.needs(of: grid, options: options) else {
      return .failure(DeviceError(device: "OpenCL", problem: "the grid is too long for a device"))
    }
    let usable = catalog.devices.filter { $0.obstacle(for: needs) == nil }
    if usable.isEmpty {
      let obstacles = catalog.devices.compactMap { $0.obstacle(for: needs) }.joined(separator: "; ")
      return .failure(DeviceError(device: "OpenCL", problem: obstacles))
    }
    let separate = usable.filter { $0.kind != .cpu }
    return .success(separate.isEmpty ? Array(usable.prefix(1)) : separate)
  }

  private static func seconds(_ value: Double) -> String {
    if value < 0.001 { return "less than 1 ms" }
    if value < 1 { return "\(Int((value * 1000).rounded())) ms" }
    return value < 10 ? "\((value * 10).rounded() / 10) s" : "\(Int(min(value, 1e15).rounded())) s"
  }

  private static func count(_ value: Double) -> String { "\(Int(min(value, 1e15)))" }
}
