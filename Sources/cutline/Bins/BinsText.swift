internal import CutlineCore
internal import CutlineData
internal import CutlineWorkspace

/// A report on bins as text and as CSV.
enum BinsText {
  static func text(_ report: BinReport) -> String {
    let basis = report.basis
    var text =
      "\nOutcomes of \(basis.periodStart) to \(basis.periodEnd), \(basis.months) months, "
      + (report.scope == "file" ? "whole file\n" : "segment \(basis.segment)\n")
    for variable in report.variables { text += self.text(variable) }
    let lines = report.variables.compactMap(\.toml)
    return lines.isEmpty ? text : text + "\nFor the configuration:\n\n" + lines.joined(separator: "\n")
  }

  private static func text(_ variable: BinReport.Variable) -> String {
    let said = variable.isInGrid ? "" : ", as the data says"
    let column = variable.name == variable.source ? "" : " (\(variable.source))"
    var text = "\n\(variable.name)\(column), \(variable.direction.rawValue)\(said)\n"
    if !variable.codes.isEmpty {
      let codes = variable.codes.joined(separator: ", ")
      text +=
        variable.isInGrid
        ? "  \(codes) may be a code and is taken for a score: declare it in special, or the bins are of both\n"
        : "  \(codes) looks like a code and is a bin of its own\n"
    }
    for cut in variable.cuts { text += self.text(cut) }
    return text + comparison(variable)
  }

  private static func text(_ cut: BinReport.Cut) -> String {
    if let failure = cut.failure { return "\n  \(cut.method): \(failure)\n" }
    func percent(_ value: Double?) -> String { value.map { TextTable.fixed(100 * $0, 2) } ?? "–" }
    func number(_ value: Double?) -> String { value.map { TextTable.fixed($0, 4) } ?? "–" }
    var table = TextTable(
      ["bin", "interval", "applications", "outcomes %", "good", "bad", "bad %", "risk %", "WoE", "IV"], textColumns: 2)
    for row in cut.rows {
      table.add([
        row.bin.map(String.init) ?? "", row.label, TextTable.grouped(Double(row.applications)), percent(row.share),
        TextTable.grouped(Double(row.good)), TextTable.grouped(Double(row.bad)), percent(row.badRate),
        row.riskPct.map { TextTable.fixed($0, 2) } ?? "–", number(row.woe), number(row.informationValue),
      ])
    }
    let bins = cut.rows.count { $0.bin != nil }
    var head = "\n  \(cut.method): \(bins) bins, IV \(number(cut.informationValue)), deviance \(number(cut.deviance))"
    head += ", risk \(cut.trend ?? "of one bin")\n"
    if cut.contradictsDirection {
      head += "  warning: the direction contradicts the data: without it the bins would be worth "
      head += "\(number(cut.freeValue)) instead of \(number(cut.value)) (\(cut.objective ?? ""))\n"
    }
    return head + table.text
  }

  /// What the stated edges are worth beside the proposed ones.
  private static func comparison(_ variable: BinReport.Variable) -> String {
    guard let stated = variable.cuts.first(where: { $0.method == "stated" }),
      let proposed = variable.cuts.first(where: { $0.method != "stated" && $0.failure == nil })
    else { return "" }
    func share(_ a: Double?, _ b: Double?) -> String? {
      guard let a, let b, b > 0 else { return nil }
      return "\(TextTable.fixed(100 * a / b, 1)) %"
    }
    let parts = [
      share(stated.informationValue, proposed.informationValue).map { "\($0) of the IV" },
      share(stated.deviance, proposed.deviance).map { "\($0) of the deviance" },
    ].compactMap { $0 }
    guard !parts.isEmpty else { return "" }
    let (own, other) = (stated.rows.count { $0.bin != nil }, proposed.rows.count { $0.bin != nil })
    return "\n  The \(own) stated bins have \(parts.joined(separator: " and ")) of the \(other) proposed ones.\n"
  }

  /// One row a bin of each cut; empty fields where a value is undefined.
  static func csv(_ report: BinReport) -> String {
    var text = CsvText(
      [
        "variable", "source", "method", "bin", "interval", "low", "high", "applications", "good", "bad",
        "share_of_outcomes",
        "bad_rate", "risk_pct", "woe", "iv",
      ], guardsFormulas: true)
    for variable in report.variables {
      for cut in variable.cuts {
        for row in cut.rows {
          let numbers = [row.share, row.badRate, row.riskPct, row.woe, row.informationValue]
          text.add(
            [variable.name, variable.source, cut.method, row.bin.map(String.init) ?? "", row.label]
              + [row.low, row.high].map { NumberText.shortest($0) }
              + [row.applications, row.good, row.bad].map { "\($0)" }
              + numbers.map { NumberText.shortest($0) })
        }
      }
    }
    return String(decoding: text.bytes, as: UTF8.self)
  }
}
