import Foundation
import Testing

/// A page as headless Chromium sees it, by `Tests/Browser/page.py`; axe-core where `scripts/setup` has brought it.
struct Browser: Decodable {
  struct Violation: Decodable {
    let impact: String?
    let id: String
    let nodes: Int
    let first: String
  }
  struct Numbers: Decodable {
    let found: Int
    let wrong: [[String]]
  }
  let bytes: Int
  let alerts: Bool
  let console, requests: [String]
  let title: String?
  let scripts: Int?
  let violations: [Violation]?
  let numbers: Numbers?
  /// Of the document on a telephone, in pixels.
  let width: Int?

  static let missing: Comment =
    "needs Python 3.11, chromium and chromedriver (apt-get install chromium chromium-driver)"

  static let isAvailable: Bool =
    OracleScripts.isAvailable
    && OracleScripts.has(
      "import shutil, sys; sys.exit(not (shutil.which('chromium') and shutil.which('chromedriver')))")

  private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Browser/page.py").path

  /// Opens `page`; with `run`, every number of it is looked up in the tables of that folder.
  static func open(_ page: String, run: String? = nil, withoutScripts: Bool = false) throws -> Browser {
    let said = try OracleScripts.python(
      [script, page] + (run.map { ["--run", $0] } ?? []) + (withoutScripts ? ["--no-scripts"] : ["--axe", "installed"]))
    guard said.code == 0 else { throw Workplace.Failed(said: said.err) }
    return try JSONDecoder().decode(Browser.self, from: Data(said.out.utf8))
  }

  /// What would keep somebody from reading the page.
  var serious: [Violation] { (violations ?? []).filter { ["serious", "critical"].contains($0.impact ?? "") } }
}
