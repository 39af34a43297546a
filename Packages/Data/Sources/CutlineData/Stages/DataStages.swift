public import CutlineCore
internal import CutlineCredit

/// The stages of this module.
public enum DataStages {
  /// The kinds that only this package needs.
  private static let kinds: [any Kind.Type] = [Bin.self, BinTables.self]

  public static func register(in registry: inout Registry) throws {
    try registry.register(FileSource.self)
    try registry.register(StandardQuality.self)
    try registry.register(StandardPreparation.self)
    try registry.register(StandardCube.self)
    try registry.register(StandardProfile.self)
    for kind in kinds { try registry.register(kind: kind) }
    try registry.register(OptimalBins.self)
    try registry.register(QuantileBins.self)
    try registry.register(EqualWidthBins.self)
    try registry.register(StandardBinTables.self)
  }
}
