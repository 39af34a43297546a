internal import CutlineCore

/// The studies of the methods' pages, drawn from the tables that stand in the pages.
enum MethodStudies {
  /// A picture of one table of a page: a line a row of it, points of the named columns.
  struct Study: Sendable {
    let name: String
    /// How the table's header begins; it stands in one page alone.
    let header: [String]
    /// Which columns are drawn, by their place, as what.
    let series: [(place: Int, name: String)]
    let axis: String
    /// What would be right: a line across.
    let target: Double
    let finding: @Sendable (PageText.Table) -> String
    let basis: String
    var scale = "linear"
    /// How a row is called.
    var label: @Sendable ([String]) -> String = { $0[0] }
  }

  static let studies = [
    Study(
      name: "study_interval_coverage",
      header: ["selection", "fixed: whole risk, percentile", "BCa", "production", "chosen: risk, as if fixed"],
      series: [
        (2, "fixed strategy, BCa"), (5, "chosen strategy, selection-aware"), (4, "chosen strategy, as if fixed"),
      ],
      axis: "Intervals that hold the truth, %", target: 95,
      finding: { table in
        let (aware, naive) = (table.numbers(5).min() ?? 0, table.numbers(4).min() ?? 0)
        return
          "Choosing again in each resample holds \(Say.count(aware)) % at worst, taking the choice as given \(Say.count(naive)) %"
      },
      basis:
        "Share of 95 % intervals of the risk that hold the truth, over simulated portfolios by way of selection; dashes: what they promise"
    ),
    Study(
      name: "study_backtest_alarms", header: ["change", "after", "what", "portfolios tested"],
      series: [(6, "share of portfolios with an alarm")], axis: "Portfolios with an alarm, % (root scale)", target: 1,
      finding: { table in
        let quiet = table.rows.filter { $0[0] == "none" }.compactMap { PageText.number($0[6]) }
        let found = table.rows.filter { $0[0] != "none" }.compactMap { PageText.number($0[6]) }
        return
          "Without a change at most \(Say.percent(quiet.max())) of portfolios raise an alarm; of a doubled risk at least \(Say.percent(found.min())) do"
      },
      basis: "Back-test of the recent period through the stages of a run; dashes: its false-alarm rate of 1 %",
      scale: "sqrt",
      label: { "\($0[0] == "none" ? "no change" : "risk \($0[0])"), \($0[1]), \($0[2])" }),
    Study(
      name: "study_reject_inference", header: ["method", "all accepted: mean", "worst", "in", "swap-ins: mean"],
      series: [(1, "mean over ways of selection"), (2, "worst of them")],
      axis: "Error of the promised risk of all accepted, points",
      target: 0,
      finding: { table in
        guard let own = table.rows.first(where: { $0[0].contains("(the default)") }) else {
          return "\(table.rows.count) methods"
        }
        let worse = table.rows.count { abs(PageText.number($0[2]) ?? 0) > abs(PageText.number(own[2]) ?? 0) }
        return
          "The default is at most \(Say.ratio(PageText.number(own[2]).map(abs))) points off; \(worse) of \(table.rows.count - 1) others are further off"
      },
      basis:
        "Error of the promised risk against the known truth, simulated portfolios of several ways of selecting; dashes: no error"
    ),
    Study(
      name: "study_models",
      header: ["candidates", "swap-ins: mean", "spread", "root mean square", "all accepted: mean"],
      series: [(3, "swap-ins"), (7, "swap-ins of the chosen strategy")],
      axis: "Error of the predicted risk, root mean square, points", target: 0,
      finding: { table in
        guard let own = table.rows.first, let error = PageText.number(own[7]) else {
          return "\(table.rows.count) candidates"
        }
        let better = table.rows.dropFirst().count { (PageText.number($0[7]) ?? 0) < error }
        return
          "The default is \(NumberText.fixed(error, 2)) points off where a strategy was chosen; \(better) of \(table.rows.count - 1) others are nearer"
      },
      basis:
        "Error of the predicted risk of swap-ins against the known truth over simulated portfolios, by candidates for the model"
    ),
  ]

