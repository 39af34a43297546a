internal import CutlineCore
public import CutlineRun
internal import Foundation

/// Which build this is: results of another build are not reused.
public enum ProgramIdentity {
  // The link is resolved by hand: /proc/self/exe names the file even when the program was started by a relative path.
  private static var executable: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
  }

  /// Where the executable is.
  public static var folder: String { executable.parentFolder }

  /// Digest over the executable, the libraries beside it (or in `../lib`, when installed) and the loaded `plugins`.
  public static func digest(plugins: [Manifest.Plugin] = []) throws -> String {
    var digests = [try Digest.ofFile(executable).sha256]
    for name in ["libCutlineCore.so", "../lib/libCutlineCore.so", "cutline-sas-reader"]
    where FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
      digests.append(try Digest.ofFile("\(folder)/\(name)").sha256)
    }
    digests += plugins.map(\.sha256)
    return Digest.of(Array(digests.joined().utf8))
  }
}
