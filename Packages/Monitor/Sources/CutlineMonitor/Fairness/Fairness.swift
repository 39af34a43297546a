internal import CutlineCore
internal import CutlineCredit

/// Shows acceptance and risk by groups that no score, bin or model may use.
enum Fairness: ExchangedKind {
  struct Input: Sendable {
    let scenarios: ScenarioSet
    let sample: Sample
    /// For the columns that are looked at.
    let source: SourceTable?
  }
  typealias Output = FileSet
  static let name = "fairness"
  static let summary = "Shows acceptance and risk by groups that no score, bin or model may use."
  static let ports = Ports(
    Input.init, .one("scenarios", \.scenarios), .one("sample", \.sample), .optional("source", \.source))

  static func check(_ output: FileSet, against input: Input) throws { try output.check() }

  static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [small.source, nil].map { Input(scenarios: small.scenarios, sample: small.sample, source: $0) }
  }
}
