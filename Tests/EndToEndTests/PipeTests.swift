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
    // A run reads one too, and its digest is of what came.
    let run = try shell(
      "cat applications.csv | \(tool) run --until cube --set data_path=/dev/stdin -o out && sha256sum applications.csv")
    #expect(run.code == 0)
    #expect(try run.out.contains(place.inputDigest("out")))
  }

  /// A pipe that has a name is a file to nobody: it is refused at once, by whoever is to read it, and never waited for.
  @Test func whatIsNoFileIsRefusedAtOnce() throws {
    let place = try Workplace()
    try place.simulate(rows: 300)
    #expect(try place.tool("run", "--until", "cells", "-o", "out").code == 0)
    #expect(mkfifo(place.path("pipe"), 0o600) == 0)
    let grid = ["--grid", "i,j", "--directions", "higher-is-safer,higher-is-safer"]
    let commands: [[String]] = [
      ["table", "pipe"], ["table", "/dev/zero"], ["table", "."], ["run", "--set", "data_path=pipe"],
      ["run", "-c", "pipe"],
      ["check", "-c", "pipe"], ["evaluate", "out", "pipe"], ["check-certificate", "pipe"],
      ["check-certificate", "applications.csv", "pipe"], ["frontier", "--cells", "pipe"] + grid,
      ["batch", "--segments-config", "pipe"], ["models", "import", "pipe", "-o", "x"], ["plan", "show", "pipe"],
      ["init", "pipe", "-o", "new.toml"], ["run", "--plugin", "pipe"], ["score-metrics", "-c", "pipe"],
    ]
    for command in commands {
      let began = ContinuousClock().now
      let outcome = try place.tool.run(command)
      #expect(outcome.code == 7, "\(command): \(outcome.err)")
      #expect(outcome.err.contains("is not a file but a"), "\(command): \(outcome.err)")
      #expect(ContinuousClock().now - began < .seconds(60), "\(command)")
    }
    #expect(try place.names() == ["applications.csv", "config.toml", "out", "pipe"])
  }

  /// Nothing is made on the way to a name that cannot be.
  @Test func aPathThatCannotBeLeavesNothing() throws {
    let place = try Workplace()
    try place.simulate(rows: 300)
    let long = String(repeating: "x", count: 300)
    for (command, code) in [
      (["run", "-o", "a/b/\(long)"], 7),
      (["run", "-o", "a/" + Array(repeating: long, count: 20).joined(separator: "/")], 7),
      (["table", "applications.csv", "-o", "a/\(long).csv"], 7), (["table", "applications.csv", "-o", ""], 2),
      (["run", "-o", ""], 2), (["table", ""], 2), (["simulate", "-n", "10", "-o", ".."], 2), (["run", "-o", "/"], 7),
    ] as [([String], Int32)] {
      let outcome = try place.tool.run(command)
      #expect(outcome.code == code, "\(command): \(outcome.err)")
      #expect(!outcome.err.contains("NSCocoa") && !outcome.err.contains(". ."), "\(outcome.err)")
      #expect(!outcome.err.replacing("...", with: "").contains(".. "), "\(outcome.err)")
      #expect(try place.names() == ["applications.csv", "config.toml"], "\(command)")
    }
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
