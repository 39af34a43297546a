@_spi(Run) internal import CutlineCore
internal import Glibc

/// The content of a gzipped file in a nameless temporary one, which ends with this object.
final class UnfoldedFile {
  let descriptor: Int32
  private(set) var size = 0

  /// - Throws: `Faults` (data) where the content is more than 256 MiB and `limit` times the size of the file.
  init(_ file: InputFile, limit: Int) throws {
    descriptor = try FileSystem.temporaryFile("the unfolded content of \(file.path)")
    let stream = try file.bytes()
    let most = (256 << 20) + limit * file.size
    let block = UnsafeMutableRawPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { block.deallocate() }
    while case let count = try stream.read(into: block, count: 1 << 20), count > 0 {
      size += count
      guard size <= most else {
        throw Faults.data(
          file.path, "the gzipped content unfolds to more than \(most >> 20) MiB",
          "The file is damaged or made to fill the disk; raise expansion_limit (--expansion-limit) if it is neither.")
      }
      guard SystemCall.write(UnsafeRawBufferPointer(start: block, count: count), to: descriptor) else {
        throw FileSystem.temporaryFailure("the unfolded content of \(file.path)")
      }
    }
    lseek(descriptor, 0, SEEK_SET)
  }

  deinit { SystemCall.close(descriptor) }
}
