internal import CutlineCore
internal import CutlineCredit

/// Says what stated strategies bring on the cells of a finished run.
enum Evaluation: ExchangedKind {
  typealias Input = NoInput
  typealias Output = FileSet
  static let name = "evaluation"
  static let summary = "Says what stated strategies bring on the cells of a finished run."

  static func check(_ output: FileSet, against input: NoInput) throws { try output.check() }
}
