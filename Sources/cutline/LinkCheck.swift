internal import CutlineCompute
internal import CutlineCore

/// Checks how this program was linked.
enum LinkCheck {
  /// - Throws: `Faults` (integrity) when CutlineCompute is there twice, so that casts between the copies would fail.
  static func run() throws {
    guard SharedTypes.isShared(RandomStream.self), SharedTypes.randomStream is RandomStream else {
      throw Faults.integrity(
        "cutline", "is linked with two copies of CutlineCompute",
        "Build it from an empty build folder; only the product CutlineCore may hold CutlineCompute and CutlineCore.")
    }
  }
}
