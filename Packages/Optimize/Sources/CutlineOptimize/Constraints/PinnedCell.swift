internal import CutlineCore

/// A cell whose decision is given.
struct PinnedCell: Sendable {
  /// Per score, from 1 on.
  let bins: [Int]
  let accept: Bool

  /// Reads `3,7=accept`.
  init?(_ text: String) {
    let parts = text.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1] == "accept" || parts[1] == "reject" else { return nil }
    let numbers = parts[0].split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    guard !numbers.isEmpty, !numbers.contains(nil) else { return nil }
    bins = numbers.compactMap { $0 }
    accept = parts[1] == "accept"
  }

  var text: String { "\(bins.map(String.init).joined(separator: ","))=\(accept ? "accept" : "reject")" }
}
