internal import CutlineCore

/// What reads a SAS file for us and says what it finds: a program of its own, or what one has said before.
protocol SasProgram: AnyObject {
  /// Reads exactly `count` bytes.
  /// - Returns: false where it has ended before the first of them.
  func read(into place: UnsafeMutableRawPointer, count: Int) throws -> Bool
  /// A part of the common memory; nil for a slot or count that does not exist.
  func slot(_ slot: Int, count: Int) -> UnsafeRawBufferPointer?
  /// Lets it fill a slot again.
  func releaseSlot()
  /// Answers its question.
  func send(_ bytes: [UInt8])
  /// Lets it end in its own time.
  func leave()
  /// Why it has ended without a word.
  func stopped() -> Faults
}
