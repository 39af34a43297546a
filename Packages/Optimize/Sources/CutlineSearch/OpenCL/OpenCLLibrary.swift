internal import COpenCL

/// The functions of an OpenCL library that was found at run time.
///
/// Unchecked, because it points to a C table, which is never changed nor freed.
struct OpenCLLibrary: @unchecked Sendable {
  let functions: UnsafePointer<cutline_opencl>

  /// The name under which the system's dynamic loader knows the library.
  static let systemName = "libOpenCL.so.1"

  /// - Throws: `DeviceError` where the library is absent or incomplete.
  init(named name: String) throws(DeviceError) {
    var problem = [CChar](repeating: 0, count: 512)
    guard let functions = cutline_opencl_load(name, &problem, problem.count) else {
      let reason = String(decoding: problem.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      throw DeviceError(device: "OpenCL", problem: "no OpenCL is installed: \(reason)")
    }
    self.functions = functions
  }

  /// - Throws: `DeviceError` with the call and its code, unless that is `CL_SUCCESS`.
  func check(_ call: String, _ code: Int32, on device: String) throws(DeviceError) {
    if code != CL_SUCCESS { throw DeviceError(device: device, call: call, code: code) }
  }

  /// A handle that a call returned together with a code.
  func checked(_ call: String, _ code: Int32, _ handle: OpaquePointer?, on device: String) throws(DeviceError)
    -> OpaquePointer
  {
    try check(call, code, on: device)
    guard let handle else { throw DeviceError(device: device, problem: "\(call) returned nothing") }
    return handle
  }
}
