@testable import CutlineRun
@_spi(Run) import CutlineCore
import Foundation
import TestSupport
import Testing

/// What may give way to a run, and what its neighbours are called.
@Suite struct RunFolderTests {
  private static let refusal = Faults.io("x", "cannot be listed: Permission denied", "Check its permissions.")

  @Test func whatCannotBeListedIsNotReplaced() {
    let fault = expectFaults(.io) {
      try ReplaceableFolder.check("x", shown: "x", names: { _ in throw Self.refusal }, below: { _ in [] })
    }
    #expect(fault?.problem.contains("what it holds is not known") == true)
    #expect(fault?.advice.contains("nothing was touched") == true)
  }

  /// A folder of a run in which another one cannot be listed.
  @Test func aRunWithAClosedFolderIsNotReplaced() throws {
    let folder = TemporaryFolder()
    try folder.write("manifest.json", "{}")
    expectFaults(.io) {
      try ReplaceableFolder.check(
        folder.path(""), shown: "x", names: { _ in ["manifest.json", "data"] }, below: { _ in throw Self.refusal })
    }
  }

  @Test func emptyFoldersGiveWay() throws {
    try ReplaceableFolder.check("x", shown: "x", names: { _ in [] }, below: { _ in [] })
    expectFaults(.io) { try ReplaceableFolder.check("x", shown: "x", names: { _ in ["a"] }, below: { _ in ["a"] }) }
  }

  @Test(
    arguments: [
      ("123", RunNeighbours.Kind.made), ("123-2", .made), ("123-files", .made), ("123-2-files", .made),
      ("123-whole", .whole),
      ("old", .aside), ("lock", nil), ("", nil), ("x", nil), ("123-mine", nil), ("9.cutline-123", nil), ("1-2-3", nil),
      ("1-0.tmp", nil), ("whole", nil), ("files", nil), ("-1", nil),
    ] as [(String, RunNeighbours.Kind?)])
  func neighbours(rest: String, kind: RunNeighbours.Kind?) { #expect(RunNeighbours.kind(rest) == kind) }

  /// A run of `out` does not take those of `out.cutline-9` for its own.
  @Test func cleaningTakesNothingOfOthers() throws {
    let folder = TemporaryFolder()
    for name in [".out.cutline-9.cutline-5", ".out.cutline-mine", ".other.cutline-5", ".out.cutline-5-files/1"] {
      try FileSystem.makeFolders(folder.path(name))
    }
    try folder.write(".out.cutline-mine/thesis.txt", "precious")
    // What had stood at the target and is no run: seen from now on, and kept.
    try FileSystem.makeFolders(folder.path(".out.cutline-7-whole"))
    try folder.write(".out.cutline-7-whole/thesis.txt", "precious")
    let neighbours = try RunNeighbours(of: folder.path("out"), shown: "out")
    #expect(try neighbours.clean().count == 1)
    #expect(
      try FileSystem.names(in: folder.path(""))
        == [".other.cutline-5", ".out.cutline-9.cutline-5", ".out.cutline-mine", "out.kept-1"])
    #expect(try folder.read("out.kept-1/thesis.txt") == "precious")
  }

  @Test(arguments: ["/", "/tmp/" + String(repeating: "x", count: 211)]) func targetsThatCannotBe(path: String) {
    expectFaults(.io) { try RunNeighbours(of: path, shown: path) }
  }
}
