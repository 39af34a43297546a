public import CutlineCompute

/// A call of OpenCL that failed, or a device that cannot be used.
public struct DeviceError: ComputeFailure, Hashable {
  /// The device's or platform's name; "OpenCL" before there is one.
  public let device: String
  /// What is wrong and what was found; no full stop.
  public let problem: String
  /// The function that failed and its code, nil where it was not a call.
  public let call: String?
  public let code: Int32?
  /// What the device's compiler said, where a build failed.
  public let log: String?

  public init(device: String, problem: String, call: String? = nil, code: Int32? = nil, log: String? = nil) {
    self.device = device
    self.problem = problem
    self.call = call
    self.code = code
    self.log = log
  }

  /// A failed call.
  init(device: String, call: String, code: Int32, log: String? = nil) {
    let name = Self.names[code] ?? "code \(code)"
    let failed = log == nil ? "\(call) failed with \(name)" : "the kernel did not build, \(call) failed with \(name)"
    self.init(device: device, problem: failed, call: call, code: code, log: log)
  }

  /// What to do, as a sentence.
  public var advice: String { "Update the device's driver, or leave the choice of the device to the program." }

  public var origin: String { "device \(device)" }
  public var cause: ComputeCause { .device }

  /// On one line: the problem, and of a compiler's log its first line that speaks of an error.
  public var summary: String {
    guard let log else { return "\(device): \(problem)" }
    let lines = log.split(whereSeparator: \.isNewline).map(String.init)
    guard let line = lines.first(where: { $0.contains("error") }) ?? lines.first else { return "\(device): \(problem)" }
    return "\(device): \(problem) (\(line.prefix(200)))"
  }

  public var description: String { "device \(device): \(problem). \(advice)" + (log.map { "\n\($0)" } ?? "") }

  /// Names of OpenCL's codes, as in the specification.
  private static let names: [Int32: String] = [
    -1: "CL_DEVICE_NOT_FOUND", -2: "CL_DEVICE_NOT_AVAILABLE", -3: "CL_COMPILER_NOT_AVAILABLE",
    -4: "CL_MEM_OBJECT_ALLOCATION_FAILURE", -5: "CL_OUT_OF_RESOURCES", -6: "CL_OUT_OF_HOST_MEMORY",
    -11: "CL_BUILD_PROGRAM_FAILURE", -14: "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST", -30: "CL_INVALID_VALUE",
    -32: "CL_INVALID_PLATFORM", -33: "CL_INVALID_DEVICE", -34: "CL_INVALID_CONTEXT", -36: "CL_INVALID_COMMAND_QUEUE",
    -38: "CL_INVALID_MEM_OBJECT", -42: "CL_INVALID_BINARY", -43: "CL_INVALID_BUILD_OPTIONS", -44: "CL_INVALID_PROGRAM",
    -45: "CL_INVALID_PROGRAM_EXECUTABLE", -46: "CL_INVALID_KERNEL_NAME", -48: "CL_INVALID_KERNEL",
    -49: "CL_INVALID_ARG_INDEX", -50: "CL_INVALID_ARG_VALUE", -51: "CL_INVALID_ARG_SIZE",
    -52: "CL_INVALID_KERNEL_ARGS", -54: "CL_INVALID_WORK_GROUP_SIZE", -55: "CL_INVALID_WORK_ITEM_SIZE",
    -61: "CL_INVALID_BUFFER_SIZE", -63: "CL_INVALID_GLOBAL_WORK_SIZE", -1001: "CL_PLATFORM_NOT_FOUND_KHR",
  ]
}
