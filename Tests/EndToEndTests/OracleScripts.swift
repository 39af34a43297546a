import CutlineTesting
import Foundation
import Testing

/// The independent recomputation in `Tests/Oracles`: pure Python, which needs `tomllib` (Python 3.11).
struct OracleScripts {
  static let missing: Comment = "needs Python 3.11 or later as python3"

  /// Whether there is a Python that can run the scripts.
  static let isAvailable: Bool = {
    // Without Python the tests are skipped with a reason; a failure to start it means just that.
    let found = try? Self.python(["-c", "import tomllib"])
    return found?.code == 0
  }()

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Oracles").path

  let config: String
  let data: String
  let settings: [String]
  /// The first rows of the file that the run has read; all of them where nil.
  let rows: Int?

  /// Recomputes the run and compares everything.
  func portfolio(_ run: String) throws -> Tool.Outcome {
    try Self.python(["\(Self.folder)/portfolio.py", run] + arguments)
  }

  /// Compares `cutline evaluate` on 1,000 random monotone cutoffs.
  func evaluate(_ run: String) throws -> Tool.Outcome {
    try Self.python(["\(Self.folder)/evaluate.py", run, "--tool", Tool.executable] + arguments)
  }

  /// Compares what the run predicts of accepted rejects with what would have happened to them.
  func truth(_ run: String, _ truth: String) throws -> Tool.Outcome {
    try Self.python(["\(Self.folder)/truth.py", run, "--truth", truth] + arguments)
  }

  /// Recomputes the audit and the recent period of the run.
  func monitor(_ run: String) throws -> Tool.Outcome {
    try Self.python(["\(Self.folder)/monitor.py", run] + arguments)
  }

  /// Decides by exported strategies with other engines, and recomputes what is said of stated ones.
  static func strategies(_ arguments: [String]) throws -> Tool.Outcome {
    try python(["\(Self.folder)/strategies.py"] + arguments)
  }

  /// Whether Python has what a line of it imports.
  static func has(_ line: String) -> Bool {
    // A failure to start it means just that.
    let found = try? python(["-c", line])
    return found?.code == 0
  }

  /// Recomputes what is said of scores in `cases.json` of a folder.
  static func scoreMetrics(_ folder: String) throws -> Tool.Outcome {
    try python(["\(Self.folder)/score_metrics.py", folder])
  }

  /// Recomputes the draws that stand in a folder beside their sample.
  static func bootstrap(_ folder: String) throws -> Tool.Outcome {
    try python(["\(Self.folder)/bootstrap.py", folder])
  }

  private var arguments: [String] {
    ["--data", data, "--config", config] + settings.flatMap { ["--set", $0] }
      + (rows.map { ["--rows", "\($0)"] } ?? [])
  }

  static func python(_ arguments: [String]) throws -> Tool.Outcome {
    let place = try Workplace()
    let (out, err) = (place.path("out"), place.path("err"))
    for file in [out, err] { try Data().write(to: URL(fileURLWithPath: file)) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    // The scripts import each other; nothing of that may be left in the checkout.
    process.arguments = ["python3", "-B"] + arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: out))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: err))
    try process.run()
    process.waitUntilExit()
    return Tool.Outcome(code: process.terminationStatus, out: try place.read("out"), err: try place.read("err"))
  }
}

/// The public portfolio beside the repository.
enum PublicPortfolio {
  static let csv = SharedFiles.path("data/portfolio/portfolio_public.csv.gz", from: #filePath)
  static let sas = SharedFiles.path("data/portfolio/portfolio_public_first45k.sas7bdat", from: #filePath)
  static let missing: Comment = "needs ../shared/data/portfolio, which this clone does not have"
  static let isPresent = csv != nil && sas != nil
  /// The rows of the SAS file are the first ones of the CSV file.
  static let sasRows = 45_000
  static let example = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Examples/portfolio/config.toml").path
  /// The months that the SAS file holds whole.
  static let sasMonths = ["date_ini_book_obs=\"2021-01-01\"", "date_fin_book_obs=\"2021-06-01\""]
}
