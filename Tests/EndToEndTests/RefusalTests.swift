import Foundation
import Testing

/// Memory and threads that the system refuses, and limits that a command is given.
@Suite struct RefusalTests {
  /// The tool under a limit of its address space in KiB.
  private func limited(_ place: Workplace, kibibytes: Int, _ arguments: [String]) throws -> Tool.Outcome {
    let said = place.path("said.txt")
    try Data().write(to: URL(fileURLWithPath: said))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "ulimit -v \(kibibytes); exec \"$0\" \"$@\"", Tool.executable] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: place.root)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: said))
    try process.run()
    process.waitUntilExit()
    let code = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    return Tool.Outcome(code: code, out: "", err: try place.read("said.txt"))
  }

  @Test func refusedMemoryEndsWithASentence() throws {
    let place = try Workplace()
    try place.simulate(rows: 400)
    var refused = 0
    for mebibytes in [190, 230, 270, 310, 370, 450, 900] {
      let outcome = try limited(
        place, kibibytes: mebibytes << 10, ["run", "--config", "config.toml", "--output", "run", "--fresh"])
      #expect([0, 7].contains(outcome.code), "\(mebibytes): \(outcome.code) \(outcome.err.suffix(300))")
      if outcome.code == 7 {
        refused += 1
        #expect(outcome.err.contains("error: "), "\(mebibytes)")
      }
    }
    #expect(refused > 0)
    // What a refusal left is gone after the next good run.
    #expect(try place.tool("run", "--config", "config.toml", "--output", "run").code == 0)
    #expect(
      try place.names().filter { $0.hasPrefix(".run") && $0.contains("cutline-") && !$0.hasSuffix("-lock") } == [])
  }

  @Test(.timeLimit(.minutes(2))) func refusedThreadsEndWithASentence() throws {
    let place = try Workplace()
    try place.simulate(rows: 400)
    let library = place.path("refuse.so")
    try place.write(
      "refuse.c",
      """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <errno.h>
      #include <pthread.h>
      #include <stdlib.h>
      int pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*f)(void *), void *x) {
        static int made = 0;
        int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) = dlsym(RTLD_NEXT, "pthread_create");
        const char *from = getenv("REFUSE_FROM");
        if (from && __atomic_add_fetch(&made, 1, __ATOMIC_SEQ_CST) >= atoi(from)) return EAGAIN;
        return real(t, a, f, x);
      }
      """)
    let compiler = ["/usr/bin/cc", "/usr/bin/clang", "/usr/bin/gcc"]
      .first { FileManager.default.isExecutableFile(atPath: $0) }
    // Nothing to make the library with.
    guard let compiler else { return }
    let made = Process()
    made.executableURL = URL(fileURLWithPath: compiler)
    made.arguments = ["-shared", "-fPIC", "-o", library, place.path("refuse.c"), "-ldl"]
    try made.run()
    made.waitUntilExit()
    #expect(made.terminationStatus == 0)
    for first in [1, 2, 4] {
      let said = place.path("said.txt")
      try Data().write(to: URL(fileURLWithPath: said))
      let process = Process()
      process.executableURL = URL(fileURLWithPath: Tool.executable)
      process.arguments = ["run", "--config", "config.toml", "--output", "run", "--fresh"]
      process.environment = ProcessInfo.processInfo.environment.merging([
        "LD_PRELOAD": library, "REFUSE_FROM": "\(first)",
      ]) { $1 }
      process.currentDirectoryURL = URL(fileURLWithPath: place.root)
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: said))
      try process.run()
      process.waitUntilExit()
      let text = try place.read("said.txt")
      #expect(process.terminationReason == .exit && [0, 7].contains(process.terminationStatus), "\(first)")
      if process.terminationStatus == 7 { #expect(text.contains("error: "), "\(first)") }
      if first == 1 { #expect(process.terminationStatus == 7 && text.contains("error: threads: ")) }
    }
  }

  @Test func limitsOfACommandHold() throws {
    let place = try Workplace()
    let cells = (0..<1200).map { "\($0),\($0),\(1 + $0 * 7919 % 97),\($0 * 31 % 5),\(20 + $0 * 17 % 83)" }
    try place.write("cells.csv", (["i,j,amount,todu30,pile"] + cells).joined(separator: "\n") + "\n")
    let command = [
      "frontier", "--cells", "cells.csv", "--grid", "i,j", "--directions", "higher-is-safer,higher-is-safer", "-o",
      "f.csv",
    ]
    let large = try place.tool.run(command + ["--memory", "100"])
    #expect(large.code == 3 && large.err.contains("1200 × 1200 cells needs at least"), "\(large.err)")
    #expect(!place.exists("f.csv"))
    let clock = ContinuousClock()
    let start = clock.now
    let short = try place.tool.run(command + ["--time-limit", "0.3", "--strict"])
    #expect(short.code == 5 && short.err.contains("open"), "\(short.err.suffix(300))")
    // Generous, for machines that do other things.
    #expect((clock.now - start) / .seconds(1) < 30)
    // The same options on every search.
    for search in ["exhaustive", "frontier"] {
      let few = (0..<4).map { "\($0 / 2),\($0 % 2),\(10 - $0),\($0),\(50)" }
      try place.write("few.csv", (["i,j,amount,todu30,pile"] + few).joined(separator: "\n") + "\n")
      let outcome = try place.tool(
        "frontier", "--cells", "few.csv", "--grid", "i,j", "--directions", "higher-is-riskier,higher-is-riskier",
        "--search", search, "--time-limit", "5", "--memory", "200", "-o", "few-\(search).csv")
      #expect(outcome.code == 0, "\(outcome.err)")
    }
    #expect(try place.read("few-exhaustive.csv") == place.read("few-frontier.csv"))
  }
}
