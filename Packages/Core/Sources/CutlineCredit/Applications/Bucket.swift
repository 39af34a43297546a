/// The hash class of an application: what folds, and whatever else must keep applications together, are made of.
///
/// `bucket = mix(key) mod 60`, where `key` is the 64-bit number that stands for the application's id and `mix` the
/// step of SplitMix64 (its increment, then its finaliser). There is no seed: an application has one bucket in every run, so that sums by bucket can be
/// stored; which buckets make a fold is drawn with the run's seed.
///
/// Source: Steele, Lea, Flood, *Fast splittable pseudorandom number generators*, OOPSLA 2014.
public enum Bucket {
  /// The most there are.
  public static let count = 60
  /// Where fewer would be left, folds are made of rows.
  public static let fewest = 20
  /// There are at least this many rows for each cell and bucket.
  static let rowsPerKey = 8

  /// In `0..<count`. O(1).
  @inlinable
  public static func of(key: UInt64) -> Int {
    var z = key &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % 60)
  }

  /// How many buckets a cube of `cells` and `rows` has: 60, halved until `cells · buckets ≤ rows / 8`; nil where fewer than
  /// 20 would be left. With half as many, the bucket is the other one modulo that number.
  public static func number(cells: Int, rows: Int) -> Int? {
    var buckets = count
    while buckets >= fewest {
      let (keys, overflow) = cells.multipliedReportingOverflow(by: buckets)
      if !overflow, keys <= rows / rowsPerKey { return buckets }
      buckets /= 2
    }
    return nil
  }
}