  static func charts(of tables: RunTables) throws -> [Chart] {
    let pages = tables.records.map(\.path).filter { $0.hasSuffix(".md") }
    return try pages.flatMap { path -> [Chart] in
      let page = PageText(String(decoding: try tables.bytes(path) ?? [], as: UTF8.self))
      return studies.compactMap { study in page.table(beginning: study.header).map { chart(study, $0, path) } }
    }
  }

  private static func chart(_ study: Study, _ table: PageText.Table, _ path: String) -> Chart {
    let labels = table.rows.map(study.label)
    let values = zip(table.rows, labels).flatMap { row, label in
      study.series.map { series -> [String: Specification] in
        ["label": .text(label), "value": Specification(PageText.number(row[series.place])), "what": .text(series.name)]
      }
    }
    let finding = study.finding(table)
    let names = study.series.map(\.name)
    let y: Specification = [
      "field": "label", "type": "nominal", "sort": .texts(labels),
      "axis": ["title": nil, "labelLimit": 260, "grid": true],
    ]
    return Chart(
      name: study.name, finding: finding, basis: study.basis, summary: finding + ".", sources: [path],
      specification: [
        "data": .values(values), "width": .number(Double(ChartTheme.width) - 170),
        "height": .number(Double(max(labels.count, 2)) * 20),
        "layer": [
          [
            "data": .values([["target": .number(study.target)]]),
            "mark": ["type": "rule", "strokeDash": [5, 3], "color": .text(ChartTheme.light.quiet)],
            "encoding": ["x": ["field": "target", "type": "quantitative"]],
          ],
          [
            "mark": ["type": "point", "filled": true, "size": 62, "opacity": 1],
            "encoding": [
              "x": Draw.number(
                "value", study.axis, more: ["axis": ["tickCount": 6], "scale": ["type": .text(study.scale)]]), "y": y,
              "color": Draw.colour(
                "what", names, Array(ChartTheme.categories.prefix(names.count)), legend: names.count > 1),
              "shape": [
                "field": "what", "type": "nominal", "legend": names.count > 1 ? ["title": nil] : nil,
                "scale": [
                  "domain": .texts(names), "range": .texts(Array(["circle", "diamond", "square"].prefix(names.count))),
                ],
              ],
            ],
          ],
        ],
      ],
      table: ChartTable(
        columns: ["Row"] + names,
        rows: zip(table.rows, labels).map { row, label in [label] + study.series.map { row[$0.place] } }))
  }
}

/// The tables of a page in Markdown.
struct PageText {
  struct Table {
    let header: [String]
    /// As many fields as the header has.
    let rows: [[String]]

    func numbers(_ place: Int) -> [Double] { rows.compactMap { PageText.number($0[place]) } }
  }
  private let tables: [Table]

  init(_ text: String) {
    var tables: [Table] = []
    var lines: [[String]] = []
    for line in (text + "\n").split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("|") {
        lines.append(Self.fields(line))
      } else {
        if lines.count > 2, lines[1].allSatisfy({ $0.allSatisfy { "-: ".contains($0) } }) {
          let width = lines[0].count
          tables.append(Table(header: lines[0], rows: lines.dropFirst(2).filter { $0.count == width }))
        }
        lines = []
      }
    }
    self.tables = tables
  }

  func table(beginning header: [String]) -> Table? {
    tables.first { $0.header.starts(with: header) && !$0.rows.isEmpty }
  }

  /// `+0.12`, `94.0`, `0.40 %`.
  static func number(_ field: String) -> Double? { Double(field.filter { !" %+".contains($0) }) }

  private static func fields(_ line: Substring) -> [String] {
    var fields = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().map { field in
      String(field.filter { $0 != "*" && $0 != "`" }).trimmed
    }
    if fields.last?.isEmpty == true { fields.removeLast() }
    return fields
  }
}

extension String {
  fileprivate var trimmed: String {
    let rest = drop { $0 == " " }
    return String(rest.prefix(rest.count - rest.reversed().prefix { $0 == " " }.count))
  }
}
