import Foundation
import Testing

/// Scripts that must not fail by chance: with `pipefail`, a reader that ends early lets the writer before it die of SIGPIPE, once in
/// a while.
@Suite struct ScriptTests {
  /// What ends before its input does.
  private static let early = [
    "grep -q", "grep -m", "grep --quiet", "grep --max-count", "head", "sed -n '1", "sed q", "sed 1q",
  ]

  /// Every text of the repository that a shell runs: scripts, and blocks of pages that are followed.
  private static func scripts() throws -> [(name: String, text: String)] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    var found: [(String, String)] = []
    for folder in ["scripts", ".ci", "Examples", "docs/recipes", "Plugins", "Benchmarks", "Studies", "Tests/Browser"] {
      let base = root.appendingPathComponent(folder).path
      for path in try FileManager.default.subpathsOfDirectory(atPath: base).sorted() where !path.contains(".build") {
        // Pictures, data and folders are no texts.
        guard let text = try? String(contentsOfFile: base + "/" + path, encoding: .utf8) else { continue }
        let isShell =
          text.hasPrefix("#!/usr/bin/env bash") || text.hasPrefix("#!/bin/sh") || text.hasPrefix("#!/bin/bash")
        if isShell { found.append((folder + "/" + path, text)) }
        if path.hasSuffix(".md") {
          for block in text.split(separator: "```bash run\n").dropFirst() {
            found.append((folder + "/" + path, String(block.split(separator: "```")[0])))
          }
        }
      }
    }
    return found
  }

  private static func faults(_ text: String) -> [String] {
    // A line that ends in a pipe or a backslash goes on in the next one.
    let joined = text.replacing("\\\n", with: " ").replacing("||", with: ";").replacing("|\n", with: "| ")
    return joined.split(separator: "\n").map(String.init).filter { line in
      let code = line.drop { $0 == " " }
      guard !code.hasPrefix("#") else { return false }
      return code.split(separator: "|").dropFirst().contains { part in
        let reader = part.drop { $0 == " " || $0 == "&" }
        return early.contains {
          reader == $0 || reader.hasPrefix($0 + " ") || $0.hasPrefix("grep") && reader.hasPrefix($0)
        }
          || reader.hasPrefix("awk") && reader.contains("exit") || reader.hasPrefix("read ")
      }
    }
  }

  @Test func nothingReadsAPipeHalf() throws {
    let scripts = try Self.scripts()
    #expect(scripts.count > 12, "\(scripts.map(\.name))")
    for script in scripts { #expect(Self.faults(script.text) == [], "\(script.name)") }
  }

  /// The test finds what it looks for.
  @Test func thePatternIsSeen() {
    for bad in [
      "ldd tool | grep -q readstat || exit 1", "sort x | head -3", "ldd tool \\\n  | grep -qx y", "a |\n  grep -m1 b",
      "x | awk '{ print; exit }'",
    ] { #expect(Self.faults(bad).count == 1, "\(bad)") }
    for good in ["grep -q x file", "sort x | tail -3", "# ldd | grep -q x", "a || head -1 file", "x | awk '{ print }'"]
    {
      #expect(Self.faults(good) == [], "\(good)")
    }
  }
}
