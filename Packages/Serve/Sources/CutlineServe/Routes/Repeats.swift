internal import CutlineDecide
internal import Synchronization

/// Answers that may be asked for again, where there is no store to keep them: in memory, for 24 hours.
final class Repeats: Sendable {
  private struct Entry {
    let asked: String
    let answer: Response
    let at: Instant
  }
  private let entries = Mutex<[String: Entry]>([:])
  static let most = 10_000

  /// Does what `body` does once for each key of each person. What is refused is not kept.
  ///
  /// - Throws: `Problem` (idempotency conflict) where the key came with another request.
  func once(_ key: String, by name: String, asked: String, at now: Instant, _ body: () throws -> Response) throws
    -> Response
  {
    let place = "\(name)\n\(key)"
    // Two requests of one key at the same time are one after the other, so that all wait for each other: what is asked for is rare.
    return try entries.withLock { entries in
      if let entry = entries[place], now < entry.at.adding(hours: 24) {
        guard entry.asked == asked else {
          throw Problem(
            .idempotencyConflict, "Idempotency-Key came with another request before. Use a new key for another request."
          )
        }
        var answer = entry.answer
        answer.set("Idempotent-Replay", "true")
        return answer
      }
      let answer = try body()
      if entries.count >= Self.most { entries = entries.filter { now < $0.value.at.adding(hours: 24) } }
      if entries.count < Self.most { entries[place] = Entry(asked: asked, answer: answer, at: now) }
      return answer
    }
  }
}
