internal import COpenCL

/// A context of one device.
///
/// Unchecked, because it owns a C handle; OpenCL allows its use from any thread.
final class OpenCLContext: @unchecked Sendable {
  let library: OpenCLLibrary
  let device: OpenCLSystem.Handle
  /// The device's name, for errors.
  let name: String
  let handle: OpaquePointer

  init(_ capabilities: DeviceCapabilities, of system: OpenCLSystem = .shared) throws(DeviceError) {
    let (library, device) = try system.handle(capabilities)
    var code: cl_int = 0
    var devices: cl_device_id? = device.device
    let context = library.functions.pointee.create_context(nil, 1, &devices, nil, nil, &code)
    handle = try library.checked("clCreateContext", code, context, on: capabilities.name)
    self.library = library
    self.device = device
    name = capabilities.name
  }

  // What cannot be released is left to the end of the program; there is no one to tell.
  deinit { _ = library.functions.pointee.release_context(handle) }
}

/// Commands for a device, carried out in order. For one thread at a time.
final class OpenCLQueue {
  let context: OpenCLContext
  let handle: OpaquePointer

  init(_ context: OpenCLContext) throws(DeviceError) {
    var code: cl_int = 0
    let queue = context.library.functions.pointee.create_command_queue(
      context.handle, context.device.device, 0, &code)
    handle = try context.library.checked("clCreateCommandQueue", code, queue, on: context.name)
    self.context = context
  }

  // As for contexts.
  deinit { _ = context.library.functions.pointee.release_command_queue(handle) }

  /// Runs `groups` work-groups of `size` work-items and waits for them.
  func run(_ kernel: OpenCLKernel, groups: Int, size: Int) throws(DeviceError) {
    let cl = context.library.functions.pointee
    var global = groups * size
    var local = size
    let code = cl.enqueue_nd_range_kernel(handle, kernel.handle, 1, nil, &global, &local, 0, nil, nil)
    try context.library.check("clEnqueueNDRangeKernel", code, on: context.name)
    try context.library.check("clFinish", cl.finish(handle), on: context.name)
  }
}
