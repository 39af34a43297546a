internal import CutlineCore
internal import CutlineCredit

/// Sets what several searches found side by side.
enum CompareFrontiers: ExchangedKind {
  struct Input: Sendable {
    let cells: CellTable
    let frontiers: [NamedArtifact<Frontier>]
  }
  typealias Output = FileSet
  static let name = "compare-frontiers"
  static let summary = "Sets what several searches found side by side."
  static let ports = Ports(Input.init, .one("cells", \.cells), .many("frontiers", \.frontiers))

  static func check(_ output: FileSet, against input: Input) throws { try output.check() }

  static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [
      Input(
        cells: small.cells,
        frontiers: [NamedArtifact("first", small.frontier), NamedArtifact("second", small.frontier)])
    ]
  }
}
