/// Where heavy operations run.
public enum DeviceChoice: String, Sendable, Codable, CaseIterable {
  /// The fastest that is there.
  case auto
  /// The scalar definition, for checks.
  case scalar
  /// SIMD on all cores.
  case cpu
  /// OpenCL devices where an operation can use them, otherwise SIMD.
  case opencl
}
