internal import CutlineDecide

/// What is known of the folders of a shelf, by name, as long as their manifests are the same.
struct ShelfIndex: Sendable {
  /// A run that is there: where, and under which mark it was seen.
  struct Place: Sendable, Hashable {
    let name: String
    let batch: String?
    let mark: FolderHandle.Mark

    var published: Instant { Instant(microseconds: Int64(mark.modified / 1000)) }
  }

  private(set) var entries: [String: RunEntry] = [:]
  /// Under which mark each was read.
  private(set) var places: [String: Place] = [:]
  /// Seen, and not read yet.
  private(set) var pending: [String: Place] = [:]
  /// Folders whose names nobody can ask for.
  private(set) var unsayable = 0
  /// By the order of lists; nil where it is to be made anew.
  private var sorted: [RunEntry]?

  var isComplete: Bool { pending.isEmpty }

  /// Takes what lies there now: what is gone goes, what is new or has changed is to be read.
  mutating func see(_ found: [Place], unsayable: Int) {
    self.unsayable = unsayable
    var known = 0
    pending = [:]
    for place in found {
      let own = places[place.name]
      if own != nil { known += 1 }
      if own != place { pending[place.name] = place }
    }
    guard known < places.count else { return }
    let seen = Set(found.map(\.name))
    for name in places.keys where !seen.contains(name) {
      places[name] = nil
      entries[name] = nil
      sorted = nil
    }
  }

  /// Keeps what was read of a place, unless another run stands there by now.
  mutating func keep(_ entry: RunEntry?, of place: Place) {
    guard pending[place.name] == place else { return }
    pending[place.name] = nil
    entries[place.name] = entry
    places[place.name] = entry == nil ? nil : place
    sorted = nil
  }

  /// All entries in the order of lists.
  mutating func inOrder() -> [RunEntry] {
    if let sorted { return sorted }
    let all = entries.values.sorted(by: RunEntry.comes)
    sorted = all
    return all
  }
}
