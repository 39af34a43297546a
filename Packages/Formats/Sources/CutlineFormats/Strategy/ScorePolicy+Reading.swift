internal import CutlineCore
public import CutlineCredit

extension ScorePolicy {
  /// What a run does with values that have no place on an axis, from the settings of its preparation.
  ///
  /// `drop` and `error` answer `outside`, `own-bin` answers `keep`, `edge-bin` puts values in the outermost bins. Codes that are
  /// special missing values (`.A`) are missing in every other system: they must be answered as missing values are.
  ///
  /// - Parameter bins: the setting `bins` as TOML; nil or without a variable where the preparation has none: then missing values
  ///   and values beyond the edges are `outside`.
  /// - Throws: `Faults` (usage) for a special missing value that is answered in another way than a missing one.
  public static func policies(of grid: CellGrid, bins: String?, place: String) throws -> [ScorePolicy] {
    let table = try bins.map { try ConfigDocument.parse("bins = \($0)\n", source: place) }?["bins"]?.table
    return try grid.axes.map { axis in
      guard let own = table?[axis.name]?.table else { return ScorePolicy() }
      func outcome(_ key: String) -> StrategyRules.Outcome { self.outcome(of: own[key]?.string) }
      let missing = outcome("missing")
      var codes: [StrategyRules.Code] = []
      for entry in own["special"]?.table?.entries ?? [] {
        let answer = self.outcome(of: entry.value.string)
        if let value = Double(entry.key), value.isFinite {
          codes.append(StrategyRules.Code(value: value, outcome: answer))
        } else if answer != missing {
          throw Faults.usage(
            "special code \(entry.key) of \(axis.name)",
            "is answered by \(answer.rawValue) and a missing value by \(missing.rawValue); other systems have one missing value",
            "Treat both alike in the run, or write the code as a number.")
        }
      }
      return ScorePolicy(
        codes: codes, missing: missing, outside: outcome("outside"), clampsBeyond: own["outside"]?.string == "edge-bin")
    }
  }

  private static func outcome(of policy: String?) -> StrategyRules.Outcome { policy == "own-bin" ? .keep : .outside }
}
