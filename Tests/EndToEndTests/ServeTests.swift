import Foundation
import Testing

/// The servers over sockets, by the programs in `Tests/Http`: each says what was not as it must be.
@Suite struct ServeTests {
  private static let folder = BuiltModules.root.appendingPathComponent("Tests/Http").path

  /// Whether the library is there and there is a Python: the programs need both.
  static let isAvailable: Bool = {
    guard OracleScripts.isAvailable, let place = try? Workplace() else { return false }  // then it is skipped
    // A port that no process may have is refused before the library is looked for.
    let outcome = try? place.tool("dashboard", "--port", "0", "--listen", "nowhere")
    return outcome?.err.contains("is no address") ?? false
      && ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib", "/usr/local/lib"].contains {
        FileManager.default.fileExists(atPath: "\($0)/libmicrohttpd.so.12")
      }
  }()

  private static func run(_ program: String) throws -> Tool.Outcome {
    let place = try Workplace()
    return try OracleScripts.python(["\(folder)/\(program)", Tool.executable, place.root])
  }

  @Test(
    .enabled(if: isAvailable, "needs libmicrohttpd and Python 3.11"),
    arguments: ["probes.py", "limits.py", "doors.py", "work.py", "training.py", "contract.py"])
  func theServerKeepsItsDoor(program: String) throws {
    let outcome = try Self.run(program)
    #expect(outcome.code == 0, "\(program): \(outcome.out)\(outcome.err)")
  }

  @Test func whatCannotBeServedIsSaid() throws {
    let place = try Workplace()
    for (words, code, said) in [
      (["serve"], 7, "is not there"), (["dashboard", "--listen", "localhost"], 2, "is no address"),
      (["dashboard", "--port", "70000"], 2, "is not a whole number"),
      (["allocator", "--threads", "0"], 2, "is not a whole number"),
      (["dashboard", "--listen", "192.0.2.7", "--port", "0"], 7, "cannot be listened at"),
      (["dashboard", "--access-log", "none/log", "--port", "0"], 7, "cannot be added to"),
    ] {
      let outcome = try place.tool.run(words)
      #expect(outcome.code == code && outcome.err.contains(said), "\(words): \(outcome.code) \(outcome.err)")
    }
  }
}
