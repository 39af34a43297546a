/// Whether every sum of some of these whole numbers is exact, as an `Int64` and as a `Double`: Σ |x| < 2⁵³.
///
/// - Complexity: O(values), ending at the first that leaves the limit.
public func sumsAreExact(_ values: some Sequence<Int64>) -> Bool {
  let limit: UInt64 = 1 << 53
  var total: UInt64 = 0
  for value in values {
    guard value.magnitude < limit else { return false }
    total += value.magnitude
    guard total < limit else { return false }
  }
  return true
}
