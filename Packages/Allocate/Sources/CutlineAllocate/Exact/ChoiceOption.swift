/// One thing that can be chosen for a segment, as the searches compare it.
struct ChoiceOption: Sendable, Hashable {
  let value: Int64
  /// What it leaves of the risk budget (`RiskBudget`).
  let slack: Int128
  /// 1 where the segment changes by it and changes are counted.
  let change: Int32
  /// Its place in the segment.
  let id: Int32
}

extension ChoiceOption {
  /// The order in which a search meets options: most slack first, then most value, fewest changes, first place.
  static func precedes(_ a: ChoiceOption, _ b: ChoiceOption) -> Bool {
    if a.slack != b.slack { return a.slack > b.slack }
    if a.value != b.value { return a.value > b.value }
    return a.change != b.change ? a.change < b.change : a.id < b.id
  }

  /// Those that no other one of the segment beats in slack, value and changes; in the order of `precedes`. O(n log n).
  ///
  /// - Parameter margin: by how much slacks have to differ to be told apart.
  static func undominated(_ options: [ChoiceOption], margin: Int128) -> [ChoiceOption] {
    var kept: [ChoiceOption] = []
    // Per number of changes: the greatest value among options that have more slack by the margin.
    var best: [Int64?] = [nil, nil]
    var entered = 0
    for option in options.sorted(by: precedes) {
      while entered < kept.count, kept[entered].slack >= option.slack + margin {
        let change = Int(kept[entered].change)
        best[change] = max(best[change] ?? .min, kept[entered].value)
        entered += 1
      }
      let isBeaten = best[...Int(option.change)].contains { $0.map { $0 >= option.value } ?? false }
      if !isBeaten { kept.append(option) }
    }
    return kept
  }
}
