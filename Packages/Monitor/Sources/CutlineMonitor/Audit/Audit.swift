internal import CutlineCore
internal import CutlineCredit

/// Says of every row of the file what each scenario does with it.
enum Audit: ExchangedKind {
  struct Input: Sendable {
    let cells: CellTable
    let scenarios: ScenarioSet
    /// Nil where no rows are asked for.
    let source: SourceTable?
    let sample: Sample?
    /// Nil where the plan looks at no recent period.
    let recent: RecentRisk?
  }
  typealias Output = FileSet
  static let name = "audit"
  static let summary = "Says of every row of the file what each scenario does with it, and that the rows add up."
  static let ports = Ports(
    Input.init, .one("cells", \.cells), .one("scenarios", \.scenarios), .optional("source", \.source),
    .optional("sample", \.sample), .optional("recent", \.recent))

  static func check(_ output: FileSet, against input: Input) throws { try output.check() }

  static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [
      Input(
        cells: small.cells, scenarios: small.scenarios, source: small.source, sample: small.sample,
        recent: RecentRisk.nothing(.notAskedFor)),
      Input(cells: small.cells, scenarios: small.scenarios, source: nil, sample: nil, recent: nil),
    ]
  }
}
