internal import CutlineCompute
internal import CutlineCore

/// Bins of whole columns.
extension CharacteristicBins {
  /// The bin of each row.
  ///
  /// - Throws: `Faults` (data) with the first row whose value is missing where that is refused, or is text among numbers.
  /// - Complexity: O(rows log bins); of words, O(rows + distinct words).
  public func bins(_ column: CardColumn, of name: String) throws -> [Int] {
    if case .words(let words) = column, isOfWords {
      let own = words.distinctValues.map { bin(of: $0) }
      return try words.codes.enumerated().map { row, code in
        guard let bin = code < 0 ? missingBin : own[Int(code)] else { throw refusal(row, name) }
        return bin
      }
    }
    return try numbers(column, of: name).enumerated().map { row, value in
      guard let bin = isOfWords ? (value.isNaN ? missingBin : Int(value)) : bin(of: value) else {
        throw refusal(row, name)
      }
      return bin
    }
  }

  func refusal(_ row: Int, _ name: String) -> Faults {
    Faults.data(
      Place(column: name, row: row), "is missing, which the card refuses", "Complete the row, or leave it out.")
  }

  /// What each bin is worth, as a form of models gives it: of the number itself, or of the number of a word's bin (`number`).
  func values(_ points: [Double]) throws -> BinnedValues {
    let missing = missingBin.map { points[$0] }
    guard isOfWords else {
      return try BinnedValues(
        bins: cuts, values: Array(points.prefix(valueCount)), missing: missing,
        specials: specials.enumerated().flatMap { group, special in
          special.values.map { .init(value: $0, result: points[valueCount + group]) }
        })
    }
    let bins = valueCount + specials.count
    return try BinnedValues(
      bins: BinEdges((1..<max(1, bins)).map { Double($0) - 0.5 }), values: Array(points.prefix(bins)), missing: missing)
  }

  /// Rows as `values` takes them: numbers as they are, words as the numbers of their bins.
  ///
  /// - Throws: `Faults` (data) for text where numbers are needed.
  /// - Complexity: O(rows + distinct words).
  func numbers(_ column: CardColumn, of name: String) throws -> [Double] {
    switch (column, isOfWords) {
    case (.numbers(let numbers), false): return numbers
    case (.numbers(let numbers), true):
      return numbers.map { $0.isNaN ? .nan : Double(bin(of: NumberText.shortest($0)) ?? -1) }
    case (.words(let words), true):
      let bins = words.distinctValues.map { $0.isEmpty ? .nan : Double(bin(of: $0) ?? -1) }
      return words.codes.map { $0 < 0 ? .nan : bins[Int($0)] }
    case (.words(let words), false):
      guard let row = words.codes.firstIndex(where: { $0 >= 0 }) else { return words.codes.map { _ in .nan } }
      throw Faults.data(
        Place(column: name, row: row), "holds text, and its characteristic is of numbers",
        found: .personal(words[row] ?? ""), "State its form with --type \(name)=number, or correct the row.")
    }
  }
}
