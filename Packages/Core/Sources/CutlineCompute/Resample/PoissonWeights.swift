/// The whole weights of a bootstrap: each application counts in each resample as often as a Poisson(1) number says, which
/// depends on the stream, the application's key and the resample alone.
///
/// With B resamples drawn in blocks of eight, resample b is lane b mod 8 of block b / 8. One Philox4x32-10 block with the
/// counter (key low, key high, block, 0), under a key that is the stream's first 64 bits, gives eight uniform numbers u of
/// 16 bits, the low half of each word first; the weight is how many of `thresholds` u reaches: the inverse of the cumulative
/// distribution. Applications with equal keys have equal weights, so that a group moves as one.
///
/// P(w ≥ k) is a whole number of 65,536ths for k = 1…8, rounded so that mean and variance are 1 exactly; the total variation
/// from Poisson(1) is 3.7e-5, and no weight exceeds 8. 32 bits a weight would halve the speed and change nothing that
/// 10⁸ draws could show.
///
/// Source: N. Oza, S. Russell, *Online bagging and boosting*, 2001, for the weights; Salmon et al., SC 2011, for Philox.
public struct PoissonWeights: Sendable {
  /// Resamples that one block of random numbers serves.
  public static let perBlock = 8
  /// The largest weight.
  public static let largest = 8
  /// 65,536 · (1 − P(w ≥ k)).
  static let thresholds: [UInt16] = [24109, 48219, 60274, 64291, 65296, 65497, 65531, 65535]

  let key: SIMD2<UInt32>

  public init(_ stream: RandomStream) {
    var stream = stream
    key = SIMD2(stream.next32(), stream.next32())
  }

  /// The weight of the application `key` in a resample, from 0 on. O(1); the definition.
  public func weight(of key: UInt64, in resample: Int) -> Int64 {
    let words = RandomStream.philox(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32),
        UInt32(truncatingIfNeeded: resample / Self.perBlock), 0), key: self.key)
    let lane = resample % Self.perBlock
    let uniform = UInt16(truncatingIfNeeded: words[lane / 2] >> (lane % 2 == 0 ? 0 : 16))
    return Int64(Self.thresholds.count { uniform >= $0 })
  }
}
