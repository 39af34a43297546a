internal import CutlineCore

/// Who a row belongs to: its own application, a copy of an earlier row, or a resubmission.
struct PortfolioLinks {
  /// Row whose application this row shows: itself, or the row that it duplicates.
  var content: [Int32] = []
  /// Row in which the applicant first applied.
  var person: [Int32] = []
  /// Number of the application, in order of first appearance.
  var application: [Int32] = []
  /// Number of the decision, in order of first appearance.
  var decision: [Int32] = []
  private(set) var applicationCount = 0, decisionCount = 0

  /// How far back in its month a row may refer.
  static let reach = 1000

  /// Resolves `links`, which hold for each row itself, the row that it copies, or −1 − the row that it resubmits.
  ///
  /// A row refers to earlier rows only, so one pass suffices. O(rows).
  init(_ links: [Int32]) {
    content = links
    person = links
    application = links
    decision = links
    for row in links.indices {
      let link = links[row]
      if link == row {
        application[row] = Int32(applicationCount)
        decision[row] = Int32(decisionCount)
        applicationCount += 1
        decisionCount += 1
        continue
      }
      let origin = Int(link >= 0 ? link : -1 - link)
      person[row] = person[origin]
      decision[row] = decision[origin]
      if link >= 0 {
        content[row] = content[origin]
        application[row] = application[origin]
      } else {
        content[row] = Int32(row)
        application[row] = Int32(applicationCount)
        applicationCount += 1
      }
    }
  }

  /// The link of one row of a month that starts at `monthStart`.
  static func link(_ row: Int, monthStart: Int, _ sampler: ApplicationSampler) -> Int32 {
    guard row > monthStart else { return Int32(row) }
    let words = sampler.draws.words(row: row, .link)
    let kind = PortfolioDraws.uniform(words.x)
    guard kind < sampler.model.duplicateShare + sampler.model.resubmissionShare else { return Int32(row) }
    let nearby = min(row - monthStart, reach)
    let origin = row - 1 - Int(UInt64(words.y) * UInt64(nearby) >> 32)
    return Int32(kind < sampler.model.duplicateShare ? origin : -1 - origin)
  }
}

/// Spells identifiers: distinct numbers give distinct texts of one length.
enum PortfolioIdentifiers {
  /// `AU` and decimal digits, scattered by an affine map modulo a power of ten.
  static func authorizations(_ count: Int, salt: UInt64) -> (bytes: [UInt8], offsets: TextOffsets) {
    let digits = count <= 100_000_000 ? 8 : 10
    let modulus: UInt64 = digits == 8 ? 100_000_000 : 10_000_000_000
    // Ends in 7, so it has an inverse modulo a power of ten and no two numbers meet.
    let multiplier: UInt64 = digits == 8 ? 61_803_397 : 6_180_339_887
    return spell(count, prefix: "AU", digits: digits) { number, place in
      var rest = (UInt64(number) * multiplier + salt % modulus) % modulus
      for digit in stride(from: digits - 1, through: 0, by: -1) {
        place[digit] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      }
    }
  }

  /// `SE-` and eight hexadecimal digits, scattered by an invertible mix of 32 bits (the finaliser of MurmurHash3,
  /// A. Appleby, public domain).
  static func decisions(_ count: Int, salt: UInt64) -> (bytes: [UInt8], offsets: TextOffsets) {
    spell(count, prefix: "SE-", digits: 8) { number, place in
      var mixed = UInt32(truncatingIfNeeded: number) ^ UInt32(truncatingIfNeeded: salt)
      mixed ^= mixed >> 16
      mixed &*= 0x85EB_CA6B
      mixed ^= mixed >> 13
      mixed &*= 0xC2B2_AE35
      mixed ^= mixed >> 16
      for digit in 0..<8 {
        let nibble = UInt8(truncatingIfNeeded: mixed >> UInt32(28 - 4 * digit)) & 15
        place[digit] = nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") + nibble - 10
      }
    }
  }

  private static func spell(
    _ count: Int, prefix: String, digits: Int, write: (Int, UnsafeMutablePointer<UInt8>) -> Void
  ) -> (bytes: [UInt8], offsets: TextOffsets) {
    let head = Array(prefix.utf8)
    let length = head.count + digits
    let bytes = [UInt8](unsafeUninitializedCapacity: count * length) { buffer, initialized in
      if let start = buffer.baseAddress {
        for number in 0..<count {
          let place = start + number * length
          for (index, byte) in head.enumerated() { place[index] = byte }
          write(number, place + head.count)
        }
      }
      initialized = count * length
    }
    return (bytes, TextOffsets((0...count).lazy.map { $0 * length }))
  }
}
