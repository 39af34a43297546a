import CutlineRun
import Foundation
import TestSupport
import Testing

@Suite struct ReplacedFileTests {
  /// Two batches in one folder both write batch.json: neither fails, each reader sees one of them whole, nothing is left.
  @Test func manyMayWriteAtATime() async throws {
    let folder = TemporaryFolder()
    let path = folder.path("batch.json")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<6 {
        group.addTask {
          for _ in 0..<40 {
            try ReplacedFile.write(Data(repeating: UInt8(65 + writer), count: 30_000), to: path)
            let read = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(read.count == 30_000 && Set(read).count == 1)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.root) == ["batch.json"])
  }
}
