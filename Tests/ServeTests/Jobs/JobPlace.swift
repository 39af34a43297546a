import CutlineAllocate
import CutlineCore
import CutlineCredit
import CutlineData
import CutlineModels
import CutlineMonitor
import CutlineOptimize
import CutlineReport
import CutlineServe
import Foundation
import TestSupport
import Testing

/// A folder with declared folders for data, configurations, runs and jobs, that lives as long as a test.
final class JobPlace: Sendable {
  let root: String

  init() throws {
    // The temporary folder may be reached by a link; what is compared are real paths.
    let temporary = URL(fileURLWithPath: NSTemporaryDirectory()).resolvingSymlinksInPath().path
    root = "\(temporary)/cutline-jobs-\(UUID().uuidString)"
    for name in ["data", "configurations", "runs", "outside"] {
      try FileManager.default.createDirectory(atPath: "\(root)/\(name)", withIntermediateDirectories: true)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }  // best effort in a temporary place

  func path(_ name: String) -> String { "\(root)/\(name)" }
  /// In one step: a script that waits for a file finds all of it.
  func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)), options: .atomic)
  }
  func read(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path(name))) }
  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }
  func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(folder)).sorted()
  }

  func folders() throws -> DeclaredFolders {
    try DeclaredFolders(data: [path("data")], configurations: path("configurations"), runs: path("runs"))
  }

  /// The stages of the tool.
  static let registry: Registry = {
    var registry = Registry()
    do {
      try DataStages.register(in: &registry)
      try ModelStages.register(in: &registry)
      try OptimizeStages.register(in: &registry)
      try AllocateStages.register(in: &registry)
      try MonitorStages.register(in: &registry)
      try ReportStages.register(in: &registry)
      try CreditKinds.register(in: &registry)
    } catch { Issue.record("the stages cannot be registered: \(error)") }
    return registry
  }()

  func jobs(_ program: String = JobPlace.tool, _ change: (inout Jobs.Options) -> Void = { _ in }) throws -> Jobs {
    var options = Jobs.Options()
    options.program = program
    options.workingFolder = root
    change(&options)
    return try Jobs(path("jobs"), folders: folders(), registry: Self.registry, options: options)
  }

  /// The built executable: beside the tests, or the one that is named.
  static let tool: String = {
    if let named = ProcessInfo.processInfo.environment["CUTLINE_TOOL"] { return named }
    return URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path + "/cutline"
  }()

  /// A program that stands for the tool: a script that is handed the same words.
  func program(_ name: String, _ script: String) throws -> String {
    try write(name, "#!/bin/sh\n" + script)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path(name))
    return path(name)
  }

  /// Runs the tool by hand.
  @discardableResult
  func run(_ words: String...) throws -> (code: Int32, out: Data) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.tool)
    process.arguments = words
    process.currentDirectoryURL = URL(fileURLWithPath: root)
    process.standardInput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    let out = path(".said-\(UUID().uuidString)")
    try Data().write(to: URL(fileURLWithPath: out))
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: out))
    try process.run()
    process.waitUntilExit()
    defer { try? FileManager.default.removeItem(atPath: out) }  // in a folder that goes
    return (process.terminationStatus, try Data(contentsOf: URL(fileURLWithPath: out)))
  }

  /// Applications of 2 scores, and a configuration of a coarse grid that names them by their whole path.
  func simulate(rows: Int = 3000) throws {
    guard
      try run(
        "simulate", "--rows", "\(rows)", "--seed", "5", "--output", "data/applications.csv", "--config", "made.toml"
      ).code == 0
    else { throw Failed() }
  }

  struct Failed: Error {}

  /// A configuration as a request may bring it.
  func text(_ more: String = "", table: String = "") -> String {
    """
    [preprocessing]
    data_path = "\(path("data/applications.csv"))"
    keep_vars = ["authorization_id", "mis_date", "status_name", "risk_score_rf", "se_decision_id", "reject_reason", "score_rf", "segment_cut_off", "early_bad"]
    indicators = ["acct_booked_h0", "oa_amt", "todu_30ever_h6", "todu_amt_pile_h6", "oa_amt_h0"]
    date_ini_book_obs = "2022-01-01"
    date_fin_book_obs = "2022-12-01"
    variables = ["score_bin", "bureau_bin"]
    optimum_risk = 5.0
    risk_step = 0.5
    reject_inference_method = "none"
    duplicates = "drop-exact"
    eligible = "all"
    resamples = 0
    pictures = "none"
    \(table)
    [preprocessing.bins.score_bin]
    source = "score_rf"
    direction = "higher-is-safer"
    missing = "drop"
    edges = [-inf, 485, 510, inf]
    [preprocessing.bins.bureau_bin]
    source = "risk_score_rf"
    direction = "higher-is-safer"
    missing = "drop"
    special = { 9999 = "drop", 0 = "drop" }
    edges = [-inf, 600, 650, 700, inf]
    \(more)
    """
  }

  func request(_ name: String, _ more: String = "", table: String = "") -> JobRequest {
    JobRequest(.run, name: name, configuration: .text(text(more, table: table)))
  }
}

/// Waits for something that must come, at most `seconds`.
func eventually(_ seconds: Double = 240, _ body: () throws -> Bool) rethrows -> Bool {
  let end = ContinuousClock.now + .seconds(seconds)
  while ContinuousClock.now < end {
    if try body() { return true }
    usleep(20_000)
  }
  return try body()
}
