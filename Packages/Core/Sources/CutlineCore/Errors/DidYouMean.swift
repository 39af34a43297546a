/// Finds the nearest known name to a mistyped one.
public enum DidYouMean {
  /// The nearest of `names` by edit distance, if it is near enough to be what was meant.
  public static func nearest(to name: String, among names: some Sequence<String>) -> String? {
    let typed = Array(name.lowercased())
    let limit = max(1, typed.count / 3)
    var best: (name: String, distance: Int)?
    for candidate in names {
      let distance = distance(typed, Array(candidate.lowercased()))
      if distance <= limit, distance < typed.count, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
  }

  /// `"; did you mean X?"` without the mark, or nothing.
  public static func phrase(for name: String, among names: some Sequence<String>) -> String {
    nearest(to: name, among: names).map { "; did you mean \($0)" } ?? ""
  }

  // Levenshtein distance with a swap of neighbours as one step (restricted Damerau). O(n·m).
  private static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var earlier: [Int] = []
    var previous = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var cost = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, earlier[j - 1] + 1) }
        row.append(cost)
      }
      earlier = previous
      previous = row
    }
    return previous[b.count]
  }
}
