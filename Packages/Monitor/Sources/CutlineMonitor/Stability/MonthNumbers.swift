internal import CutlineCredit

/// Months that occur, and for each row the place of its own among them.
struct MonthNumbers {
  /// Ascending.
  let months: [Month]
  let numbers: [Int32]

  init(_ rows: some Collection<Month>) {
    var (first, last) = (Int32.max, Int32.min)
    for month in rows { (first, last) = (min(first, month.index), max(last, month.index)) }
    // By their distance from the first: a calendar has 120,000 months.
    var places = [Int32](repeating: -1, count: first <= last ? Int(last) - Int(first) + 1 : 0)
    for month in rows { places[Int(month.index - first)] = 0 }
    var months: [Month] = []
    for place in places.indices where places[place] == 0 {
      places[place] = Int32(months.count)
      months.append(Month(index: place + Int(first)))
    }
    self.months = months
    numbers = rows.map { places[Int($0.index - first)] }
  }
}
