internal import CutlineCore
internal import CutlineCredit

extension BinEvidence {
  /// Adds the rows up.
  ///
  /// - Parameters:
  ///   - values: of the whole table, per row.
  ///   - rows: booked or rejected by score, of the main period.
  ///   - outcome: numerator and denominator of a row with a known outcome; nil for others.
  /// - Throws: `Faults` (data) when a sum is not an Int64.
  /// - Complexity: O(n log n).
  init(
    _ name: String, _ bins: VariableBins, direction: Direction?, values raw: [Double], rows: RowSet,
    outcome: (Int) -> (numerator: Int64, denominator: Int64)?
  ) throws {
    func add(_ row: Int, to sums: inout Sums) throws {
      sums.rows += 1
      guard let (numerator, denominator) = outcome(row) else { return }
      if numerator > 0 { sums.bad += 1 } else { sums.good += 1 }
      let (n, d) = (
        sums.numerator.addingReportingOverflow(numerator), sums.denominator.addingReportingOverflow(denominator)
      )
      guard !n.overflow, !d.overflow else {
        throw Faults.data(
          "column \(Amount.denominator)", "its sum does not fit in 64 bits",
          "Check the values for some that cannot be, or state them in a larger unit.")
      }
      (sums.numerator, sums.denominator) = (n.partialValue, d.partialValue)
    }
    var special = bins.special.map { (code: $0.value, sums: Sums()) }
    var (missing, infinite) = (Sums(), Sums())
    var numbers: [Int] = []
    for row in rows {
      let value = raw[row]
      if let at = special.firstIndex(where: { code, _ in
        value == code || Missing(value).map { $0 == Missing(code) } ?? false
      }) {
        try add(row, to: &special[at].sums)
      } else if value.isNaN {
        try add(row, to: &missing)
      } else if value.isInfinite {
        try add(row, to: &infinite)
      } else {
        numbers.append(row)
      }
    }
    numbers.sort { raw[$0] < raw[$1] }
    var (values, sums): ([Double], [Sums]) = ([], [])
    for row in numbers {
      if values.last != raw[row] {
        // Zero has two signs and is one value.
        values.append(raw[row] == 0 ? 0 : raw[row])
        sums.append(Sums())
      }
      try add(row, to: &sums[sums.count - 1])
    }
    let apart =
      special.filter { $0.sums.rows > 0 }.map {
        Group(name: "special code \(VariableBins.name(ofSpecial: $0.code))", sums: $0.sums)
      }
      + [("infinite", infinite), ("missing", missing)].filter { $0.1.rows > 0 }.map { Group(name: $0.0, sums: $0.1) }
    self.init(
      variable: name, source: bins.source, direction: direction, closed: bins.closed, values: values, sums: sums,
      apart: apart, mostBins: bins.mostBins)
  }
}
