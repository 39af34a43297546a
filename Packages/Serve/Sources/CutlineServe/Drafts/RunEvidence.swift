@_spi(Run) internal import CutlineCore
public import CutlineDecide
internal import CutlineReport
public import CutlineRun

/// What a run brings as evidence for what it made.
public enum RunEvidence {
  /// Its manifest and its gates.
  /// - Throws: `Faults` (data) for a run without a table of gates.
  public static func all(of manifest: Manifest, in folder: String) throws -> [Store.Evidence] {
    let made = Instant(manifest.created) ?? Instant(microseconds: 0)
    return [
      try read("manifest", "\(folder)/\(Manifest.fileName)", made),
      try read(GateReport.evidenceName, "\(folder)/\(gates(manifest, folder))", made),
    ]
  }

  /// The place of a file in the run's folder, by its name.
  public static func file(_ name: String, of manifest: Manifest) -> String? {
    manifest.files.first { $0.path.split(separator: "/").last == name[...] }?.path
  }

  private static func gates(_ manifest: Manifest, _ folder: String) throws -> String {
    guard let file = file(GateTable.fileName, of: manifest) else {
      throw Faults.data(
        folder, "has no \(GateTable.fileName): nothing says what was checked", "Run with the stage report.")
    }
    return file
  }

  public static func read(_ name: String, _ path: String, _ madeAt: Instant) throws -> Store.Evidence {
    Store.Evidence(name: name, bytes: Array(try OpenedFile.read(path, limit: 64 << 20)), madeAt: madeAt)
  }
}
