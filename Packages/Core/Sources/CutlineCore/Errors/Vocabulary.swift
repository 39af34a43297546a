/// The one rule by which a value that was read from applications may be named where something is kept: at least `fewestRows`
/// rows share it, so that it is of a kind and not of a person, and at most `mostNamed` of a column are named.
///
/// On the console the words of a column of few kinds may be named, too, as the configuration is written in them.
public enum Vocabulary {
  public static let fewestRows = 10
  public static let mostNamed = 20

  public static func isShared(by rows: Int) -> Bool { rows >= fewestRows }

  /// The words that may be kept, those of most rows first and of equal ones by spelling, and how many others there are.
  public static func named(_ words: some Sequence<(word: String, rows: Int)>) -> (words: [String], others: Int) {
    let all = words.sorted { ($1.rows, $0.word) < ($0.rows, $1.word) }
    let kept = all.prefix(mostNamed).prefix { isShared(by: $0.rows) }.map(\.word)
    return (kept, all.count - kept.count)
  }

  /// The same as a sentence: `ok, rv, other values: 3`.
  public static func phrase(_ words: some Sequence<(word: String, rows: Int)>) -> String {
    let (kept, others) = named(words)
    return (kept.sorted() + (others > 0 ? ["other values: \(others)"] : [])).joined(separator: ", ")
  }

  /// The number of fewest decimals strictly between two values: it parts them as the lower one does, and is neither. Where none
  /// of up to 17 decimals lies between them, the lower one. For `a` < `b`; either may be infinite.
  public static func boundary(between a: Double, and b: Double) -> Double {
    guard a < b, a.isFinite || b.isFinite else { return a }
    let low = a.isFinite ? a : b - max(1, b.magnitude)
    let high = b.isFinite ? b : a + max(1, a.magnitude)
    var scale = 1.0
    // From hundreds on: between scores 480.21 and 499.7 lies 490 before 481.
    var steps = [100.0, 10]
    for _ in 0...17 {
      steps.append(1 / scale)
      scale *= 10
    }
    for step in steps {
      // Division by a power of ten, which is exact up to 10^22, gives the double next to the decimal.
      let inverse = (1 / step).rounded()
      func multiple(_ count: Double) -> Double { step >= 1 ? count * step : count / inverse }
      let count = (step >= 1 ? low / step : low * inverse).rounded(.down) + 1
      // 8.04 · 100 is a little less than 804 in binary.
      let next = multiple(count) > low ? multiple(count) : multiple(count + 1)
      if low < next, next < high { return next }
    }
    return a
  }
}
