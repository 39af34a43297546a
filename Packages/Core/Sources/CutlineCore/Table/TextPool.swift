/// Collects distinct texts and numbers them in order of first appearance.
///
/// Open addressing over the pool's own bytes; average O(length) a look-up. A slot holds the hash beside the code, so
/// that a look-up touches the text only where it most likely is the same.
public struct TextPool: Sendable {
  private var bytes: [UInt8] = []
  private var offsets = TextOffsets()
  // Hash in the high half, code + 1 in the low one; 0 = free.
  private var slots: [UInt64] = Array(repeating: 0, count: 64)
  // What `touch` has seen; kept so that looking is not optimised away.
  private var touched: UInt64 = 0

  public init() {}

  /// Number of distinct texts so far.
  public var count: Int { offsets.count - 1 }

  /// The code of `text`, which is added when it is new.
  public mutating func code(of text: UnsafeRawBufferPointer) -> Int32 {
    code(of: text, hash: Self.hash(text))
  }

  /// Appends to `codes` the codes of texts that lie one behind the other in `texts`; an empty one has −1.
  ///
  /// The same as `code(of:)` for each of them, faster by looking ahead.
  public mutating func appendCodes(
    of texts: UnsafeRawBufferPointer, lengths: UnsafeBufferPointer<UInt32>, to codes: inout [Int32]
  ) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.batch) { hashes in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: Self.batch) { found in
        var place = 0
        var first = 0
        while first < lengths.count {
          let last = min(first + Self.batch, lengths.count)
          let some = UnsafeBufferPointer(rebasing: lengths[first..<last])
          reserve(some.count)
          var end = place
          for (index, length) in some.enumerated() {
            hashes[index] = Self.hash(UnsafeRawBufferPointer(rebasing: texts[end..<end + Int(length)]))
            end += Int(length)
          }
          let batch = UnsafeRawBufferPointer(rebasing: texts[place..<end])
          touch(UnsafeBufferPointer(rebasing: hashes[..<some.count]))
          find(batch, some, UnsafeBufferPointer(hashes), found)
          for (index, length) in some.enumerated() {
            if found[index] == Self.isNew {
              let text = UnsafeRawBufferPointer(rebasing: texts[place..<place + Int(length)])
              codes.append(code(of: text, hash: hashes[index]))
            } else {
              codes.append(found[index])
            }
            place += Int(length)
          }
          first = last
        }
      }
    }
  }

  private static let isNew: Int32 = -2

  // Codes of texts that are there already; the parts of the pool are looked at without a check per access.
  private func find(
    _ texts: UnsafeRawBufferPointer, _ lengths: UnsafeBufferPointer<UInt32>, _ hashes: UnsafeBufferPointer<UInt32>,
    _ found: UnsafeMutableBufferPointer<Int32>
  ) {
    let isDone: Void? = slots.withUnsafeBufferPointer { slots in
      offsets.withPlaces { offsets in
        bytes.withUnsafeBytes { bytes in
          let mask = slots.count - 1
          var place = 0
          for index in lengths.indices {
            let length = Int(lengths[index])
            found[index] = length == 0 ? -1 : Self.isNew
            var slot = Int(truncatingIfNeeded: hashes[index]) & mask
            while length > 0, slots[slot] != 0 {
              let entry = slots[slot]
              let code = Int(truncatingIfNeeded: entry & 0xFFFF_FFFF) &- 1
              if entry >> 32 == UInt64(hashes[index]), offsets[code &+ 1] &- offsets[code] == length,
                Self.areSame(bytes, offsets[code], texts, place, length)
              {
                found[index] = Int32(truncatingIfNeeded: code)
                break
              }
              slot = (slot &+ 1) & mask
            }
            place &+= length
          }
        }
      }
    }
    // Beyond 4 GiB of texts each is looked for by itself.
    if isDone == nil { for index in lengths.indices { found[index] = lengths[index] == 0 ? -1 : Self.isNew } }
  }

  /// Whether `isFine` holds for all texts with codes from `first` on.
  public func allSatisfy(from first: Int, _ isFine: (UnsafeRawBufferPointer) -> Bool) -> Bool {
    bytes.withUnsafeBytes { held in (first..<count).allSatisfy { isFine(text($0, in: held)) } }
  }

  /// The text of `code`, in the pool's bytes.
  private func text(_ code: Int, in held: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: held[offsets[code]..<offsets[code + 1]])
  }

  /// Takes the text with the highest code out again.
  public mutating func removeNewest() {
    let newest = count - 1
    guard newest >= 0 else { return }
    let hash = bytes.withUnsafeBytes { Self.hash(text(newest, in: $0)) }
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    // Nothing was added after it, so no other text's search leads through its slot.
    while slots[slot] & 0xFFFF_FFFF != UInt64(count) { slot = (slot + 1) & mask }
    slots[slot] = 0
    bytes.removeLast(bytes.count - offsets[newest])
    offsets.removeLast()
  }

  /// Adds the texts of `other` in its order.
  /// - Returns: for each code of `other` the code here.
  public mutating func merge(_ other: TextPool) -> [Int32] {
    var codes: [Int32] = []
    codes.reserveCapacity(other.count)
    reserve(other.count)
    other.bytes.withUnsafeBytes { held in
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.batch) { hashes in
        var first = 0
        while first < other.count {
          let last = min(first + Self.batch, other.count)
          for code in first..<last { hashes[code - first] = Self.hash(other.text(code, in: held)) }
          touch(UnsafeBufferPointer(rebasing: hashes[..<(last - first)]))
          for code in first..<last {
            codes.append(self.code(of: other.text(code, in: held), hash: hashes[code - first]))
          }
          first = last
        }
      }
    }
    return codes
  }

  private static let batch = 32

  // The parts of a big pool lie far apart. Looking at some dozens that will be needed lets the memory bring them at
  // once, where one look-up after the other would wait for each: first the slots, then the texts that they lead to.
  private mutating func touch(_ wanted: UnsafeBufferPointer<UInt32>) {
    // A small one is near anyway.
    guard slots.count > 4096 else { return }
    let mask = slots.count - 1
    touched = slots.withUnsafeBufferPointer { slots in
      wanted.reduce(0) { seen, hash in seen | slots[Int(truncatingIfNeeded: hash) & mask] }
    }
    touched |= slots.withUnsafeBufferPointer { slots in
      bytes.withUnsafeBufferPointer { bytes in
        var seen: UInt64 = 0
        for hash in wanted {
          let entry = slots[Int(truncatingIfNeeded: hash) & mask]
          if entry >> 32 == UInt64(hash) {
            seen |= UInt64(bytes[min(offsets[Int(entry & 0xFFFF_FFFF) - 1], bytes.count - 1)])
          }
        }
        return seen
      }
    }
  }

  private mutating func reserve(_ more: Int) {
    while (count + more + 1) * 4 > slots.count * 3 { grow() }
  }

  /// The finished column. `codes` must have come from this pool.
  public consuming func column(codes: [Int32]) -> TextColumn {
    TextColumn(codes: codes, bytes: bytes, offsets: offsets)
  }

  private mutating func code(of text: UnsafeRawBufferPointer, hash: UInt32) -> Int32 {
    if (count + 1) * 4 > slots.count * 3 { grow() }
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 {
      let entry = slots[slot]
      if entry >> 32 == UInt64(hash), matches(Int(entry & 0xFFFF_FFFF) - 1, text) {
        return Int32(truncatingIfNeeded: entry & 0xFFFF_FFFF) - 1
      }
      slot = (slot + 1) & mask
    }
    let code = Int32(count)
    slots[slot] = UInt64(hash) << 32 | UInt64(code + 1)
    bytes.append(contentsOf: text)
    offsets.append(bytes.count)
    return code
  }

  private func matches(_ code: Int, _ text: UnsafeRawBufferPointer) -> Bool {
    let start = offsets[code]
    guard offsets[code + 1] - start == text.count else { return false }
    return bytes.withUnsafeBytes { Self.areSame($0, start, text, 0, text.count) }
  }

  @inline(__always)
  private static func areSame(
    _ a: UnsafeRawBufferPointer, _ from: Int, _ b: UnsafeRawBufferPointer, _ place: Int, _ count: Int
  ) -> Bool {
    var done = 0
    while done &+ 8 <= count {
      if a.loadUnaligned(fromByteOffset: from &+ done, as: UInt64.self)
        != b.loadUnaligned(fromByteOffset: place &+ done, as: UInt64.self)
      {
        return false
      }
      done &+= 8
    }
    return rest(a, from &+ done, count &- done) == rest(b, place &+ done, count &- done)
  }

  /// Less than eight bytes as one number.
  @inline(__always)
  private static func rest(_ bytes: UnsafeRawBufferPointer, _ from: Int, _ count: Int) -> UInt64 {
    var value: UInt64 = 0
    var place = from
    if count & 4 != 0 {
      value = UInt64(bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
      place &+= 4
    }
    if count & 2 != 0 {
      value = value << 16 | UInt64(bytes.loadUnaligned(fromByteOffset: place, as: UInt16.self))
      place &+= 2
    }
    if count & 1 != 0 { value = value << 8 | UInt64(bytes[place]) }
    return value
  }

  private mutating func grow() {
    var larger = [UInt64](repeating: 0, count: slots.count * 2)
    let mask = larger.count - 1
    larger.withUnsafeMutableBufferPointer { larger in
      for entry in slots where entry != 0 {
        var slot = Int(truncatingIfNeeded: entry >> 32) & mask
        while larger[slot] != 0 { slot = (slot + 1) & mask }
        larger[slot] = entry
      }
    }
    slots = larger
  }

  // Eight bytes at a time, each step a 128-bit product folded to 64 bits (after W. Yi, *wyhash*). Not seeded: the same
  // texts give the same table in every run; what an adversary could gain is a slow read of a file of his own.
  private static func hash(_ text: UnsafeRawBufferPointer) -> UInt32 {
    var state = UInt64(truncatingIfNeeded: text.count) &* 0x9E37_79B9_7F4A_7C15
    var place = 0
    while place + 8 <= text.count {
      state = folded(state ^ text.loadUnaligned(fromByteOffset: place, as: UInt64.self))
      place += 8
    }
    if place < text.count { state = folded(state ^ rest(text, place, text.count - place)) }
    state = folded(state)
    return UInt32(truncatingIfNeeded: state ^ state >> 32)
  }

  private static func folded(_ value: UInt64) -> UInt64 {
    let product = (value ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
    return product.high ^ product.low
  }
}
