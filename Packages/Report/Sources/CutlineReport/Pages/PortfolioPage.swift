internal import CutlineCore
internal import Foundation

/// `consolidated_risk_production.html`: the segments of a batch, their supersegments and the whole, as the table beside it has
/// them. What is missing is a line that says so.
public struct PortfolioPage: Sendable {
  public static let fileName = "consolidated_risk_production.html"
  static let tableName = "consolidated_risk_production.csv"
  public static let gatesName = "consolidated_gates.csv"

  let table: StoredTable
  /// A line a segment and gate.
  let gates: StoredTable
  /// Of both, in that order.
  let digests: [String]
  let currency: String
  /// The report of each segment, relative to the page, by the segment's name.
  let reports: [String: String]
  /// What a reader must know of the whole besides its tables.
  let remarks: [String]
  let words: Words
  let figures: Figures

  /// - Parameters:
  ///   - csv: the table of the batch.
  ///   - gates: the table of the gates of its segments.
  ///   - remarks: sentences, such as rows that no segment takes.
  ///   - reports: the page of each segment that has one, relative to the folder of the table.
  /// - Throws: `Faults` (integrity) where it is no table of a batch.
  public init(
    csv: [UInt8], gates: [UInt8], currency: String, remarks: [String] = [], reports: [String: String]
  ) async throws {
    table = try StoredTable(path: Self.tableName, csv: csv)
    for column in ["group", "kind", "period", "scenario", "status", "optimum_risk_pct"] where !table.has(column) {
      throw Faults.integrity(Self.tableName, "has no column \(column)", "Run cutline batch --consolidate-only.")
    }
    self.gates = try StoredTable(path: Self.gatesName, csv: gates)
    for column in ["segment", "gate", "state", "detail"] where !self.gates.has(column) {
      throw Faults.integrity(Self.gatesName, "has no column \(column)", "Run cutline batch --consolidate-only.")
    }
    digests = [Digest.of(csv), Digest.of(gates)]
    (self.currency, self.reports, self.remarks) = (currency, reports, remarks)
    words = .english
    let tables = RunTables([StageFiles(FileSet(files: [ResultFile(path: Self.tableName, bytes: csv)]))])
    let charts = try Pictures.all(of: tables)
    figures = try Figures(
      charts, try await Drawings(of: charts, by: ChartConverter.find()), words: .english)
  }

  public var bytes: [UInt8] {
    PageDocument(title: words(.consolidated), words: words, body: body).bytes
  }

  private var scenarios: [String] { unique(table.column("scenario")) }
  private var main: String? { scenarios.contains("base") ? "base" : scenarios.first }

