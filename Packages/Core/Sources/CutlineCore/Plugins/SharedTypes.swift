internal import CutlineCompute

/// Types of CutlineCompute as CutlineCore sees them.
///
/// When a program links one of the two modules twice, once in the shared library and once in itself, a type of the one
/// copy is not that of the other and casts fail without a word. A program asks this when it starts.
public enum SharedTypes {
  /// A value whose type is Core's `RandomStream`.
  public static var randomStream: any Sendable { RandomStream(seed: 0, label: "") }

  /// Whether `type`, the caller's `RandomStream`, is the one that Core uses.
  public static func isShared(_ type: Any.Type) -> Bool {
    ObjectIdentifier(type) == ObjectIdentifier(RandomStream.self)
  }
}
