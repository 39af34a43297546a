internal import CutlineCore
internal import CutlineCredit

/// Shows acceptance and risk by groups that no score, bin or model may use.
enum Fairness: ExchangedKind {
  struct Input: Sendable {
    let scenarios: ScenarioSet
    /// Both nil where no column is looked at: then no application is read again.
    let sample: Sample?
    /// For the columns that are looked at.
    let source: SourceTable?
  }
  typealias Output = FileSet
  static let name = "fairness"
  static let summary = "Shows acceptance and risk by groups that no score, bin or model may use."
  static let ports = Ports(
    Input.init, .one("scenarios", \.scenarios), .optional("sample", \.sample), .optional("source", \.source))

  static func check(_ output: FileSet, against input: Input) throws { try output.check() }

  static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [(small.sample, small.source), (nil, nil)].map {
      Input(scenarios: small.scenarios, sample: $0, source: $1)
    }
  }
}
