@_spi(Run) public import CutlineCore
internal import Foundation

/// Reads the stored output of a stage from a finished run.
public enum RunArtifact {
  /// - Parameter manifest: the run that is meant, where it has been read already: what another run has put in its place since
  ///   is not taken.
  /// - Throws: `Faults` (io) when the run or the stage is not there, `Faults` (integrity) when the file is not what was written.
  public static func load<A: StoredArtifact>(
    _ type: A.Type, stage: String, from folder: String, of manifest: Manifest? = nil
  ) throws -> A {
    let manifest = try manifest ?? Manifest.load(from: folder)
    let codec = ArtifactCodec(A.self)
    let path = codec.path(of: stage)
    guard let file = manifest.files.first(where: { $0.path == path }) else {
      throw Faults.io(folder, "its run has no stored output of stage \(stage)", "Name a run that has that stage.")
    }
    let data = try FileSystem.read(folder + "/" + path)
    guard Digest.of(data) == file.sha256 else {
      throw Faults.integrity(folder + "/" + path, "was changed after the run", "Restore it or run again.")
    }
    do {
      guard let artifact = try codec.decode(data) as? A else {
        throw Faults.integrity(folder + "/" + path, "holds something else than \(A.phrase)", "Run again.")
      }
      return artifact
    } catch let error as Faults {
      throw error.inside("\(folder)/\(path), written by cutline \(manifest.version)")
    } catch {
      throw Faults.integrity(
        folder + "/" + path, "cannot be read as \(A.phrase); it was written by cutline \(manifest.version)",
        "Use that version.")
    }
  }
}
