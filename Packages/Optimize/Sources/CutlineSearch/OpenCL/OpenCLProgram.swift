internal import COpenCL
import Synchronization

/// A program, built for one device.
///
/// Unchecked, because it owns a C handle; OpenCL allows its use from any thread.
final class OpenCLProgram: @unchecked Sendable {
  let context: OpenCLContext
  fileprivate let handle: OpaquePointer

  /// - Throws: `DeviceError` with the compiler's log where the build fails.
  init(_ source: KernelSource, for context: OpenCLContext) throws(DeviceError) {
    let cl = context.library.functions.pointee
    var code: cl_int = 0
    let program = source.text.withCString { text in
      var line: UnsafePointer<CChar>? = text
      return cl.create_program_with_source(context.handle, 1, &line, nil, &code)
    }
    handle = try context.library.checked("clCreateProgramWithSource", code, program, on: context.name)
    self.context = context
    var device: cl_device_id? = context.device.device
    let options = "-cl-std=CL1.2 " + source.options
    code = cl.build_program(handle, 1, &device, options, nil, nil)
    guard code == CL_SUCCESS else {
      let log = OpenCLSystem.text {
        cl.get_program_build_info(
          handle, context.device.device, cl_program_build_info(CL_PROGRAM_BUILD_LOG), $0, $1, $2)
      }
      throw DeviceError(device: context.name, call: "clBuildProgram", code: code, log: log)
    }
  }

  // As for contexts.
  deinit { _ = context.library.functions.pointee.release_program(handle) }

  /// Programs built so far in this process, by device, text and options; drivers keep theirs on disk beside it.
  private struct Key: Hashable {
    let device: Int
    let source: KernelSource
  }
  private static let built = Mutex<[Key: OpenCLProgram]>([:])

  /// The program for a device of the system, from the cache where it was built before.
  static func cached(_ source: KernelSource, for device: DeviceCapabilities) throws(DeviceError) -> OpenCLProgram {
    let key = Key(device: device.index, source: source)
    // The key names a place in the system's list; only a device that is in it may use what was built for the place.
    _ = try OpenCLSystem.shared.handle(device)
    if let program = built.withLock({ $0[key] }) { return program }
    let program = try OpenCLProgram(source, for: OpenCLContext(device))
    built.withLock { $0[key] = program }
    return program
  }
}

/// One kernel of a program with its arguments. For one thread at a time.
final class OpenCLKernel {
  let program: OpenCLProgram
  let handle: OpaquePointer
  private let name: String
  private var arguments: cl_uint = 0

  init(_ name: String, of program: OpenCLProgram) throws(DeviceError) {
    var code: cl_int = 0
    let kernel = program.context.library.functions.pointee.create_kernel(program.handle, name, &code)
    handle = try program.context.library.checked("clCreateKernel", code, kernel, on: program.context.name)
    self.program = program
    self.name = name
  }

  // As for contexts.
  deinit { _ = program.context.library.functions.pointee.release_kernel(handle) }

  /// The next argument, a plain value.
  func append<Value: BitwiseCopyable>(_ value: Value) throws(DeviceError) {
    let code = withUnsafePointer(to: value) {
      program.context.library.functions.pointee.set_kernel_arg(handle, arguments, MemoryLayout<Value>.size, $0)
    }
    try program.context.library.check("clSetKernelArg of \(name), \(arguments)", code, on: program.context.name)
    arguments += 1
  }

  /// The next argument, a buffer, which the caller keeps alive.
  func append<Element>(_ buffer: OpenCLBuffer<Element>) throws(DeviceError) {
    try append(Optional(buffer.handle))
  }
}
