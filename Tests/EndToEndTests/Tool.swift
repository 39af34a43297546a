import Foundation

/// Runs the built tool as a user would, and collects what it says.
struct Tool {
  struct Outcome {
    let code: Int32
    let out: String
    let err: String
  }

  /// The executable, beside the test bundle.
  static let path = Bundle.main.bundleURL.deletingLastPathComponent().path + "/cutline"

  static var executable: String {
    let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path + "/cutline"
    return FileManager.default.isExecutableFile(atPath: beside) ? beside : path
  }

  let folder: String

  func start(_ arguments: [String], out: Any = FileHandle.nullDevice, err: Any = FileHandle.nullDevice) throws
    -> Process
  {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.executable)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = out
    process.standardError = err
    try process.run()
    return process
  }

  @discardableResult
  func callAsFunction(_ arguments: String...) throws -> Outcome { try run(arguments) }

  func run(_ arguments: [String]) throws -> Outcome {
    // Files, not pipes: nothing can block on a full pipe.
    let name = folder + "/.said-" + UUID().uuidString
    let files = [name + "-out", name + "-err"]
    for file in files { try Data().write(to: URL(fileURLWithPath: file)) }
    let handles = try files.map { try FileHandle(forWritingTo: URL(fileURLWithPath: $0)) }
    let process = try start(arguments, out: handles[0], err: handles[1])
    process.waitUntilExit()
    let texts = try files.map { String(decoding: try Data(contentsOf: URL(fileURLWithPath: $0)), as: UTF8.self) }
    for file in files { try FileManager.default.removeItem(atPath: file) }
    let code = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    return Outcome(code: code, out: texts[0], err: texts[1])
  }
}

/// A folder with a simulated portfolio and its configuration, that lives as long as a test.
final class Workplace: Sendable {
  let root: String
  var tool: Tool { Tool(folder: root) }

  init() throws {
    root = NSTemporaryDirectory() + "cutline-e2e-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }  // best effort in a temporary place

  func path(_ name: String) -> String { root + "/" + name }

  func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path(name))) }

  func read(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: path(name))), as: UTF8.self)
  }

  func inode(_ name: String) throws -> UInt64 {
    try FileManager.default.attributesOfItem(atPath: path(name))[.systemFileNumber] as? UInt64 ?? 0
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  /// Names in the folder, without the ones a test wrote itself.
  func names(except own: String...) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root).filter { !own.contains($0) }.sorted()
  }

  /// Simulates `rows` applications as `applications.<format>` with `config.toml`.
  func simulate(rows: Int, format: String = "csv", seed: Int = 5) throws {
    let outcome = try tool(
      "simulate", "--rows", "\(rows)", "--seed", "\(seed)", "--output", "applications.\(format)", "--config",
      "config.toml")
    guard outcome.code == 0 else { throw Failed(said: outcome.err) }
    // What takes time, and most tests are not about; those that are ask for it.
    try write(
      "config.toml",
      read("config.toml").replacing(
        "eligible = \"all\"\n", with: "eligible = \"all\"\nresamples = 0\nchanges_most = 2\npictures = \"none\"\n")
    )
  }

  struct Failed: Error { let said: String }

  /// The results digest in a run's manifest.
  func digest(_ run: String) throws -> String {
    let text = try read(run + "/manifest.json")
    guard let match = text.firstMatch(of: /"resultsDigest" : "([0-9a-f]+)"/) else { throw Failed(said: "no digest") }
    return String(match.1)
  }
}
