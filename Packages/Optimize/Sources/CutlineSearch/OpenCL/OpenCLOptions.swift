/// Which OpenCL devices a search uses, and how. The result does not depend on it.
public struct OpenCLOptions: Sendable, Hashable {
  /// They share the work. Empty means the first usable one of the system; a device may be named twice.
  public var devices: [DeviceCapabilities]
  /// How long one launch shall take; displays stop a device that does not answer for two seconds and more.
  public var launchSeconds: Double
  /// Pairs that one launch can report; at least 64. Where more pass, the launch is repeated in parts.
  public var survivorCapacity: Int
  /// Work-items of a work-group; nil chooses by the kind of device.
  public var workGroupSize: Int?
  /// Further options for the devices' compilers.
  public var buildOptions: String

  public init(
    devices: [DeviceCapabilities] = [], launchSeconds: Double = 0.06, survivorCapacity: Int = 1 << 20,
    workGroupSize: Int? = nil, buildOptions: String = ""
  ) {
    self.devices = devices
    self.launchSeconds = launchSeconds
    self.survivorCapacity = min(max(64, survivorCapacity), 1 << 26)
    self.workGroupSize = workGroupSize
    self.buildOptions = buildOptions
  }

  /// The size of a device's work-groups.
  func workGroup(on device: DeviceCapabilities) -> Int {
    // A processor runs the items of a group in turn and profits from swept groups that stay in its cache; a GPU needs
    // several of its 32 or 64 wide steps.
    max(1, workGroupSize ?? min(device.kind == .cpu ? 16 : 128, device.largestWorkGroup))
  }
}
