internal import CutlineCore
internal import CutlineCredit

/// The month of each row of a table, in four bytes; nil where its date is missing.
struct RowMonths: Sequence {
  private let months: [Month]

  /// - Parameter days: from 1960, NaN where missing.
  init(days: [Double]) {
    months = days.map { $0.isNaN ? Self.none : Month(CalendarDate(daysSince1960: Int($0))) }
  }

  var count: Int { months.count }

  subscript(row: Int) -> Month? { months[row] == Self.none ? nil : months[row] }

  func makeIterator() -> some IteratorProtocol<Month?> {
    months.lazy.map { $0 == Self.none ? nil : $0 }.makeIterator()
  }

  /// Those of some rows that all have one, without the others'.
  consuming func kept(_ rows: RowSet) -> [Month] {
    let own = months
    _ = consume self
    return (consume own).kept(rows)
  }

  // No calendar has it.
  private static let none = Month(index: .min)
}

extension Array {
  /// The elements at the places of `rows`, in their order.
  ///
  /// Where most stay they move up in the array's own memory, if nobody else holds it: a file of ten million rows need not
  /// have a second copy of each of its columns.
  consuming func kept(_ rows: RowSet) -> [Element] {
    var kept = consume self
    guard rows.count > kept.count / 2 else { return rows.map { kept[$0] } }
    var next = 0
    for row in rows {
      kept[next] = kept[row]
      next += 1
    }
    kept.removeLast(kept.count - next)
    return kept
  }
}
