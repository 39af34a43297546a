internal import CutlineCompute
internal import Glibc

extension Chosen {
  /// The stages that an entry of a list stands for: itself; one for each combination of the values of `grid`; or `tries`
  /// that `search` draws `over` its ranges, by a seed of its own. At most 1000.
  static func entries(_ value: ConfigValue, of key: String) throws(Faults) -> [Chosen] {
    guard let table = value.table, let many = table.entry("grid") ?? table.entry("search") else {
      return [try Chosen(value, of: key)]
    }
    let rest = ConfigTable(table.entries.filter { $0.key != many.key })
    let one = try Chosen(ConfigValue(.table(rest), at: value.place), of: key)
    return try (many.key == "grid" ? combinations(many.value) : draws(many.value)).map { own throws(Faults) in
      if let both = one.settings.first(where: { given in own.contains { $0.key == given.key } }) {
        throw Faults.usage(both.place, "\(both.key) stands in with and in \(many.key)", "Keep one of the two.")
      }
      var chosen = one
      chosen.settings += own
      return chosen
    }
  }

  private static func combinations(_ value: ConfigValue) throws(Faults) -> [[ConfigTable.Entry]] {
    var found: [[ConfigTable.Entry]] = [[]]
    for entry in value.table?.entries ?? [] {
      let values = entry.value.array ?? []
      found = found.flatMap { before in values.map { before + [entry.with($0.content)] } }
      if found.count > 1000 { break }
    }
    guard 1...1000 ~= found.count, found.first?.isEmpty == false else {
      throw Faults.usage(value.place, "grid is no table of lists, or too large", "Write grid = { alpha = [0.1, 1] }.")
    }
    return found
  }

  private static func draws(_ value: ConfigValue) throws(Faults) -> [[ConfigTable.Entry]] {
    let form =
      "Write search = { tries = 20, seed = 1, over = { alpha = { from = 1e-4, to = 1, scale = \"log\" }, p = [1, 2] } }."
    guard let table = value.table, let tries = table["tries"]?.integer, 1...1000 ~= tries, table.entries.count <= 3,
      let over = table["over"]?.table?.entries.sorted(by: { $0.key < $1.key }), !over.isEmpty,
      let seed = table["seed"] == nil ? 1 : table["seed"]?.integer, seed >= 0
    else { throw Faults.usage(value.place, "search is \(value.typeName), or lacks tries or over", form) }
    var stream = RandomStream(seed: UInt64(seed), label: "settings/search")
    return try (0..<tries).map { _ throws(Faults) in
      try over.map { entry throws(Faults) in
        let share = stream.uniform()
        if let values = entry.value.array, !values.isEmpty {
          return entry.with(values[Int(share * Double(values.count))].content)
        }
        let range = entry.value.table
        let (low, high, scale) = (range?["from"], range?["to"], range?["scale"]?.string)
        guard let from = low?.number, let to = high?.number, from < to, scale == nil || (scale == "log" && from > 0)
        else { throw Faults.usage(entry.value.place, "search over \(entry.key) is \(entry.value.typeName)", form) }
        if scale == nil, let from = low?.integer, let to = high?.integer {
          return entry.with(.integer(from + Int64(share * Double(to - from + 1))))
        }
        let drawn = scale == nil ? from + share * (to - from) : exp(log(from) + share * (log(to) - log(from)))
        // Three digits: the same on every machine, and fit for a table.
        let unit = drawn == 0 ? 1 : pow(10, 2 - log10(drawn.magnitude).rounded(.down))
        return entry.with(.float((drawn * unit).rounded() / unit))
      }
    }
  }
}

extension ConfigTable.Entry {
  fileprivate func with(_ content: ConfigValue.Content) -> Self {
    Self(key: key, place: place, value: ConfigValue(content, at: value.place))
  }
}