  private func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { !$0.isEmpty && seen.insert($0).inserted }
  }

  private var body: Html {
    // The one that the page is about first.
    let parts = (scenarios.filter { $0 == main } + scenarios.filter { $0 != main }).flatMap { scenario in
      unique(table.column("period")).map { period in section(scenario, period) }
    }.joined()
    return [
      .tag(
        "header", [:], .tag("h1", [:], .text(words(.consolidated))),
        .tag("p", ["class": "quiet"], .text(words(.consolidatedIntro))), lede()),
      doubts(),
      .tag("main", ["id": "content"], picture(), gatesOfSegments(), parts, annex()),
      .tag("footer", [:], .tag("p", [:], .text(words(.footer)))),
    ]
  }

  private func picture() -> Html {
    let figure = figures.html("consolidated_risk_production")
    guard !figure.markup.isEmpty else { return .empty }
    return .tag(
      "section", ["aria-labelledby": "whole"], .tag("h2", ["id": "whole"], .text(words(.results))), figure)
  }

  private func row(_ scenario: String, _ kind: String) -> Int? {
    table.rows.indices.first {
      table.text("scenario", $0) == scenario && table.text("kind", $0) == kind && table.text("period", $0) == "main"
    }
  }

  private func lede() -> Html {
    guard let main, let row = row(main, "total"),
      let production = ShownNumber.text(table.text("optimum_production", row), .amount),
      let risk = ShownNumber.text(table.text("optimum_risk_pct", row), .percent),
      let today = ShownNumber.text(table.text("actual_production", row), .amount),
      let now = ShownNumber.text(table.text("actual_risk_pct", row), .percent)
    else {
      let isMissing = main.flatMap { row($0, "total") }.map { table.text("status", $0) == "missing" } ?? true
      return .tag("p", ["class": "lede"], .text(words(isMissing ? .portfolioNone : .ledeNone)))
    }
    let missing = table.text("missing_segments", row)
    return .tag(
      "p", ["class": "lede"],
      .text(
        words(
          .portfolioLede, main.prefix(1).uppercased() + main.dropFirst(), "\(production) \(currency)", risk,
          "\(today) \(currency)", now) + (missing.isEmpty ? "" : " " + words(.portfolioPartly, missing))))
  }

  /// Lines that are not complete, above everything else.
  private func doubts() -> Html {
    let names = unique(
      table.rows.indices.filter { table.text("status", $0) != "complete" }.map {
        "\(table.text("group", $0)): \(table.text("status", $0))"
          + (table.text("missing_segments", $0).isEmpty ? "" : " (\(table.text("missing_segments", $0)))")
      })
    let notes = unique(table.column("note")) + remarks
    let failed = unique(
      gates.rows.indices.filter { gates.text("state", $0) == "FAIL" }.map { gates.text("segment", $0) })
    let gateNotes =
      failed.isEmpty
      ? []
      : [
        words(
          .gatesFailed, "\(failed.count)", "\(unique(gates.column("segment")).count)",
          failed.prefix(10).joined(separator: ", ") + (failed.count > 10 ? ", …" : ""))
      ]
    guard !names.isEmpty || !notes.isEmpty || !gateNotes.isEmpty else { return .empty }
    return .tag(
      "aside", ["class": "banner", "aria-label": words(.missingSegment)],
      .tag("ul", [:], (gateNotes + names + notes).map { .tag("li", [:], .text($0)) }.joined()))
  }

  private func section(_ scenario: String, _ period: String) -> Html {
    let rows = table.rows.indices.filter {
      table.text("scenario", $0) == scenario && table.text("period", $0) == period
    }
    guard !rows.isEmpty else { return .empty }
    let isRecent = period != "main"
    let title = words(isRecent ? .portfolioRecent : .portfolioMain, scenario)
    var page = PageTable(
      .empty,
      [
        (.text(words(.segmentColumn)), false), (.text(words(.status)), false),
        (.text(words(.limit)), true), (.text(words(.todayRisk)), true),
        (.text("\(words(.todayProduction)) (\(currency))"), true), (.text(words(.risk)), true),
        isRecent ? (.text(words(.maturity)), false) : (.text(words(.intervalPlain)), true),
        (.text("\(words(.production)) (\(currency))"), true),
      ] + (isRecent ? [] : [(.text(words(.intervalPlain)), true)]) + [(.text(words(.difference)), true)])
    for row in rows { page.add(cells(row, isRecent), isKey: table.text("kind", row) == "total") }
    let methods = unique(
      rows.map { row in
        [table.text("interval_basis", row), table.text("interval_method", row)].filter { !$0.isEmpty }.joined(
          separator: ", ")
      })
    let id = "\(scenario)-\(period)"
    return .tag(
      "section", ["aria-labelledby": id], .tag("h2", ["id": id], .text(title)),
      .tag(
        "p", ["class": "basis"],

        .text(
          words(
            .portfolioBasis, currency, methods.isEmpty ? "–" : methods.joined(separator: "; "),
            words(.portfolioMethods)))),
      page.html(label: title), .tag("p", ["class": "source"], .text(words(.drawnFrom, Self.tableName))))
  }

  private func cells(_ row: Int, _ isRecent: Bool) -> [Html] {
    func interval(_ quantity: String, _ form: ShownNumber.Form) -> Html {
      guard !table.text("\(quantity)_ci_lower", row).isEmpty else { return .text("–") }
      return [
        table.shown("\(quantity)_ci_lower", row, form), .text(" – "), table.shown("\(quantity)_ci_upper", row, form),
      ]
    }
    let name = table.text("group", row)
    let short = table.text("segments", row)
    let outcomes = table.text("outcomes", row)
    return [
      table.text("kind", row) == "segment" ? linked(name, to: short) : .name(name), .text(table.text("status", row)),
      limit(row), table.shown("actual_risk_pct", row, .percent),
      table.shown("actual_production", row, .amount), table.shown("optimum_risk_pct", row, .percent),
      isRecent ? .text(outcomes.isEmpty ? "–" : outcomes) : interval("risk", .percent),
      table.shown("optimum_production", row, .amount),
    ] + (isRecent ? [] : [interval("production", .amount)]) + [table.shown("production_delta_pct", row, .percent)]
  }

  private func limit(_ row: Int) -> Html {
    let text = table.text("limit_pct", row)
    return text.isEmpty ? .text("–") : .tag("data", ["value": text, "title": "limit_pct · \(table.path)"], .text(text))
  }

  private func linked(_ name: String, to segment: String) -> Html {
    reports[segment].map { .tag("a", ["href": $0], .name(name)) } ?? .name(name)
  }

  /// A line a segment: what of it has passed.
  private func gatesOfSegments() -> Html {
    let names = unique(gates.column("gate"))
    let title = words(.gatesOfSegments)
    let head: Html = .tag("h2", ["id": "gates"], .text(title))
    guard !names.isEmpty else {
      return .tag(
        "section", ["aria-labelledby": "gates"], head, .tag("p", ["class": "hole"], .text(words(.gatesNone))))
    }
    var page = PageTable(
      .empty,
      [(.text(words(.segmentColumn)), false)] + names.map { name in (.text(Gate.title(of: name, words)), false) })
    for segment in unique(gates.column("segment")) {
      let own = gates.rows.indices.filter { gates.text("segment", $0) == segment }
      page.add(
        [linked(segment, to: segment)]
          + names.map { name in
            guard let row = own.first(where: { gates.text("gate", $0) == name }) else { return .text("–") }
            let state = Gate.State(rawValue: gates.text("state", row).lowercased())
            return .tag(
              "span", ["class": "state \(state?.rawValue ?? "skipped")", "title": gates.text("detail", row)],
              .text(state.map { words($0.phrase) } ?? gates.text("state", row)))
          })
    }
    return .tag(
      "section", ["aria-labelledby": "gates"], head, .tag("p", ["class": "basis"], .text(words(.gatesOfSegmentsBasis))),
      page.html(label: title), .tag("p", ["class": "source"], .text(words(.drawnFrom, Self.gatesName))))
  }

  private func annex() -> Html {
    .tag(
      "section", ["aria-labelledby": "annex"], .tag("h2", ["id": "annex"], .text(words(.annex))),
      zip([Self.tableName, Self.gatesName], digests).map { name, digest in
        .tag("p", [:], .text("\(name): SHA-256 "), .tag("code", [:], .text(digest)))
      }.joined())
  }
}
