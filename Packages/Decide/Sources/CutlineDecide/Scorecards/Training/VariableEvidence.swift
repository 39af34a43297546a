internal import CutlineCore
internal import CutlineCredit

/// Good and bad of a variable of numbers, by value, as methods of binning take them.
struct VariableEvidence {
  let found: BinEvidence

  /// - Complexity: O(n log n).
  init(_ variable: CardVariable, _ specials: [Characteristic.Special], _ column: [Double], _ isBad: [Bool]) {
    func sums(_ rows: some Sequence<Int>) -> BinEvidence.Sums { Self.sums(rows.lazy.map { isBad[$0] }) }
    let isSpecial = { (value: Double) in specials.contains { $0.values.contains(value) } }
    let rows = column.indices
    let numbers = rows.filter { column[$0].isFinite && !isSpecial(column[$0]) }.sorted { column[$0] < column[$1] }
    var (values, counts): ([Double], [BinEvidence.Sums]) = ([], [])
    var first = 0
    while first < numbers.count {
      let value = column[numbers[first]]
      var last = first
      while last < numbers.count, column[numbers[last]] == value { last += 1 }
      // Zero has two signs and is one value.
      values.append(value == 0 ? 0 : value)
      counts.append(sums(numbers[first..<last]))
      first = last
    }
    var apart = specials.map { special in
      BinEvidence.Group(name: special.name, sums: sums(rows.lazy.filter { special.values.contains(column[$0]) }))
    }
    apart.append(BinEvidence.Group(name: "infinite", sums: sums(rows.lazy.filter { column[$0].isInfinite })))
    apart.append(BinEvidence.Group(name: "missing", sums: sums(rows.lazy.filter { column[$0].isNaN })))
    found = BinEvidence(
      variable: variable.name, source: variable.column, direction: variable.direction, closed: .right, values: values,
      sums: counts, apart: apart.filter { $0.sums.rows > 0 }, mostBins: variable.mostBins)
  }

  static func sums(_ isBad: some Sequence<Bool>) -> BinEvidence.Sums {
    var sums = BinEvidence.Sums()
    for isBad in isBad {
      sums.rows += 1
      if isBad { sums.bad += 1 } else { sums.good += 1 }
    }
    (sums.numerator, sums.denominator) = (sums.bad, sums.rows)
    return sums
  }
}
