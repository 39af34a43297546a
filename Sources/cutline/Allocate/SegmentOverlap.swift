internal import CutlineCore
internal import CutlineData
internal import CutlineRun
internal import CutlineWorkspace

/// Segments whose runs have applications in common, by what the runs say of their rows: they count in both.
enum SegmentOverlap {
  /// The rows of a run.
  struct Rows {
    let name: String
    /// The files that its sources read: digests, and paths of what may have grown since.
    let inputs: Set<String>
    /// Words of its filter, standardised; nil for all rows.
    let words: Set<String>?
    /// Whether a word is a regular expression.
    let isPattern: Bool

    init(_ name: String, _ manifest: Manifest) {
      self.name = name
      let sources = Set(manifest.stages.filter { $0.kind == "source" }.map(\.id))
      inputs = Set(manifest.inputs.filter { sources.contains($0.stage) }.flatMap { [$0.sha256, $0.path] })
      let settings = manifest.stages.first { $0.kind == "prepare" }?.settings ?? []
      func value(_ key: String) -> ConfigValue? {
        guard let own = settings.first(where: { $0.key == key && $0.origin != Place.default.description }) else {
          return nil
        }
        // A manifest keeps values as TOML; what is none limits nothing.
        return try? ConfigDocument.parse("value = \(own.value)", source: key)["value"]
      }
      words = value("segment_filter").map { filter in
        Set((filter.array ?? [filter]).compactMap(\.string).map(TextColumn.comparable))
      }
      isPattern = value("segment_match")?.string == "regex"
    }
  }

  /// A sentence for each two that share rows, or may do so.
  static func sentences(_ segments: [Rows]) -> [String] {
    segments.enumerated().flatMap { at, a in
      segments[(at + 1)...].compactMap { b -> String? in
        guard !a.inputs.isDisjoint(with: b.inputs) else { return nil }
        switch shares(a, b) {
        case true?:
          return "warning: \(a.name) and \(b.name) have rows of one file in common: these applications count twice"
        case nil: return "\(a.name) and \(b.name) may have rows in common: their filters are regular expressions"
        case false?: return nil
        }
      }
    }
  }

  /// Nil where nobody can say.
  private static func shares(_ a: Rows, _ b: Rows) -> Bool? {
    guard let own = a.words, let other = b.words else { return true }
    if !a.isPattern, !b.isPattern { return !own.isDisjoint(with: other) }
    if a.isPattern, b.isPattern { return own.isDisjoint(with: other) ? nil : true }
    let (patterns, words) = a.isPattern ? (own, other) : (other, own)
    // What no longer is a pattern here was one when the run was made.
    let known = patterns.compactMap { try? LinearRegex($0, at: "segment_filter") }
    guard known.count == patterns.count else { return nil }
    return known.contains { pattern in words.contains { pattern.matches($0) } }
  }
}
