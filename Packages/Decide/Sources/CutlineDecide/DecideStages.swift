public import CutlineCore

/// The stages of this module.
public enum DecideStages {
  /// The kinds that only this package needs.
  private static let kinds: [any Kind.Type] = [
    Labels.self, Assemble.self, CardBinnings.self, CardModels.self, ScalePoints.self, CardGates.self, CardFiles.self,
  ]

  public static func register(in registry: inout Registry) throws {
    for kind in kinds { try registry.register(kind: kind) }
    try registry.register(FlagLabels.self)
    try registry.register(WindowLabels.self)
    try registry.register(LabelFile.self)
    try registry.register(AsOfAssembly.self)
    try registry.register(WoeBinning.self)
    try registry.register(WoeRegression.self)
    try registry.register(PdoPoints.self)
    try registry.register(StandardCardGates.self)
    try registry.register(StandardCardFiles.self)
  }
}
