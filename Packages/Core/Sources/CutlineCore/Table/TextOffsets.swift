/// Where texts begin that lie one behind the other in an array of bytes: ascending, from 0, one more than there are texts.
///
/// Nothing each while all texts are of one length, as identifiers often are; else four bytes: the low halves are kept, and beside
/// them the places where the next multiple of 2³² is reached, of which most columns have none.
public struct TextOffsets: Sendable, RandomAccessCollection {
  /// Empty while all texts are of one length.
  @usableFromInline private(set) var low: [UInt32] = []
  /// Places from which on the offsets are 2³² higher, ascending.
  @usableFromInline private(set) var carries: [Int] = []
  /// While they are: the length, and how many offsets there are.
  @usableFromInline private(set) var length = 0
  @usableFromInline private(set) var evenCount = 1

  /// No text yet.
  public init() {}

  /// - Parameter offsets: ascending, from 0.
  public init(_ offsets: some Sequence<Int>) { for offset in offsets.dropFirst() { append(offset) } }

  public var startIndex: Int { 0 }
  @inlinable public var endIndex: Int { low.isEmpty ? evenCount : low.count }

  /// O(1); beyond 4 GiB of texts of different lengths O(carries).
  @inlinable
  public subscript(place: Int) -> Int {
    if low.isEmpty { return place &* length }
    return carries.isEmpty ? Int(low[place]) : Int(low[place]) | carries.count { $0 <= place } << 32
  }

  /// Adds the end of one more text.
  /// - Parameter offset: at least the last one.
  public mutating func append(_ offset: Int) {
    if low.isEmpty {
      if evenCount == 1 { length = offset }
      if offset == evenCount * length {
        evenCount += 1
        return
      }
      low.reserveCapacity(evenCount + 1)
      for place in 0..<evenCount { add(place * length) }
    }
    add(offset)
  }

  private mutating func add(_ offset: Int) {
    while offset >> 32 > carries.count { carries.append(low.count) }
    low.append(UInt32(truncatingIfNeeded: offset))
  }

  /// Takes the end of the last text out again; the one of no text stays.
  mutating func removeLast() {
    guard !low.isEmpty else {
      evenCount = Swift.max(1, evenCount - 1)
      return
    }
    low.removeLast()
    while let place = carries.last, place >= low.count { carries.removeLast() }
    if low.count == 1 { (low, length, evenCount) = ([], 0, 1) }
  }

  /// The offsets without a check per access; nil beyond 4 GiB of texts of different lengths.
  func withPlaces<Result>(_ body: (Places) -> Result) -> Result? {
    guard carries.isEmpty else { return nil }
    return low.withUnsafeBufferPointer { body(Places(low: $0.baseAddress, isEven: low.isEmpty, length: length)) }
  }

  struct Places {
    fileprivate let low: UnsafePointer<UInt32>?
    fileprivate let isEven: Bool
    fileprivate let length: Int

    @inline(__always)
    subscript(place: Int) -> Int {
      guard !isEven, let low else { return place &* length }
      return Int(low[place])
    }
  }
}

extension TextOffsets: Equatable {
  public static func == (a: Self, b: Self) -> Bool { a.elementsEqual(b) }
}
