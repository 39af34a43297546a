internal import CutlineCore
internal import CutlineCredit

/// Follows the strategies of a finished run on the applications of later months.
enum Track: ExchangedKind {
  struct Input: Sendable {
    /// Its main period are the months that are followed.
    let sample: Sample
  }
  typealias Output = FileSet
  static let name = "track"
  static let summary = "Follows the strategies of a finished run on the applications of later months."
  static let ports = Ports(Input.init, .one("sample", \.sample))

  static func check(_ output: FileSet, against input: Input) throws { try output.check() }

  static func specimens() throws -> [Input] { [Input(sample: try SmallPortfolio().sample)] }
}
