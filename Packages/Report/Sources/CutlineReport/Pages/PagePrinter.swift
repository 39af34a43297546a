@_spi(Run) internal import CutlineCore
internal import Foundation

/// Prints a page as a PDF, by the Chromium of the machine. A page is printed as it stands: no network, no script that its own
/// policy does not name.
public struct PagePrinter: Sendable {
  private let browser: String

  private static let names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]
  private static let timeLimitSeconds = 120.0
  private static let byteLimit = 1 << 28

  /// The browser of this machine; nil where there is none.
  public static func find() -> PagePrinter? {
    find(in: ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin")
  }

  /// - Parameter path: folders, as in the variable `PATH`.
  static func find(in path: String) -> PagePrinter? {
    let folders = path.split(separator: ":").filter { $0.hasPrefix("/") }
    for name in names {
      for folder in folders where access("\(folder)/\(name)", X_OK) == 0 {
        return PagePrinter(browser: "\(folder)/\(name)")
      }
    }
    return nil
  }

  public static let absence =
    "A page is printed by Chromium, which is not installed; any browser prints report.html as well"

  /// - Throws: `Faults` (io) where the browser fails or gives no PDF; `CancellationError`.
  public func pdf(of page: [UInt8]) async throws -> [UInt8] {
    // A browser that runs as root cannot build the sandbox that it wants; the page is one that this program wrote.
    let sandbox = geteuid() == 0 ? ["--no-sandbox"] : []
    let program = AskedProgram(
      "/bin/sh", ["-c", Self.script, "print", browser] + sandbox,
      environment: ["LC_ALL": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"],
      timeLimitSeconds: Self.timeLimitSeconds, byteLimit: Self.byteLimit)
    let pdf = try await program.answer(String(decoding: page, as: UTF8.self))
    guard pdf.starts(with: "%PDF-".utf8), pdf.suffix(8).contains(UInt8(ascii: "%")) else {
      throw Faults.io(browser, "gave no PDF", "Open report.html in a browser and print it there.")
    }
    return pdf
  }

  /// In a folder of its own, which is removed: the page, the browser's profile, the PDF.
  private static let script = """
    set -e
    cat > page.html
    "$@" --headless=new --disable-gpu --no-pdf-header-footer --user-data-dir="$PWD/profile" \
      --print-to-pdf="$PWD/page.pdf" "file://$PWD/page.html" > /dev/null 2> errors || { tail -n 1 errors >&2; exit 1; }
    cat page.pdf
    """
}
