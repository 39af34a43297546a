internal import CutlineCore
internal import CutlineWorkspace

/// What a batch says at its end.
enum BatchText {
  static func list(_ file: SegmentsFile) -> String {
    var table = TextTable(["segment", "supersegment", "segment_filter"], textColumns: 3)
    for segment in file.segments {
      table.add([
        segment.name, segment.supersegment?.name ?? "—", segment.overrides["segment_filter"]?.toml ?? "as configured",
      ])
    }
    var text = table.text
    guard !file.supersegments.isEmpty else { return text }
    var others = TextTable(["supersegment", "segment_filters"], textColumns: 2)
    for other in file.supersegments { others.add([other.name, other.filters.toml]) }
    text += "\n" + others.text
    return text
  }

  static func closing(_ outcome: Batch.Outcome, in output: String) -> String {
    let state = outcome.state
    var table = TextTable(
      ["segment", "", "base: risk %", "production", "against actual", "exit", "s"], textColumns: 2)
    for unit in state.units {
      let row = unit.kind == .segment ? outcome.consolidation?.base(of: unit.name) : nil
      table.add(
        [unit.label, unit.condition.rawValue] + figures(row) + [
          "\(unit.exitCode)", TextTable.fixed(unit.seconds, 1),
        ])
    }
    if let total = outcome.consolidation?.total("base") {
      table.add(["all", total.status.rawValue] + figures(total) + ["\(state.exitCode.rawValue)", ""])
    }
    var text = "\n" + table.text
    let failed = state.units.filter { $0.exitCode != 0 }
    if !failed.isEmpty {
      text += "\n" + failed.map { "\($0.label): \($0.reason?.prefix { $0 != "\n" } ?? "failed")\n" }.joined()
    }
    return text + files(output, isConsolidated: outcome.consolidation != nil)
  }

  static func consolidated(_ table: Consolidation, in output: String) -> String {
    var text = TextTable(
      ["group", "period", "scenario", "", "risk %", "production", "against actual"], textColumns: 4)
    for row in table.rows {
      text.add([row.group, row.period.rawValue, row.scenario, row.status.rawValue] + figures(row))
    }
    return text.text + "\nIn \(output)/\(Consolidation.fileName)\n"
  }

  /// Of the optimum.
  private static func figures(_ row: ConsolidatedRow?) -> [String] {
    [
      row?.optimumRisk.map { TextTable.fixed($0, 4) } ?? "—",
      row?.optimumProduction.map { TextTable.grouped($0) } ?? "—",
      row?.productionShare.map { TextTable.fixed($0, 1) + " %" } ?? "—",
    ]
  }

  private static func files(_ output: String, isConsolidated: Bool) -> String {
    "\nIn \(output): a folder for each segment"
      + (isConsolidated ? ", \(Consolidation.fileName) with all scenarios, periods and intervals" : "")
      + ", \(BatchState.fileName)\n"
  }
}
