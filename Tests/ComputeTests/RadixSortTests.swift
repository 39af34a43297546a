import CutlineCompute
import Testing

/// Sorting by bits is sorting, for numbers of every kind of digits.
@Suite struct RadixSortTests {
  /// Whatever the upper digits leave to do: nothing, little, or so much that all digits are needed.
  @Test func ordersAsComparingDoes() {
    var stream = RandomStream(seed: 21, label: "radix")
    let kinds: [(String, (Int) -> Double)] = [
      ("spread", { _ in stream.uniform() - 0.5 }), ("clustered", { _ in 1 + stream.uniform() * 1e-12 }),
      ("points", { _ in Double(stream.index(below: 900)) }),
      ("mixed", { $0 % 2 == 0 ? 1 + stream.uniform() * 1e-9 : -stream.uniform() * 1e300 }),
      ("neighbours", { $0 % 3 == 0 ? 0.1 : $0 % 3 == 1 ? 0.1.nextUp : stream.uniform() }),
      ("descending", { -Double($0) * 1.1 }), ("zeros", { $0 % 2 == 0 ? 0 : -0.0 }),
    ]
    for (name, value) in kinds {
      for count in [0, 1, 2047, 6000] {
        let values = (0..<count).map { value($0) }
        #expect(RadixSort.sorted(values) == values.sorted(), "\(name) \(count)")
        let rows = values.indices.map { Int32($0) }
        // Equal ones stay in their order.
        let expected = rows.sorted { (values[Int($0)], $0) < (values[Int($1)], $1) }
        #expect(RadixSort.sorted(rows) { values[Int($0)] } == expected, "\(name) \(count)")
      }
    }
  }
}
