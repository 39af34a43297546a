internal import COpenCL

/// A device's array of plain values.
final class OpenCLBuffer<Element: BitwiseCopyable> {
  private let context: OpenCLContext
  let handle: OpaquePointer
  let count: Int

  /// Room for `count` values; an empty one gets room for one.
  init(_ context: OpenCLContext, count: Int) throws(DeviceError) {
    var code: cl_int = 0
    let size = max(1, count) * MemoryLayout<Element>.stride
    let buffer = context.library.functions.pointee.create_buffer(
      context.handle, cl_mem_flags(CL_MEM_READ_WRITE), size, nil, &code)
    handle = try context.library.checked("clCreateBuffer", code, buffer, on: context.name)
    self.context = context
    self.count = count
  }

  // As for contexts.
  deinit { _ = context.library.functions.pointee.release_mem_object(handle) }

  /// Writes values from the first place on; returns when they may change again.
  func write(_ values: [Element], _ queue: OpenCLQueue) throws(DeviceError) {
    let size = min(values.count, count) * MemoryLayout<Element>.stride
    if size == 0 { return }
    let code = values.withUnsafeBytes {
      // Element arrays are not empty here, so there is an address.
      $0.baseAddress.map {
        context.library.functions.pointee.enqueue_write_buffer(
          queue.handle, handle, cl_bool(CL_TRUE), 0, size, $0, 0, nil, nil)
      } ?? CL_INVALID_VALUE
    }
    try context.library.check("clEnqueueWriteBuffer", code, on: context.name)
  }

  /// Reads the first values.
  func read(into values: inout [Element], count: Int, _ queue: OpenCLQueue) throws(DeviceError) {
    let size = min(count, self.count, values.count) * MemoryLayout<Element>.stride
    if size == 0 { return }
    let code = values.withUnsafeMutableBytes {
      $0.baseAddress.map {
        context.library.functions.pointee.enqueue_read_buffer(
          queue.handle, handle, cl_bool(CL_TRUE), 0, size, $0, 0, nil, nil)
      } ?? CL_INVALID_VALUE
    }
    try context.library.check("clEnqueueReadBuffer", code, on: context.name)
  }
}
