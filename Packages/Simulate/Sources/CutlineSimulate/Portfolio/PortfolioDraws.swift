internal import CutlineCompute
internal import Foundation

/// The random numbers of a portfolio: a pure function of seed, row and slot.
///
/// Row *i* can be drawn by any worker, in any order, and again when a later row refers to it.
struct PortfolioDraws: Sendable {
  /// What a block of four words is for. Slots never share words, so a new parameter leaves the other draws alone.
  enum Slot: UInt32 {
    /// Kind of row, distance to the row it refers to, segment.
    case link
    /// Score, latent remainder, bureau noise.
    case person
    /// Amount, reviewer's impression, counter-offer.
    case terms
    /// Outcome, its month, term of the loan, prepayment.
    case repayment
    /// Take-up and defects of the record.
    case record
    /// Unit error, fresh score of a resubmission.
    case rare
    /// Errors of the recorded scores.
    case recording
  }

  private let key: SIMD2<UInt32>
  // Tells these counters apart from those of a RandomStream under the same key.
  private static let tag: UInt32 = 0x504F_5254

  init(seed: UInt64) {
    var stream = RandomStream(seed: seed, label: "portfolio")
    key = SIMD2(stream.next32(), stream.next32())
  }

  /// A number that only depends on the seed, for the scrambling of identifiers.
  var salt: UInt64 { UInt64(key.x) << 32 | UInt64(key.y) }

  /// Four random words.
  func words(row: Int, _ slot: Slot) -> SIMD4<UInt32> {
    RandomStream.philox(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: row), UInt32(truncatingIfNeeded: row >> 32), slot.rawValue, Self.tag),
      key: key)
  }

  /// Uniform in (0, 1): the middle of one of 2³² equal cells.
  static func uniform(_ word: UInt32) -> Double { (Double(word) + 0.5) * 0x1p-32 }

  /// Two independent standard normals. Source: Box and Muller, *Annals of Mathematical Statistics* 29, 1958.
  static func normals(_ a: UInt32, _ b: UInt32) -> (Double, Double) {
    let radius = (-2 * log(uniform(a))).squareRoot()
    let angle = 2 * Double.pi * uniform(b)
    return (radius * cos(angle), radius * sin(angle))
  }
}
