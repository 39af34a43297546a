/// Text by code: each row holds the number of a distinct value, or −1 where it is missing.
///
/// The distinct values lie one behind the other in one array of UTF-8 bytes, so ten million identifiers cost their
/// bytes and twelve bytes each, not ten million heap objects.
public struct TextColumn: Sendable {
  /// One code a row: an index into the distinct values, −1 = missing.
  public var codes: [Int32]
  /// UTF-8 of all distinct values, concatenated in order of first appearance.
  public let bytes: [UInt8]
  /// `distinctCount + 1` offsets into `bytes`.
  public let offsets: [Int]

  public init(codes: [Int32], bytes: [UInt8], offsets: [Int]) {
    self.codes = codes
    self.bytes = bytes
    self.offsets = offsets
  }

  /// Builds a column from values; nil and the empty string are missing, as in the files that we read.
  public init(_ values: [String?]) {
    var pool = TextPool()
    var codes: [Int32] = []
    codes.reserveCapacity(values.count)
    for value in values {
      guard var text = value, !text.isEmpty else {
        codes.append(-1)
        continue
      }
      codes.append(text.withUTF8 { pool.code(of: UnsafeRawBufferPointer($0)) })
    }
    self = pool.column(codes: codes)
  }

  /// Number of distinct values.
  public var distinctCount: Int { offsets.count - 1 }

  /// The distinct value of `code`. O(length).
  public func value(_ code: Int32) -> String {
    String(decoding: bytes[offsets[Int(code)]..<offsets[Int(code) + 1]], as: UTF8.self)
  }

  /// The text of `row`, nil where missing.
  public subscript(row: Int) -> String? {
    let code = codes[row]
    return code < 0 ? nil : value(code)
  }

  /// All distinct values, in order of code.
  public var distinctValues: [String] { (0..<Int32(distinctCount)).map(value) }
}

/// Collects distinct texts and numbers them in order of first appearance.
///
/// Open addressing over the pool's own bytes; average O(length) a look-up.
public struct TextPool: Sendable {
  private var bytes: [UInt8] = []
  private var offsets: [Int] = [0]
  private var slots: [Int32] = Array(repeating: -1, count: 64)
  private var hashes: [UInt32] = []

  public init() {}

  /// Number of distinct texts so far.
  public var count: Int { hashes.count }

  /// The code of `text`, which is added when it is new.
  public mutating func code(of text: UnsafeRawBufferPointer) -> Int32 {
    if (hashes.count + 1) * 4 > slots.count * 3 { grow() }
    let hash = Self.hash(text)
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] >= 0 {
      let code = Int(slots[slot])
      if hashes[code] == hash, matches(code, text) { return Int32(code) }
      slot = (slot + 1) & mask
    }
    let code = Int32(hashes.count)
    slots[slot] = code
    hashes.append(hash)
    bytes.append(contentsOf: text)
    offsets.append(bytes.count)
    return code
  }

  /// The finished column. `codes` must have come from this pool.
  public consuming func column(codes: [Int32]) -> TextColumn {
    TextColumn(codes: codes, bytes: bytes, offsets: offsets)
  }

  private func matches(_ code: Int, _ text: UnsafeRawBufferPointer) -> Bool {
    let start = offsets[code]
    guard offsets[code + 1] - start == text.count else { return false }
    return bytes.withUnsafeBytes { held in
      for index in 0..<text.count where held[start + index] != text[index] { return false }
      return true
    }
  }

  private mutating func grow() {
    slots = Array(repeating: -1, count: slots.count * 2)
    let mask = slots.count - 1
    for code in hashes.indices {
      var slot = Int(hashes[code]) & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(code)
    }
  }

  // FNV-1a over bytes, then a finaliser, so that short keys that differ in one digit spread over the table.
  private static func hash(_ text: UnsafeRawBufferPointer) -> UInt32 {
    var state: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    state ^= state >> 29
    state = state &* 0xBF58_476D_1CE4_E5B9
    return UInt32(truncatingIfNeeded: state >> 32)
  }
}
