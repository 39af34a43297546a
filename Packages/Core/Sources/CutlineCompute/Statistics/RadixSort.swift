/// Sorting by the bits of numbers: least significant digit first, 11 bits at a time, without the digits in which all agree. Of more than
/// three digits the upper three come first; where they leave few apart that are not in order, these are put into place and the others spared.
///
/// O(n) time, one more array; many times as fast as comparing where there are millions.
public enum RadixSort {
  /// The values in ascending order; both zeros as 0. No NaN.
  public static func sorted(_ values: [Double]) -> [Double] {
    guard values.count >= fewest else { return values.map { $0 + 0 }.sorted() }
    var keys = values.map(key)
    sort(&keys) { $0 }
    return keys.map(value)
  }

  /// `rows` in ascending order of their values, those of equal values in the order given. No NaN.
  public static func sorted(_ rows: [Int32], by value: (Int32) -> Double) -> [Int32] {
    var pairs = rows.map { (key: key(value($0)), row: $0) }
    if rows.count < fewest {
      return zip(pairs, pairs.indices).sorted { ($0.0.key, $0.1) < ($1.0.key, $1.1) }.map(\.0.row)
    }
    sort(&pairs) { $0.key }
    return pairs.map(\.row)
  }

  private static let fewest = 2048
  private static let digit = 11

  // Bits that order as the numbers do: of negative ones all turned, of others the sign.
  private static func key(_ value: Double) -> UInt64 {
    let bits = (value + 0).bitPattern
    return bits >> 63 == 1 ? ~bits : bits | 1 << 63
  }

  private static func value(_ key: UInt64) -> Double {
    Double(bitPattern: key >> 63 == 1 ? key & ~(1 << 63) : ~key)
  }

  private static func sort<Element>(_ elements: inout [Element], by key: (Element) -> UInt64) {
    let (width, passes) = (1 << digit, (64 + digit - 1) / digit)
    var counts = [Int](repeating: 0, count: width * passes)
    for element in elements {
      var key = key(element)
      for pass in 0..<passes {
        counts[pass * width + Int(key & UInt64(width - 1))] += 1
        key >>= UInt64(digit)
      }
    }
    let size = elements.count
    let varying = (0..<passes).filter { pass in !counts[pass * width..<(pass + 1) * width].contains(size) }
    var other = elements
    func distribute(_ pass: Int) {
      var places = counts[pass * width..<(pass + 1) * width].map { $0 }
      var before = 0
      for index in places.indices { (places[index], before) = (before, before + places[index]) }
      let shift = UInt64(pass * digit)
      elements.withUnsafeBufferPointer { from in
        other.withUnsafeMutableBufferPointer { to in
          places.withUnsafeMutableBufferPointer { places in
            for element in from {
              let index = Int(key(element) >> shift & UInt64(width - 1))
              to[places[index]] = element
              places[index] += 1
            }
          }
        }
      }
      swap(&elements, &other)
    }
    if varying.count > 3 {
      for pass in varying.suffix(3) { distribute(pass) }
      if insert(&elements, by: key) { return }
    }
    for pass in varying { distribute(pass) }
  }

  /// The most places that an element may be moved when what is nearly in order is put into order.
  private static let nearby = 32

  /// Elements that are nearly in order, put into order; those of equal keys stay in theirs. False where one would have to move far: what
  /// was done until then is no harm.
  private static func insert<Element>(_ elements: inout [Element], by key: (Element) -> UInt64) -> Bool {
    elements.withUnsafeMutableBufferPointer { elements in
      var last = elements.isEmpty ? 0 : key(elements[0])
      for place in elements.indices.dropFirst() {
        let (element, own) = (elements[place], key(elements[place]))
        guard own < last else {
          last = own
          continue
        }
        var to = place
        while to > 0, key(elements[to - 1]) > own {
          guard place - to < nearby else {
            elements[to] = element
            return false
          }
          elements[to] = elements[to - 1]
          to -= 1
        }
        elements[to] = element
      }
      return true
    }
  }
}
