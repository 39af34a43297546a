/// What an OpenCL device says about itself.
public struct DeviceCapabilities: Sendable, Hashable, Codable {
  public enum Kind: String, Sendable, Codable {
    case cpu, gpu, accelerator, other
  }

  /// Its place in the system's list of devices, by which it is opened.
  public var index: Int
  public var name, vendor, version, driverVersion, platform: String
  public var kind: Kind
  public var computeUnits: Int
  /// Whether it computes in fp64.
  public var hasDoublePrecision: Bool
  /// Whether it is ready and has a compiler.
  public var isUsable: Bool
  /// Bytes.
  public var globalMemory, largestAllocation, localMemory: UInt64
  public var largestWorkGroup: Int

  public init(
    index: Int, name: String, vendor: String = "", version: String = "", driverVersion: String = "",
    platform: String = "", kind: Kind, computeUnits: Int, hasDoublePrecision: Bool, isUsable: Bool = true,
    globalMemory: UInt64, largestAllocation: UInt64, localMemory: UInt64 = 0, largestWorkGroup: Int
  ) {
    self.index = index
    self.name = name
    self.vendor = vendor
    self.version = version
    self.driverVersion = driverVersion
    self.platform = platform
    self.kind = kind
    self.computeUnits = computeUnits
    self.hasDoublePrecision = hasDoublePrecision
    self.isUsable = isUsable
    self.globalMemory = globalMemory
    self.largestAllocation = largestAllocation
    self.localMemory = localMemory
    self.largestWorkGroup = largestWorkGroup
  }

  /// What a search takes on a device.
  struct Needs: Sendable, Hashable {
    /// Bytes.
    var total, largestBuffer: UInt64
  }

  /// Why the device cannot carry a search out, as a clause; nil where it can.
  func obstacle(for needs: Needs) -> String? {
    func mebibytes(_ bytes: UInt64) -> String { "\((bytes + (1 << 20) - 1) >> 20) MiB" }
    if !isUsable { return "\(name) is not ready or has no compiler" }
    if !hasDoublePrecision { return "\(name) has no double precision (fp64)" }
    if globalMemory < needs.total {
      return "\(name) has \(mebibytes(globalMemory)) of memory, the search needs \(mebibytes(needs.total))"
    }
    if largestAllocation < needs.largestBuffer {
      return "\(name) gives \(mebibytes(largestAllocation)) at once, the search needs \(mebibytes(needs.largestBuffer))"
    }
    return nil
  }
}
