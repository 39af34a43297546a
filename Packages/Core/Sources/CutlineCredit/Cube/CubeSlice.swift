internal import CutlineCore

/// Sums by the combinations of a few codes: one value a measure and combination.
///
/// A combination is numbered in mixed radix, the last dimension fastest. A slice is dense, every combination in order, or
/// holds the occupied ones only, by ascending number: `isDense(_:occupied:measures:)` says which.
public struct CubeSlice: Sendable, Hashable {
  /// Codes of each dimension.
  public let sizes: [Int]
  /// The occupied combinations; nil = dense.
  public let keys: [UInt32]?
  /// Per measure, per combination.
  public let values: [[Int64]]

  /// A dense slice is not larger than this.
  public static let denseLimit = 64 << 20
  /// Up to so many combinations it is dense, however few of them occur.
  static let smallCount = 1 << 16

  /// Whether `combinations` are all kept: they are few, or fit into 64 MB and at least half of them occur.
  static func isDense(_ combinations: Int, occupied: @autoclosure () -> Int, measures: Int) -> Bool {
    guard combinations <= denseLimit / (8 * measures) else { return false }
    return combinations <= smallCount || 2 * occupied() >= combinations
  }

  /// The most combinations that are numbered.
  static let keyLimit = 1 << 32

  init(sizes: [Int], keys: [UInt32]?, values: [[Int64]]) {
    self.sizes = sizes
    self.keys = keys
    self.values = values
  }

  public var isDense: Bool { keys == nil }

  /// Combinations that it holds.
  public var count: Int { keys?.count ?? sizes.reduce(1, *) }

  /// Bytes of its numbers.
  public var bytes: Int { count * (8 * values.count + (isDense ? 0 : 4)) }

  /// The codes of the combination at `place`.
  public func codes(at place: Int) -> [Int] {
    var rest = keys.map { Int($0[place]) } ?? place
    var codes = [Int](repeating: 0, count: sizes.count)
    for dimension in sizes.indices.reversed() {
      codes[dimension] = rest % sizes[dimension]
      rest /= sizes[dimension]
    }
    return codes
  }

  /// Adds the values of `measure` up by a code of one's own, Σ over the dimensions of what a map says of the code there.
  ///
  /// - Parameters:
  ///   - count: codes of the result.
  ///   - maps: per dimension, per code: its part of the new code; below 0 leaves the combination out.
  /// - Throws: `Faults` (data) naming the column when a sum is not an Int64; sums that leave the range on the way and come
  ///   back are fine.
  /// - Complexity: O(combinations).
  func sums(of measure: (index: Int, Measure), count: Int, by maps: [[Int]]) throws -> [Int64] {
    // All dimensions but the first, as one: where a code of it stands, and its part of the new code.
    var inner = [(place: 0, code: 0)]
    for map in maps.dropFirst() {
      inner = inner.flatMap { before in
        map.indices.filter { map[$0] >= 0 }.map { (before.place * map.count + $0, before.code + map[$0]) }
      }
    }
    let width = maps.dropFirst().reduce(1) { $0 * $1.count }
    var totals = [Int128](repeating: 0, count: count)
    // Fewer than 2³² values of 64 bits: no sum of them leaves 128 bits.
    totals.withUnsafeMutableBufferPointer { totals in
      values[measure.index].withUnsafeBufferPointer { column in
        guard let keys else {
          for (first, base) in maps[0].enumerated() where base >= 0 {
            let row = first * width
            for (place, code) in inner { totals[base + code] += Int128(column[row + place]) }
          }
          return
        }
        var codes = [Int](repeating: -1, count: width)
        for (place, code) in inner { codes[place] = code }
        for (place, key) in keys.enumerated() {
          let (base, code) = (maps[0][Int(key) / width], codes[Int(key) % width])
          if base >= 0, code >= 0 { totals[base + code] += Int128(column[place]) }
        }
      }
    }
    return try totals.map { total in
      guard let sum = Int64(exactly: total) else { throw measure.1.overflow() }
      return sum
    }
  }

  func encode(to writer: inout BinaryWriter) {
    writer.append(UInt8(isDense ? 0 : 1))
    if let keys { writer.append(column: keys) }
    for column in values { writer.append(column: column) }
  }

  /// - Throws: `Faults` (integrity).
  init(decoding reader: inout BinaryReader, sizes: [Int], measures: Int) throws {
    guard let count = Self.keyCount(sizes) else { throw reader.refusal("a slice has too many combinations") }
    let isSparse: Bool
    switch try reader.uint8() {
    case 0: isSparse = false
    case 1: isSparse = true
    default: throw reader.refusal("a slice is neither dense nor sparse")
    }
    let keys = isSparse ? try reader.column(of: UInt32.self) : nil
    if let keys {
      guard zip(keys, keys.dropFirst()).allSatisfy(<), keys.last.map({ Int($0) < count }) ?? true else {
        throw reader.refusal("the combinations of a slice do not ascend, or do not exist")
      }
    }
    let values = try (0..<measures).map { _ in try reader.column(of: Int64.self) }
    guard values.allSatisfy({ $0.count == keys?.count ?? count }) else {
      throw reader.refusal("a slice has columns of another length")
    }
    self.init(sizes: sizes, keys: keys, values: values)
  }

  /// The number of combinations; nil beyond 2³² and for sizes below 1.
  static func keyCount(_ sizes: [Int]) -> Int? {
    var count = 1
    for size in sizes {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard size >= 1, !overflow, product <= keyLimit else { return nil }
      count = product
    }
    return count
  }
}
