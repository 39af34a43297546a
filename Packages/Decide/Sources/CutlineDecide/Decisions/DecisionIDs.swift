internal import CutlineCore

/// Names of decisions: UUIDs of version 7 that rise in the order of their making, also within a millisecond and where the clock goes
/// back.
///
/// 48 bits of milliseconds, a counter of 12 bits, 62 random bits. The counter begins anew in each millisecond; beyond 4,095 the
/// next millisecond is taken before its time.
///
/// Source: RFC 9562 §5.7, §6.2 (method 1).
struct DecisionIDs {
  private var milliseconds: Int64
  private var counter: Int64

  /// - Parameter last: the greatest name that was given; nil for none.
  init(after last: String?) {
    let digits = (last ?? "").filter { $0 != "-" }
    milliseconds = Int64(digits.prefix(12), radix: 16) ?? -1
    counter = Int64(digits.dropFirst(13).prefix(3), radix: 16) ?? 0
  }

  mutating func next(at moment: Instant) throws -> String {
    let now = moment.microseconds / 1000
    if now > milliseconds {
      (milliseconds, counter) = (now, 0)
    } else {
      counter += 1
      if counter > 0xFFF { (milliseconds, counter) = (milliseconds + 1, 0) }
    }
    var random = try Store.randomBytes(8)
    // The variant of RFC 9562.
    random[0] = random[0] & 0x3F | 0x80
    func hex(_ number: Int64, _ width: Int) -> String {
      let text = String(number, radix: 16)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    let time = hex(milliseconds, 12)
    let rest = SHA256.hexText(random)
    return "\(time.prefix(8))-\(time.suffix(4))-7\(hex(counter, 3))-\(rest.prefix(4))-\(rest.suffix(12))"
  }
}
