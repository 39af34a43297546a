internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// A variable whose distribution is followed: a value for every row of the sample, missing ones included.
struct Characteristic {
  let name: String
  let role: StabilityReport.Role
  private let values: Values
  /// Per period (main, recent): rows that left the sample because the variable is missing or a code.
  let missingOutside: (main: Int64, recent: Int64)

  private enum Values {
    case numbers([Double])
    /// Words as they are compared, with the place of each spelling of the column among them.
    case texts(TextColumn, words: [String], places: [Int32], rows: [Int32])
  }

  init(
    _ name: String, _ role: StabilityReport.Role, numbers: [Double],
    missingOutside: (main: Int64, recent: Int64) = (0, 0)
  ) {
    (self.name, self.role, self.missingOutside) = (name, role, missingOutside)
    values = .numbers(numbers)
  }

  /// - Parameter rows: the rows of the column that the sample holds, in its order.
  init(_ column: Column, rows: [Int32]) {
    (name, role, missingOutside) = (column.name, .characteristic, (0, 0))
    switch column.values {
    case .number(let all): values = .numbers(rows.map { all[Int($0)] })
    case .moment(let all, _): values = .numbers(rows.map { all[Int($0)] })
    case .text(let texts):
      // Spellings that are one when compared are one category, under the first of them.
      var known: [String: Int32] = [:]
      var words: [String] = []
      let places = texts.distinctValues.map { word -> Int32 in
        let compared = TextColumn.comparable(word)
        if let place = known[compared] { return place }
        known[compared] = Int32(words.count)
        words.append(word)
        return Int32(words.count - 1)
      }
      values = .texts(texts, words: words, places: places, rows: rows)
    }
  }

  /// The bins of a variable: a code for each row, the last of the labels being `missing`.
  struct Binned {
    let labels: [String]
    /// Labels that the baseline does not have.
    let isNew: [Bool]
    let codes: [Int32]
    /// Whether the labels are words of the file.
    let areWords: Bool
  }

  /// - Parameters:
  ///   - bins: most bins of a number, between quantiles of the baseline (type 7); the outer ones are open. Where quantiles are
  ///     equal there are fewer.
  ///   - closed: to which interval a value at an edge belongs.
  ///   - isBaseline: rows that say where the edges lie.
  /// - Complexity: O(n log bins).
  func binned(_ bins: Int, closed: GridAxis.Closed, isBaseline: (Int) -> Bool) -> Binned {
    switch values {
    case .numbers(let numbers):
      let baseline = RadixSort.sorted(
        numbers.indices.filter { isBaseline($0) && !numbers[$0].isNaN }.map { numbers[$0] })
      var edges: [Double] = []
      for step in 1..<bins {
        guard let edge = Quantile.of(baseline, Double(step) / Double(bins)) else { break }
        if edge > edges.last ?? -.infinity { edges.append(edge) }
      }
      let missing = Int32(edges.count + 1)
      let codes = numbers.map { value -> Int32 in
        guard !value.isNaN else { return missing }
        var (low, high) = (0, edges.count)
        while low < high {
          let middle = (low + high) / 2
          if edges[middle] < value || (closed == .left && edges[middle] == value) {
            low = middle + 1
          } else {
            high = middle
          }
        }
        return Int32(low)
      }
      let ends = [-Double.infinity] + edges + [.infinity]
      let texts = EdgeText.texts(edges, of: baseline)
      let shown = zip(ends, [ConfigValue.number(-.infinity)] + texts + [ConfigValue.number(.infinity)]).map {
        (value: $0, text: $1)
      }
      let labels = zip(shown, shown.dropFirst()).map { low, high in
        let open = (
          low.value.isInfinite || closed == .right ? "(" : "[", high.value.isInfinite || closed == .left ? ")" : "]"
        )
        return "\(open.0)\(low.text), \(high.text)\(open.1)"
      }
      return Binned(
        labels: labels + ["missing"], isNew: labels.map { _ in false } + [false], codes: codes, areWords: false)
    case .texts(let column, let words, let places, let rows):
      let codes = rows.map { row -> Int32 in
        let code = column.codes[Int(row)]
        return code < 0 ? Int32(words.count) : places[Int(code)]
      }
      var isKnown = [Bool](repeating: false, count: words.count + 1)
      for (place, code) in codes.enumerated() where isBaseline(place) { isKnown[Int(code)] = true }
      return Binned(
        labels: words + ["missing"], isNew: isKnown.dropLast().map { !$0 } + [false], codes: codes,
        areWords: true)
    }
  }

  /// A column of more words than this sorts applications into no kinds: it is refused.
  static let wordLimit = 1000

  var wordCount: Int {
    if case .texts(_, let words, _, _) = values { words.count } else { 0 }
  }
}
