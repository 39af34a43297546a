internal import CutlineCompute
internal import Glibc

extension Chosen {
  /// The stages that an entry of a list stands for: itself; one for each combination of the values of `grid`; or `tries`
  /// that `search` draws `over` its ranges, by a seed of its own. At most 1000.
  static func entries(_ value: ConfigValue, of key: String) throws(Faults) -> [Chosen] {
    guard let table = value.table, let many = table.entry("grid") ?? table.entry("search") else {
      return [try Chosen(value, of: key)]
    }
    if table.entry("grid") != nil, let other = table.entry("search") {
      throw Faults.usage(other.place, "search stands beside grid", "Use one of the two for an estimator.")
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
      let problem = found.count > 1000 ? "has more than 1000 combinations" : "is no table of lists with values"
      throw Faults.usage(value.place, "grid \(problem)", "Write grid = { alpha = [0.1, 1] }, or draw with search.")
    }
    return found
  }

  private static func draws(_ value: ConfigValue) throws(Faults) -> [[ConfigTable.Entry]] {
    let form =
      "Write search = { tries = 20, seed = 1, over = { alpha = { from = 1e-4, to = 1, scale = \"log\" }, p = [1, 2] } }."
    func wrong(_ what: String) -> Faults { Faults.usage(value.place, what, form) }
    guard let table = value.table else { throw wrong("search is \(value.typeName)") }
    if let other = table.entries.first(where: { !["tries", "seed", "over"].contains($0.key) }) {
      throw wrong("search has the unknown key \(other.key)")
    }
    guard let tries = table["tries"]?.integer, 1...1000 ~= tries else {
      throw wrong("search needs tries from 1 to 1000")
    }
    guard let over = table["over"]?.table?.entries.sorted(by: { $0.key < $1.key }), !over.isEmpty else {
      throw wrong("search names nothing in over")
    }
    guard let seed = table["seed"] == nil ? 1 : table["seed"]?.integer, seed >= 0 else {
      throw wrong("seed of search is no whole number from 0 on")
    }
    var stream = RandomStream(seed: UInt64(seed), label: "settings/search")
    return try (0..<tries).map { _ throws(Faults) in
      try over.map { entry throws(Faults) in
        let share = stream.uniform()
        if let values = entry.value.array, !values.isEmpty {
          return entry.with(values[Int(share * Double(values.count))].content)
        }
        let range = entry.value.table
        let (low, high, scale) = (range?["from"], range?["to"], range?["scale"]?.string)
        guard let from = low?.number, let to = high?.number, from < to, to.isFinite, from.isFinite,
          range?["scale"] == nil || (scale == "log" && from > 0)
        else {
          throw Faults.usage(
            entry.value.place,
            "search over \(entry.key) is neither a list nor from below to (above 0 on scale \"log\")", form)
        }
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
