/// The OpenCL devices of a system, or why there are none.
public struct DeviceCatalog: Sendable, Hashable {
  public let devices: [DeviceCapabilities]
  /// A clause; nil where there are devices.
  public let absence: String?

  /// A list of one's own, for tests and to leave devices out.
  public init(devices: [DeviceCapabilities], absence: String? = nil) {
    self.devices = devices
    self.absence = devices.isEmpty ? absence ?? "there is no OpenCL device" : nil
  }

  /// This system's devices, listed at the first use. Never fails: without OpenCL the list is empty.
  public static var system: DeviceCatalog { OpenCLSystem.shared.catalog }

  /// The devices that a given library knows; for tests of systems without one.
  public static func list(library: String) -> DeviceCatalog { OpenCLSystem(library: library).catalog }
}
