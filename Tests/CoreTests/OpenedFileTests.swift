@testable @_spi(Run) import CutlineCore
import Foundation
import TestSupport
import Testing

/// What is read is what was opened, and in a run what its digest is of.
@Suite struct OpenedFileTests {
  private static func entry(_ path: String, readAt: Int) throws -> WatchedInputs.Entry {
    let (sha256, stamp) = try Digest.ofStamped(path)
    return WatchedInputs.Entry(sha256: sha256, stamp: stamp, readAt: readAt)
  }

  private static let long = FileStamp.now() + 60_000_000_000

  @Test func aFileThatIsWrittenToHasChanged() throws {
    let folder = TemporaryFolder()
    try folder.write("a", "one\n")
    let file = try OpenedFile(folder.path("a"))
    #expect(try file.data() == Data("one\n".utf8))
    try folder.write("a", "one\ntwo\n")
    let handle = try #require(FileHandle(forWritingAtPath: folder.path("a")))
    let again = try OpenedFile(folder.path("a"))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("three\n".utf8))
    let fault = expectFaults(.io) { try again.data() }
    #expect(fault?.problem == "changed while it was read")
  }

  /// The size and the time of change are put back; the digest is not to be fooled.
  @Test func bytesThatChangeUnderAnEqualStampAreNoticedInARun() throws {
    let folder = TemporaryFolder()
    try folder.write("a", "one\n")
    let path = folder.path("a")
    for readAt in [Self.long, FileStamp.now()] {
      let entry = try Self.entry(path, readAt: readAt)
      try WatchedInputs.$current.withValue([path: entry]) {
        #expect(try OpenedFile.read(path) == Data("one\n".utf8))
        var status = stat()
        #expect(stat(path, &status) == 0)
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.write(contentsOf: Data("two\n".utf8))
        #expect(futimens(handle.fileDescriptor, [status.st_atim, status.st_mtim]) == 0)
        expectFaults(.io, "read at \(readAt)") { try OpenedFile.read(path) }
        try handle.seek(toOffset: 0)
        try handle.write(contentsOf: Data("one\n".utf8))
        #expect(futimens(handle.fileDescriptor, [status.st_atim, status.st_mtim]) == 0)
        // It is what the digest is of, whatever happened to it.
        #expect(try OpenedFile.read(path) == Data("one\n".utf8))
      }
    }
  }

  /// A link more is no change.
  @Test func anotherNameIsNoChange() throws {
    let folder = TemporaryFolder()
    try folder.write("a", "one\n")
    let path = folder.path("a")
    try WatchedInputs.$current.withValue([path: Self.entry(path, readAt: Self.long)]) { () throws in
      #expect(link(path, folder.path("b")) == 0)
      #expect(try OpenedFile.read(path) == Data("one\n".utf8))
    }
  }

  @Test func anotherFileIsNotTheRuns() throws {
    let folder = TemporaryFolder()
    try folder.write("a", "one\n")
    try folder.write("b", "one\n")
    let path = folder.path("a")
    try WatchedInputs.$current.withValue([path: Self.entry(path, readAt: Self.long)]) {
      #expect(rename(folder.path("b"), path) == 0)
      expectFaults(.io) { try OpenedFile(path) }
    }
  }

  @Test func pipesDevicesAndSocketsAreNotOpened() throws {
    let folder = TemporaryFolder()
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    for (path, kind) in [(folder.path("pipe"), "a named pipe"), ("/dev/zero", "a device"), ("/tmp", "a folder")] {
      let fault = expectFaults(.io) { try OpenedFile(path) }
      #expect(fault?.problem == "is not a file but \(kind)")
    }
    for path in ["/proc/version", "/sys/kernel/uevent_seqnum"] where FileSystem.exists(path) {
      let fault = expectFaults(.io) { try OpenedFile(path) }
      #expect(fault?.problem == "is not a file but what the kernel shows of itself")
    }
  }

  /// A pipe holds more than a thousand bytes at once.
  @Test func aPipeIsKeptUpToALimit() throws {
    let copy = try FileSystem.temporaryFile("a test")
    defer { SystemCall.close(copy) }
    for (limit, fits) in [(1000, true), (999, false)] {
      var ends: [Int32] = [-1, -1]
      #expect(pipe(&ends) == 0)
      defer { SystemCall.close(ends[0]) }
      #expect(Data(repeating: 7, count: 1000).withUnsafeBytes { SystemCall.write($0, to: ends[1]) })
      SystemCall.close(ends[1])
      if fits {
        try SpooledPipes.copyAll(ends[0], "-", to: copy, limit: limit)
        var status = stat()
        #expect(fstat(copy, &status) == 0 && status.st_size == 1000)
      } else {
        let fault = expectFaults(.io) { try SpooledPipes.copyAll(ends[0], "-", to: copy, limit: limit) }
        #expect(fault?.problem.contains("the most that is kept of a pipe") == true)
      }
    }
  }

  @Test(
    arguments: [
      ("-", 0), ("/dev/stdin", 0), ("/dev/fd/63", 63), ("/proc/self/fd/4", 4), ("/dev/fd/", nil), ("/dev/fd/x", nil),
      ("dev/fd/3", nil), ("/dev/fd/-1", nil), ("a", nil),
    ] as [(String, Int32?)])
  func namesOfPipes(path: String, number: Int32?) { #expect(SpooledPipes.number(of: path) == number) }
}
