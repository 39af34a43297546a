public import CutlineCore

/// The stages of this module.
public enum DataStages {
  public static func register(in registry: inout Registry) throws {
    try registry.register(FileSource.self)
    try registry.register(StandardQuality.self)
    try registry.register(StandardPreparation.self)
    try registry.register(StandardCube.self)
    try registry.register(StandardProfile.self)
  }
}
