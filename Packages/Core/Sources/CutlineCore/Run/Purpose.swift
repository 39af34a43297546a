/// What a random draw is for. A draw depends on the seed, a purpose, indices such as the number of a resample, and the key
/// of a row or a counter; never on a stage's id, an estimator's name or a place in a list.
///
/// Equal purpose means paired on purpose: estimators that are compared see the same folds. Constants stand in
/// CutlineCredit; a plugin's own purposes carry its name.
public struct Purpose: Sendable, Hashable, ExpressibleByStringLiteral {
  public let name: String

  public init(_ name: String) { self.name = name }
  public init(stringLiteral name: String) { self.name = name }
}
