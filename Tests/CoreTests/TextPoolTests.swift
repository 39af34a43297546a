@testable import CutlineCore
import Testing

/// Distinct texts by number, against a dictionary of Swift's.
@Suite struct TextPoolTests {
  private func code(_ text: String, _ pool: inout TextPool) -> Int32 {
    var text = text
    return text.withUTF8 { pool.code(of: UnsafeRawBufferPointer($0)) }
  }

  /// Few and many texts, many of them twice, put in one by one, many at once, and from other pools.
  @Test func codesAreThoseOfADictionary() {
    var generator = SystemlessNumbers(state: 7)
    var (pool, codes, known) = (TextPool(), [Int32](), [String: Int32]())
    for round in 0..<60 {
      let texts = (0..<300).map { _ in
        let number = generator.next() % 4000
        return number == 0 ? "" : String(repeating: "é", count: Int(number % 5)) + "\(number)"
      }
      let bytes = Array(texts.joined().utf8)
      let lengths = texts.map { UInt32($0.utf8.count) }
      let first = codes.count
      switch round % 3 {
      case 0: for text in texts { codes.append(text.isEmpty ? -1 : code(text, &pool)) }
      case 1:
        bytes.withUnsafeBytes { bytes in
          lengths.withUnsafeBufferPointer { pool.appendCodes(of: bytes, lengths: $0, to: &codes) }
        }
      default:
        var other = TextPool()
        let own = texts.map { $0.isEmpty ? -1 : code($0, &other) }
        let map = pool.merge(other)
        codes += own.map { $0 < 0 ? -1 : map[Int($0)] }
      }
      for (text, code) in zip(texts, codes[first...]) where !text.isEmpty {
        if known[text] == nil { known[text] = Int32(known.count) }
        #expect(known[text] == code)
      }
    }
    #expect(pool.count == known.count && pool.count > 3000)
    let column = pool.column(codes: codes)
    #expect(known.allSatisfy { column.value($1) == $0 })
  }

  @Test func theNewestCanBeTakenOut() {
    var pool = TextPool()
    for number in 0..<1000 { _ = code("\(number)", &pool) }
    for _ in 0..<300 { pool.removeNewest() }
    #expect(pool.count == 700 && code("699", &pool) == 699)
    #expect(code("800", &pool) == 700 && code("5", &pool) == 5)
    for _ in 0..<800 { pool.removeNewest() }
    #expect(pool.count == 0 && code("x", &pool) == 0)
  }

  /// Places of texts beyond 4 GiB, which no test can hold.
  @Test func offsetsKnowMoreThanFourGibibytes() {
    let places = [0, 5, 1 << 32 - 1, 1 << 32, 1 << 32 + 9, 3 << 32 + 1, 3 << 32 + 1, 4 << 32]
    var offsets = TextOffsets(places)
    #expect(Array(offsets) == places && offsets.count == places.count)
    #expect(offsets.withPlaces { $0[0] } == nil)
    for count in (1..<places.count).reversed() {
      offsets.removeLast()
      #expect(Array(offsets) == Array(places.prefix(count)))
      if count <= 3 { #expect(offsets.withPlaces { $0[count - 1] } == places[count - 1]) }
    }
    offsets.append(7)
    #expect(Array(offsets) == [0, 7])
    // Of one length, then no more, and back.
    for (lengths, isEven) in [([4, 4, 4, 4], true), ([4, 4, 3, 5], false), ([0, 0], true), ([0, 2, 2], false)] {
      let ends = lengths.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
      var offsets = TextOffsets(ends)
      #expect(Array(offsets) == ends && offsets.low.isEmpty == isEven)
      for count in (1..<ends.count).reversed() {
        offsets.removeLast()
        #expect(Array(offsets) == Array(ends.prefix(count)))
      }
      offsets.append(9)
      offsets.append(18)
      #expect(Array(offsets) == [0, 9, 18] && offsets.low.isEmpty)
    }
  }
}

/// The same numbers in every run (D. Lehmer's generator, 64 bits).
private struct SystemlessNumbers {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }
}
