internal import COpenCL

/// The platforms and devices behind an OpenCL library.
struct OpenCLSystem: Sendable {
  /// A device's handle.
  ///
  /// Unchecked: root devices are never released, and OpenCL's functions may be called from any thread.
  struct Handle: @unchecked Sendable {
    let device: OpaquePointer
  }

  let library: OpenCLLibrary?
  let catalog: DeviceCatalog
  private let handles: [Handle]

  static let shared = OpenCLSystem(library: OpenCLLibrary.systemName)

  init(library name: String) {
    do {
      let library = try OpenCLLibrary(named: name)
      let (devices, handles, problems) = Self.list(library)
      self.library = library
      self.handles = handles
      catalog = DeviceCatalog(devices: devices, absence: problems.first)
    } catch {
      library = nil
      handles = []
      catalog = DeviceCatalog(devices: [], absence: error.problem)
    }
  }

  /// The handle of a listed device.
  func handle(_ device: DeviceCapabilities) throws(DeviceError) -> (OpenCLLibrary, Handle) {
    guard let library, handles.indices.contains(device.index) else {
      throw DeviceError(device: device.name, problem: catalog.absence ?? "the system has no such device")
    }
    return (library, handles[device.index])
  }

  /// All devices of all platforms; a platform or device that cannot be asked is left out and its problem kept.
  private static func list(_ library: OpenCLLibrary) -> ([DeviceCapabilities], [Handle], problems: [String]) {
    let cl = library.functions.pointee
    var devices: [DeviceCapabilities] = []
    var handles: [Handle] = []
    var problems: [String] = []
    var count: cl_uint = 0
    // Loaders report "no platform" as an error of their own.
    guard cl.get_platform_ids(0, nil, &count) == CL_SUCCESS, count > 0 else {
      return ([], [], ["OpenCL is installed but no driver for a device is"])
    }
    var platforms = [cl_platform_id?](repeating: nil, count: Int(count))
    guard cl.get_platform_ids(count, &platforms, nil) == CL_SUCCESS else {
      return ([], [], ["OpenCL does not list its platforms"])
    }
    for case let platform? in platforms {
      let name = text { cl.get_platform_info(platform, cl_platform_info(CL_PLATFORM_NAME), $0, $1, $2) }
      let (found, code) = members(of: platform, named: name, cl)
      if found.isEmpty {
        problems.append("the OpenCL platform \(name) offers no device (\(code))")
      }
      for device in found {
        guard let record = capabilities(of: device, index: devices.count, platform: name, cl) else {
          problems.append("a device of the OpenCL platform \(name) does not say what it is")
          continue
        }
        devices.append(record)
        handles.append(Handle(device: device))
      }
    }
    return (devices, handles, problems)
  }

  private static func members(
    of platform: OpaquePointer, named name: String, _ cl: cutline_opencl
  ) -> ([OpaquePointer], code: Int32) {
    let all = cl_device_type(CL_DEVICE_TYPE_ALL)
    var count: cl_uint = 0
    var code = cl.get_device_ids(platform, all, 0, nil, &count)
    if code != CL_SUCCESS, name.hasPrefix("Portable Computing Language"), cutline_opencl_redirect_cache() {
      code = cl.get_device_ids(platform, all, 0, nil, &count)
    }
    guard code == CL_SUCCESS, count > 0 else { return ([], code) }
    var devices = [cl_device_id?](repeating: nil, count: Int(count))
    code = cl.get_device_ids(platform, all, count, &devices, nil)
    return (code == CL_SUCCESS ? devices.compactMap { $0 } : [], code)
  }

  private static func capabilities(
    of device: OpaquePointer, index: Int, platform: String, _ cl: cutline_opencl
  ) -> DeviceCapabilities? {
    func string(_ key: Int32) -> String { text { cl.get_device_info(device, cl_device_info(key), $0, $1, $2) } }
    func number<Value: FixedWidthInteger>(_ key: Int32, as type: Value.Type) -> Value? {
      var value: Value = 0
      let code = cl.get_device_info(device, cl_device_info(key), MemoryLayout<Value>.size, &value, nil)
      return code == CL_SUCCESS ? value : nil
    }
    guard let kind = number(CL_DEVICE_TYPE, as: cl_device_type.self),
      let units = number(CL_DEVICE_MAX_COMPUTE_UNITS, as: cl_uint.self),
      let memory = number(CL_DEVICE_GLOBAL_MEM_SIZE, as: cl_ulong.self),
      let allocation = number(CL_DEVICE_MAX_MEM_ALLOC_SIZE, as: cl_ulong.self),
      let workGroup = number(CL_DEVICE_MAX_WORK_GROUP_SIZE, as: Int.self)
    else { return nil }
    let ready = number(CL_DEVICE_AVAILABLE, as: cl_bool.self) ?? 0
    let compiler = number(CL_DEVICE_COMPILER_AVAILABLE, as: cl_bool.self) ?? 0
    // A device without fp64 says 0 here, or, before OpenCL 1.2, does not know the question.
    let double = number(CL_DEVICE_DOUBLE_FP_CONFIG, as: cl_device_fp_config.self) ?? 0
    return DeviceCapabilities(
      index: index, name: string(CL_DEVICE_NAME), vendor: string(CL_DEVICE_VENDOR), version: string(CL_DEVICE_VERSION),
      driverVersion: string(CL_DRIVER_VERSION), platform: platform,
      kind: kind & cl_device_type(CL_DEVICE_TYPE_GPU) != 0
        ? .gpu
        : kind & cl_device_type(CL_DEVICE_TYPE_CPU) != 0
          ? .cpu : kind & cl_device_type(CL_DEVICE_TYPE_ACCELERATOR) != 0 ? .accelerator : .other,
      computeUnits: Int(units), hasDoublePrecision: double != 0, isUsable: ready != 0 && compiler != 0,
      globalMemory: memory, largestAllocation: allocation,
      localMemory: number(CL_DEVICE_LOCAL_MEM_SIZE, as: cl_ulong.self) ?? 0, largestWorkGroup: workGroup)
  }

  /// A text of unknown length, by a call that fills a buffer and tells the size; empty where it fails.
  static func text(_ ask: (Int, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?) -> Int32) -> String {
    var size = 0
    guard ask(0, nil, &size) == CL_SUCCESS, size > 0 else { return "" }
    var bytes = [UInt8](repeating: 0, count: size)
    let code = bytes.withUnsafeMutableBytes { ask($0.count, $0.baseAddress, nil) }
    guard code == CL_SUCCESS else { return "" }
    let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    return String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
