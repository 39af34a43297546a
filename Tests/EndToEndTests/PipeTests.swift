import Foundation
import Testing

/// Tables out of pipes, and runs into folders behind links.
@Suite struct PipeTests {
  @Test func tablesComeThroughPipes() throws {
    let place = try Workplace()
    try place.simulate(rows: 300)
    let plain = try place.tool("table", "applications.csv")
    let tool = Tool.executable
    func shell(_ command: String) throws -> (code: Int32, out: String) {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments = ["-c", command]
      process.currentDirectoryURL = URL(fileURLWithPath: place.path("."))
      let pipe = Pipe()
      process.standardOutput = pipe
      process.standardError = FileHandle.nullDevice
      try process.run()
      let out = try pipe.fileHandleForReading.readToEnd() ?? Data()
      process.waitUntilExit()
      return (process.terminationStatus, String(decoding: out, as: UTF8.self))
    }
    for command in [
      "cat applications.csv | \(tool) table -", "\(tool) table - < applications.csv",
      "\(tool) table <(cat applications.csv)", "gzip -c applications.csv | \(tool) table /dev/stdin",
    ] {
      let piped = try shell(command)
      #expect(piped.code == 0 && piped.out == plain.out, "\(command)")
    }
    // Nobody writes to it: empty, and not waited for.
    #expect(mkfifo(place.path("pipe"), 0o600) == 0)
    #expect(try place.tool("table", "pipe").code == 3)
    // A run must be able to say later what it was made of.
    let run = try place.tool("run", "--set", "data_path=pipe", "-o", "out")
    #expect(run.code == 7 && run.err.contains("pipe: is not a file"), "\(run.err)")
  }

  @Test func aLinkToAFolderStaysOne() throws {
    let place = try Workplace()
    try place.simulate(rows: 2000)
    try FileManager.default.createDirectory(atPath: place.path("disk/runs"), withIntermediateDirectories: true)
    #expect(symlink("disk/runs", place.path("out")) == 0)
    for _ in 0..<2 { #expect(try place.tool("run", "-o", "out").code == 0) }
    #expect(place.exists("disk/runs/manifest.json"))
    #expect(try place.tool("verify", "out").code == 0)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: place.path("out")) == "disk/runs")
  }
}
