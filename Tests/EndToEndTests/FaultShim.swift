import Foundation

/// The tool with `Tests/Fixtures/faults/faults.c` in front of the system's calls.
struct FaultShim {
  private let library: String
  let place: Workplace

  /// Nil where there is no compiler.
  init?(_ place: Workplace) throws {
    self.place = place
    library = place.path("faults.so")
    let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/faults/faults.c").path
    for compiler in ["/usr/bin/cc", "/usr/bin/clang", "/usr/bin/gcc"] {
      guard FileManager.default.isExecutableFile(atPath: compiler) else { continue }
      let process = Process()
      process.executableURL = URL(fileURLWithPath: compiler)
      process.arguments = ["-shared", "-fPIC", "-o", library, source, "-ldl"]
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      if process.terminationStatus == 0 { return }
    }
    return nil
  }

  /// What is done at the n-th call.
  enum Fault {
    case none, kill
    case error(Int32)
    /// `file` is renamed onto the path of that end.
    case swap(String, file: String)
    /// The same for that one open only: afterwards all is as it was.
    case lend(String, file: String)
  }

  struct Outcome {
    let code: Int32
    let err: String
    /// Calls that counted.
    let calls: Int
  }

  /// Temporary files of the tool go to `tmp` of the place.
  func run(_ arguments: [String], _ fault: Fault, at call: Int) throws -> Outcome {
    try FileManager.default.createDirectory(atPath: place.path("tmp"), withIntermediateDirectories: true)
    var environment = ProcessInfo.processInfo.environment
    environment["TMPDIR"] = place.path("tmp")
    environment["LD_PRELOAD"] = library
    environment["FAULT_AT"] = String(call)
    environment["FAULT_LOG"] = place.path("calls.txt")
    switch fault {
    case .none: environment["FAULT_KIND"] = "0"
    case .kill: environment["FAULT_KIND"] = "kill"
    case .error(let code): environment["FAULT_KIND"] = String(code)
    case .swap(let end, let file):
      environment["FAULT_KIND"] = "swap"
      environment["FAULT_SWAP"] = end
      environment["FAULT_NEW"] = place.path(file)
    case .lend(let end, let file):
      environment["FAULT_KIND"] = "lend"
      environment["FAULT_SWAP"] = end
      environment["FAULT_NEW"] = place.path(file)
    }
    let said = place.path("said.txt")
    try Data().write(to: URL(fileURLWithPath: said))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Tool.executable)
    process.arguments = arguments
    process.environment = environment
    process.currentDirectoryURL = URL(fileURLWithPath: place.root)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: said))
    try process.run()
    process.waitUntilExit()
    let calls = place.exists("calls.txt") ? try place.read("calls.txt").split(separator: "\n").count : 0
    let err = try place.read("said.txt")
    for file in ["calls.txt", "said.txt"] where place.exists(file) {
      try FileManager.default.removeItem(atPath: place.path(file))
    }
    let code = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    return Outcome(code: code, err: err, calls: calls)
  }

  /// The calls of 1 to `count` that are tried: a few spread over all of them and the last ones, where a result gets into its
  /// place; all of them with `CUTLINE_FAULT_POINTS=all`.
  static func points(_ count: Int, few: Int, last: Int = 0) -> [Int] {
    let most = ProcessInfo.processInfo.environment["CUTLINE_FAULT_POINTS"] == "all" ? count : few
    guard count > most + last else { return Array(1...max(1, count)) }
    return Array(
      Set((0..<most).map { 1 + $0 * (count - 1) / max(1, most - 1) } + ((count - last)..<count).map { $0 + 1 })
    ).sorted()
  }

  /// What is in the place and its temporary folder, without what stood there.
  func leftovers(besides known: [String]) throws -> [String] {
    let names = try FileManager.default.contentsOfDirectory(atPath: place.root)
    let temporary = try FileManager.default.contentsOfDirectory(atPath: place.path("tmp"))
    return (names.filter { !known.contains($0) && $0 != "tmp" && $0 != "faults.so" } + temporary).sorted()
  }
}
