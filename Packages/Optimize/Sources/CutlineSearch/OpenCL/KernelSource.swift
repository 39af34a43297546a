internal import COpenCL

/// The text of kernels and the options of their build.
struct KernelSource: Sendable, Hashable {
  let text, options: String

  /// The exhaustive scan.
  ///
  /// - Parameter options: further ones for the device's compiler.
  static func exhaustive(options: String = "") -> KernelSource {
    KernelSource(text: String(cString: cutline_kernel_exhaustive()), options: options)
  }
}
