import CutlineCompute
import CutlineCore
import Foundation
import TestSupport
import Testing

@testable import CutlineData

/// What a reader of SAS files says, damaged: a table or a sentence, and the process stays alive for all of them. Seeded;
/// `CUTLINE_MUTATIONS=1000000` (`scripts/mutations`) runs longer.
@Suite struct SasMessageTests {
  private static let rounds = ProcessInfo.processInfo.environment["CUTLINE_MUTATIONS"].flatMap(Int.init) ?? 5000

  /// What the real program says, with what it leaves in the common memory.
  private final class Recording: SasProgram {
    private let program: SasWorker
    private(set) var said: [UInt8] = []
    private(set) var slots: [[UInt8]] = []

    init(_ program: SasWorker) { self.program = program }

    func read(into place: UnsafeMutableRawPointer, count: Int) throws -> Bool {
      guard try program.read(into: place, count: count) else { return false }
      said += UnsafeRawBufferPointer(start: place, count: count)
      return true
    }
    func slot(_ slot: Int, count: Int) -> UnsafeRawBufferPointer? {
      let bytes = program.slot(slot, count: count)
      slots.append(bytes.map(Array.init) ?? [])
      return bytes
    }
    func releaseSlot() { program.releaseSlot() }
    func send(_ bytes: [UInt8]) { program.send(bytes) }
    func leave() { program.leave() }
    func stopped() -> Faults { program.stopped() }
  }

  /// The same again, from memory.
  private final class Replay: SasProgram {
    private let said: [UInt8]
    private var rest: [[UInt8]]
    private var place = 0
    private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: SasWorker.slotBytes, alignment: 16)

    init(_ said: [UInt8], _ slots: [[UInt8]]) { (self.said, rest) = (said, slots.reversed()) }
    deinit { memory.deallocate() }

    func read(into target: UnsafeMutableRawPointer, count: Int) throws -> Bool {
      guard place < said.count else { return false }
      guard count <= said.count - place else { throw stopped() }
      said[place..<place + count].withUnsafeBytes {
        target.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(target), byteCount: count)
      }
      place += count
      return true
    }
    func slot(_ slot: Int, count: Int) -> UnsafeRawBufferPointer? {
      guard (0..<SasWorker.slotCount).contains(slot), (0...SasWorker.slotBytes).contains(count) else { return nil }
      let bytes = rest.popLast() ?? []
      memory.copyBytes(from: bytes.prefix(count))
      return UnsafeRawBufferPointer(rebasing: memory[..<count])
    }
    func releaseSlot() {}
    func send(_ bytes: [UInt8]) {}
    func leave() {}
    func stopped() -> Faults { Faults.data("program", "has ended", "Start it again.") }
  }

  /// One to three blows: bits, whole numbers as counts may be, parts that are missing or come twice.
  private static func damaged(_ original: [UInt8], _ stream: inout RandomStream) -> [UInt8] {
    var bytes = original
    for _ in 0...stream.index(below: 3) where !bytes.isEmpty {
      let at = stream.index(below: bytes.count)
      switch stream.index(below: 5) {
      case 0: bytes[at] ^= 1 << UInt8(stream.index(below: 8))
      case 1, 2:
        let word = [UInt32.max, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF, 0x1_0000, 0, 1, 7][stream.index(below: 8)]
        for index in 0..<min(4, bytes.count - at) { bytes[at + index] = UInt8(truncatingIfNeeded: word >> (8 * index)) }
      case 3: bytes.removeSubrange(at..<min(bytes.count, at + 1 + stream.index(below: 40)))
      default: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 1 + stream.index(below: 40))], at: at)
      }
    }
    return bytes
  }

  @Test(arguments: ["t.sas7bdat", "t.xpt"])
  func damagedMessagesAreRefused(name: String) throws {
    let folder = try TemporaryFolder()
    let table = try Table(
      columns: [
        Column(name: "x", values: .number((0..<40).map(Double.init))),
        Column(name: "t", values: .text(TextColumn((0..<40).map { "text \($0)" }))),
      ], rowCount: 40)
    try TableWriter.write(table, to: folder.file(name))
    let format: TableFormat = name.hasSuffix("xpt") ? .xpt : .sas7bdat
    let file = try InputFile(path: folder.file(name))
    var recording: Recording?
    let honest = try SasReader.read(file, format: format, options: ReadOptions()) {
      program, path, descriptor, size, options in
      let own = Recording(
        try SasWorker(program: program, path: path, descriptor: descriptor, fileSize: size, options: options))
      recording = own
      return own
    }
    let (said, slots) = try (#require(recording).said, #require(recording).slots)
    #expect(honest.table.rowCount == 40)
    func read(_ said: [UInt8], _ slots: [[UInt8]]) throws -> ReadResult {
      try SasReader.read(file, format: format, options: ReadOptions()) { _, _, _, _, _ in Replay(said, slots) }
    }
    #expect(try read(said, slots).table.columns.map(\.name) == honest.table.columns.map(\.name))
    var stream = RandomStream(seed: 51)
    var (taken, refused) = (0, 0)
    for round in 0..<Self.rounds {
      let hitsMemory = !slots.isEmpty && round % 2 == 1
      do {
        let result = try read(
          hitsMemory ? said : Self.damaged(said, &stream),
          hitsMemory ? slots.map { Self.damaged($0, &stream) } : slots)
        taken += 1
        #expect(result.table.columns.allSatisfy { $0.count == result.table.rowCount })
      } catch let error as Faults {
        refused += 1
        #expect([.data, .io].contains(error.exitCode), "round \(round): \(error)")
      }
    }
    #expect(taken > 0 && refused > Self.rounds / 4, "\(taken) \(refused)")
  }
}
