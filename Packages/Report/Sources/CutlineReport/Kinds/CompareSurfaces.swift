internal import CutlineCore
internal import CutlineCredit

/// Sets risk surfaces of several estimators side by side.
enum CompareSurfaces: ExchangedKind {
  struct Input: Sendable {
    let cube: Cube
    let surfaces: [NamedArtifact<RiskSurface>]
  }
  typealias Output = FileSet
  static let name = "compare-surfaces"
  static let summary = "Sets the risk surfaces of several estimators side by side."
  static let changes = [
    2: "is given the cube (cube.json, cube.csv, months.csv, folds.csv) instead of the sample"
  ]
  static let ports = Ports(Input.init, .one("cube", \.cube), .many("surfaces", \.surfaces))

  static func check(_ output: FileSet, against input: Input) throws { try output.check() }

  static func specimens() throws -> [Input] {
    let small = try SmallPortfolio()
    return [
      Input(
        cube: small.cube, surfaces: [NamedArtifact("first", small.surface), NamedArtifact("second", small.surface)])
    ]
  }
}
