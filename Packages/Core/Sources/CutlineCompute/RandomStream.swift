/// A counter-based stream of random numbers: Philox4x32-10.
///
/// The *n*-th number depends only on the seed, the stream and *n*, so work can be split over any number of workers
/// and every one of them draws the same numbers.
///
/// Source: Salmon, Moraes, Dror, Shaw, *Parallel random numbers: as easy as 1, 2, 3*, SC 2011.
public struct RandomStream: Sendable {
  private let key: SIMD2<UInt32>
  private let stream: UInt64
  private var counter: UInt64 = 0
  private var block: SIMD4<UInt32> = .zero
  private var unused = 0

  /// - Parameters:
  ///   - seed: the run's seed.
  ///   - stream: tells independent uses of one seed apart.
  public init(seed: UInt64, stream: UInt64 = 0) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    self.stream = stream
  }

  /// A stream named by a text, such as a stage's id; equal texts give equal streams.
  public init(seed: UInt64, label: String) {
    self.init(seed: seed, stream: Self.hash(label.utf8))
  }

  /// The 64-bit FNV-1a hash of bytes: a number that stands for a text, such as an application's id.
  @inlinable
  public static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
  }

  /// The first 32 bits of the block at `counter`: what belongs to a key, whatever was drawn before.
  public func bits(at counter: UInt64) -> UInt32 {
    Self.philox(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32),
        UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32)), key: key
    ).x
  }

  /// The Philox4x32-10 block function: ten rounds of two 32×32→64 products. A pure function of its arguments.
  @inlinable
  public static func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var c = counter
    var k = key
    for _ in 0..<10 {
      let a = UInt64(0xD251_1F53) * UInt64(c.x)
      let b = UInt64(0xCD9E_8D57) * UInt64(c.z)
      c = SIMD4(
        UInt32(truncatingIfNeeded: b >> 32) ^ c.y ^ k.x, UInt32(truncatingIfNeeded: b),
        UInt32(truncatingIfNeeded: a >> 32) ^ c.w ^ k.y, UInt32(truncatingIfNeeded: a))
      k &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return c
  }

  /// 32 random bits.
  public mutating func next32() -> UInt32 {
    if unused == 0 {
      let words = SIMD4(
        UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32),
        UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32))
      block = Self.philox(counter: words, key: key)
      counter += 1
      unused = 4
    }
    unused -= 1
    return block[3 - unused]
  }

  /// 64 random bits.
  public mutating func next64() -> UInt64 { UInt64(next32()) | UInt64(next32()) << 32 }

  /// Uniform in [0, 1), 53 bits.
  public mutating func uniform() -> Double { Double(next64() >> 11) * 0x1p-53 }

  /// Uniform in 0..<`bound` without bias (Lemire's rejection). `bound` ≥ 1.
  public mutating func index(below bound: Int) -> Int {
    let range = UInt64(max(1, bound))
    while true {
      let (high, low) = next64().multipliedFullWidth(by: range)
      if low >= range || low >= (0 &- range) % range { return Int(high) }
    }
  }

  /// Shuffles in place (Fisher and Yates). O(n).
  public mutating func shuffle<Element>(_ elements: inout [Element]) {
    for i in stride(from: elements.count - 1, to: 0, by: -1) { elements.swapAt(i, index(below: i + 1)) }
  }
}
