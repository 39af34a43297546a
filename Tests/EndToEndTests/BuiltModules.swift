import Foundation

/// The Swift and C modules of the build that is being tested.
struct BuiltModules {
  /// Where the tool, `libCutlineCore.so` and `Modules` are.
  let folder: String

  /// Of the repository.
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  init() {
    folder = URL(fileURLWithPath: Tool.executable).deletingLastPathComponent().resolvingSymlinksInPath().path
  }

  /// What a compiler needs to find them.
  func flags() throws -> [String] {
    var words = ["-I", folder + "/Modules", "-I", Self.root.appendingPathComponent("Packages/Core/Sources").path]
    for target in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where target.hasSuffix(".build")
    {
      let map = "\(folder)/\(target)/module.modulemap"
      if FileManager.default.fileExists(atPath: map) { words += ["-Xcc", "-fmodule-map-file=\(map)"] }
    }
    return words
  }

  struct Failed: Error { let said: String }

  /// Runs a program of the toolchain.
  func run(_ words: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    let pipe = Pipe()
    process.standardError = pipe
    try process.run()
    let said = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failed(said: String(decoding: said, as: UTF8.self)) }
  }
}
