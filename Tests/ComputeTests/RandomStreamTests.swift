import CutlineCompute
import Testing

@Suite struct RandomStreamTests {
  // Known-answer vectors published with the Random123 library (kat_vectors, philox4x32 10).
  @Test func philoxEqualsPublishedVectors() {
    #expect(
      RandomStream.philox(counter: .zero, key: .zero)
        == SIMD4(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8))
    #expect(
      RandomStream.philox(
        counter: SIMD4(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344), key: SIMD2(0xA409_3822, 0x299F_31D0))
        == SIMD4(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1))
  }

  @Test func sameSeedSameNumbersAndOtherLabelsOtherNumbers() {
    var a = RandomStream(seed: 7, label: "train")
    var b = RandomStream(seed: 7, label: "train")
    var c = RandomStream(seed: 7, label: "recent")
    let first = (0..<100).map { _ in a.next64() }
    #expect(first == (0..<100).map { _ in b.next64() })
    #expect(first != (0..<100).map { _ in c.next64() })
  }

  @Test func indicesCoverTheRangeEvenly() {
    var stream = RandomStream(seed: 1)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[stream.index(below: 7)] += 1 }
    // Binomial(70000, 1/7): sd 92.6, so 500 is more than five of them.
    for count in counts { #expect(abs(count - 10_000) < 500) }
  }
}
