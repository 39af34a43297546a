/// The tree of RFC 6962: a leaf is SHA-256(0x00 ‖ data), a node SHA-256(0x01 ‖ left ‖ right), and a tree of n leaves is split at
/// the largest power of two below n.
///
/// Pure functions: whoever has a root, a proof and a leaf needs nothing else. Whole subtrees (2^level leaves from position ·
/// 2^level on) never change once they are there, so a log keeps their hashes, and every root and proof is made of O(log n) of them.
///
/// Source: RFC 6962 §2.1; verification as in RFC 9162 §2.1.3.2 and §2.1.4.2.
public enum MerkleTree {
  /// The hash of a whole subtree.
  typealias Nodes = (_ level: Int, _ position: Int) throws -> [UInt8]

  public static func leafHash(_ data: [UInt8]) -> [UInt8] { SHA256.bytes([0], data) }

  public static func nodeHash(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] { SHA256.bytes([1], left, right) }

  /// The root of no leaves.
  public static let emptyRoot = SHA256.bytes([])

  // MARK: Made of whole subtrees

  /// The root of leaves that are all at hand. O(leaves) time and memory.
  static func root(ofLeaves leaves: [[UInt8]]) -> [UInt8] {
    func hash(_ range: Range<Int>) -> [UInt8] {
      guard range.count > 1 else { return leaves[range.lowerBound] }
      let split = range.lowerBound + splitPoint(range.count)
      return nodeHash(hash(range.lowerBound..<split), hash(split..<range.upperBound))
    }
    return leaves.isEmpty ? emptyRoot : hash(0..<leaves.count)
  }

  /// The proof that leaf `index` is one of leaves that are all at hand, from the leaf upwards. Needs 0 ≤ index < leaves.
  static func inclusionProof(index: Int, ofLeaves leaves: [[UInt8]]) -> [[UInt8]] {
    func path(_ range: Range<Int>) -> [[UInt8]] {
      guard range.count > 1 else { return [] }
      let split = range.lowerBound + splitPoint(range.count)
      return index < split
        ? path(range.lowerBound..<split) + [root(ofLeaves: Array(leaves[split..<range.upperBound]))]
        : path(split..<range.upperBound) + [root(ofLeaves: Array(leaves[range.lowerBound..<split]))]
    }
    return path(0..<leaves.count)
  }

  /// The root of the first `size` leaves. O(log size).
  static func root(size: Int, _ nodes: Nodes) throws -> [UInt8] {
    size == 0 ? emptyRoot : try hash(0..<size, nodes)
  }

  /// The hash of the leaves of a range that begins at a multiple of a power of two that is no smaller than it.
  private static func hash(_ range: Range<Int>, _ nodes: Nodes) throws -> [UInt8] {
    if range.count.nonzeroBitCount == 1 {
      let level = range.count.trailingZeroBitCount
      return try nodes(level, range.lowerBound >> level)
    }
    let split = range.lowerBound + splitPoint(range.count)
    return nodeHash(try hash(range.lowerBound..<split, nodes), try hash(split..<range.upperBound, nodes))
  }

  /// The largest power of two below `count`, which is at least 2.
  private static func splitPoint(_ count: Int) -> Int { 1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount) }

  /// The proof that leaf `index` is in the tree of `size` leaves, from the leaf upwards. Needs 0 ≤ index < size.
  static func inclusionProof(index: Int, size: Int, _ nodes: Nodes) throws -> [[UInt8]] {
    func path(_ index: Int, _ range: Range<Int>) throws -> [[UInt8]] {
      guard range.count > 1 else { return [] }
      let split = range.lowerBound + splitPoint(range.count)
      return index < split
        ? try path(index, range.lowerBound..<split) + [hash(split..<range.upperBound, nodes)]
        : try path(index, split..<range.upperBound) + [hash(range.lowerBound..<split, nodes)]
    }
    return try path(index, 0..<size)
  }

  /// The proof that the tree of `old` leaves is the beginning of that of `size`. Needs 0 ≤ old ≤ size.
  static func consistencyProof(from old: Int, size: Int, _ nodes: Nodes) throws -> [[UInt8]] {
    func path(_ old: Int, _ range: Range<Int>, _ isWhole: Bool) throws -> [[UInt8]] {
      if old == range.count { return isWhole ? [] : [try hash(range, nodes)] }
      let split = splitPoint(range.count)
      let middle = range.lowerBound + split
      return old <= split
        ? try path(old, range.lowerBound..<middle, isWhole) + [hash(middle..<range.upperBound, nodes)]
        : try path(old - split, middle..<range.upperBound, false) + [hash(range.lowerBound..<middle, nodes)]
    }
    return old == 0 || old == size ? [] : try path(old, 0..<size, true)
  }

  // MARK: Verification

  /// Whether `proof` shows that `leaf` is number `index` of the `size` leaves under `root`.
  public static func includes(
    leaf: [UInt8], index: Int, size: Int, root: [UInt8], proof: [[UInt8]]
  ) -> Bool {
    guard index >= 0, index < size else { return false }
    var (place, last, hash) = (index, size - 1, leaf)
    for step in proof {
      guard last > 0 else { return false }
      if place & 1 == 1 || place == last {
        hash = nodeHash(step, hash)
        while place & 1 == 0, place != 0 { (place, last) = (place >> 1, last >> 1) }
      } else {
        hash = nodeHash(hash, step)
      }
      (place, last) = (place >> 1, last >> 1)
    }
    return last == 0 && hash == root
  }

  /// Whether `proof` shows that the first `old` of the `size` leaves under `root` have the root `oldRoot`.
  public static func isConsistent(
    old: Int, oldRoot: [UInt8], size: Int, root: [UInt8], proof: [[UInt8]]
  ) -> Bool {
    guard old >= 0, old <= size else { return false }
    if old == size { return proof.isEmpty && oldRoot == root }
    if old == 0 { return proof.isEmpty && oldRoot == emptyRoot }
    // A tree of a power of two is a whole subtree of the other, and not named in the proof.
    var steps = proof[...]
    if old.nonzeroBitCount == 1 { steps = ([oldRoot] + proof)[...] }
    guard let first = steps.popFirst() else { return false }
    var (place, last) = (old - 1, size - 1)
    while place & 1 == 1 { (place, last) = (place >> 1, last >> 1) }
    var (before, after) = (first, first)
    for step in steps {
      guard last > 0 else { return false }
      if place & 1 == 1 || place == last {
        before = nodeHash(step, before)
        after = nodeHash(step, after)
        while place & 1 == 0, place != 0 { (place, last) = (place >> 1, last >> 1) }
      } else {
        after = nodeHash(after, step)
      }
      (place, last) = (place >> 1, last >> 1)
    }
    return last == 0 && before == oldRoot && after == root
  }
}
