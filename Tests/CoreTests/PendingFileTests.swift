@testable @_spi(Run) import CutlineCore
import Foundation
import TestSupport
import Testing

/// Files that appear whole, folders that go with their makers, and what the dead have left.
@Suite struct PendingFileTests {
  private func names(_ folder: TemporaryFolder) throws -> [String] { try FileSystem.names(in: folder.path("")) }

  @Test func aFileAppearsWholeOrNotAtAll() throws {
    let folder = TemporaryFolder()
    try folder.write("a", "old")
    do {
      let file = try PendingFile(folder.path("a"))
      try Data("new".utf8).withUnsafeBytes { try file.append($0) }
      #expect(try names(folder) == ["a"], "it has no name, or a hidden one")
      #expect(try folder.read("a") == "old")
    }
    #expect(try names(folder) == ["a"] && folder.read("a") == "old", "given up")
    try PendingFile.write(Data("new".utf8), to: folder.path("a"))
    #expect(try names(folder) == ["a"] && folder.read("a") == "new")
    expectFaults(.io) { try PendingFile.write(Data("other".utf8), to: folder.path("a"), mayReplace: false) }
    #expect(try folder.read("a") == "new")
    try PendingFile.write(Data("b".utf8), to: folder.path("b"), mayReplace: false)
    #expect(try names(folder) == ["a", "b"])
  }

  @Test func aLinkIsWrittenThrough() throws {
    let folder = TemporaryFolder()
    try folder.write("a", "old")
    #expect(symlink("a", folder.path("link")) == 0)
    try PendingFile.write(Data("new".utf8), to: folder.path("link"))
    #expect(try folder.read("a") == "new" && FileSystem.isLink(folder.path("link")))
  }

  @Test func linksThatLeadNowhereStay() throws {
    let folder = TemporaryFolder()
    #expect(symlink("nothing", folder.path("dangling")) == 0 && symlink("loop", folder.path("loop")) == 0)
    for name in ["dangling", "loop"] {
      expectFaults(.io) { try PendingFile.write(Data("new".utf8), to: folder.path(name)) }
      #expect(FileSystem.isLink(folder.path(name)))
    }
    #expect(try names(folder) == ["dangling", "loop"])
  }

  /// Its reader may come a little later; where none comes, that is said.
  @Test func aPipeWaitsForItsReaderForAWhile() throws {
    let folder = TemporaryFolder()
    let path = folder.path("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    let fault = expectFaults(.io) { try PendingFile(path, patience: .zero) }
    #expect(fault?.problem.contains("nobody has opened") == true)
    let reader = open(path, O_RDONLY | O_NONBLOCK)
    defer { SystemCall.close(reader) }
    try PendingFile.write(Data("new".utf8), to: path)
    var bytes = [UInt8](repeating: 0, count: 8)
    #expect(read(reader, &bytes, 8) == 3 && bytes.prefix(3) == Array("new".utf8)[...])
  }

  @Test func namesAtTheLimitAreWritten() throws {
    let folder = TemporaryFolder()
    let name = String(repeating: "é", count: 127)
    for text in ["one", "two"] { try PendingFile.write(Data(text.utf8), to: folder.path(name)) }
    #expect(try names(folder) == [name] && folder.read(name) == "two")
    expectFaults(.io) { try PendingFile(folder.path(name + "éé")) }
  }

  /// What nobody holds is of the dead; what is held, of another name, or no file stays.
  @Test func onlyWhatTheDeadHaveLeftIsRemoved() throws {
    let folder = TemporaryFolder()
    for name in [".a.cutline-1-0.tmp", ".a.cutline-2-0.tmp", ".b.cutline-1-0.tmp", ".a.cutline-lock", "a"] {
      try folder.write(name, name)
    }
    try FileSystem.makeFolders(folder.path(".a.cutline-3-0.tmp"))
    let held = open(folder.path(".a.cutline-2-0.tmp"), O_RDWR)
    #expect(flock(held, LOCK_EX) == 0)
    try PendingFile.write(Data("new".utf8), to: folder.path("a"))
    #expect(
      try names(folder) == [".a.cutline-2-0.tmp", ".a.cutline-3-0.tmp", ".a.cutline-lock", ".b.cutline-1-0.tmp", "a"])
    SystemCall.close(held)
    try PendingFile.write(Data("new".utf8), to: folder.path("a"))
    #expect(try names(folder) == [".a.cutline-3-0.tmp", ".a.cutline-lock", ".b.cutline-1-0.tmp", "a"])
  }

  @Test func aPrivateFolderGoesWithItsMaker() throws {
    let folder = TemporaryFolder()
    try FileSystem.makeFolders(folder.path(".out.cutline-dead01/deep/er"))
    try folder.write(".out.cutline-dead01/deep/rows.csv", "personal")
    do {
      let own = try PrivateFolder(in: folder.path(""), beside: "out")
      let other = try PrivateFolder(in: folder.path(""), beside: "out")
      #expect(try names(folder).count == 2, "the dead one has gone, the living ones stay")
      #expect(try FileManager.default.attributesOfItem(atPath: own.path)[.posixPermissions] as? Int == 0o700)
      withExtendedLifetime(other) {}
    }
    #expect(try names(folder) == [])
  }

  @Test func foldersThatCannotBeMadeLeaveNothing() throws {
    let folder = TemporaryFolder()
    expectFaults(.io) { try FileSystem.makeFolders(folder.path("a/b/" + String(repeating: "x", count: 300))) }
    #expect(try names(folder) == [])
    #expect(try FileSystem.makeFolders(folder.path("a/b/c/")).count == 3)
    #expect(try FileSystem.makeFolders(folder.path("a/b/c")) == [])
  }

  @Test func whatCannotBeListedIsNotEmpty() throws {
    let folder = TemporaryFolder()
    expectFaults(.io) { try FileSystem.names(in: folder.path("none")) }
    expectFaults(.io) { try FileSystem.filesBelow(folder.path("none")) }
  }
}
