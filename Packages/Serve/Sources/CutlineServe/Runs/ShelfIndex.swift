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

  private(set) var entries: [String: (place: Place, entry: RunEntry)] = [:]
  /// Seen, and not read yet.
  private(set) var pending: [String: Place] = [:]
  /// Folders whose names nobody can ask for.
  private(set) var unsayable = 0
  /// By the order of lists; nil where it is to be made anew.
  private var sorted: [RunEntry]?

  var isComplete: Bool { pending.isEmpty }

  /// Takes what lies there now: what is gone goes, what is new or has changed is to be read.
  mutating func see(_ places: [Place], unsayable: Int) {
    self.unsayable = unsayable
    var seen = Set<String>(minimumCapacity: places.count)
    for place in places {
      seen.insert(place.name)
      if entries[place.name]?.place == place {
        pending[place.name] = nil
      } else {
        pending[place.name] = place
      }
    }
    for name in entries.keys where !seen.contains(name) {
      entries[name] = nil
      sorted = nil
    }
    for name in pending.keys where !seen.contains(name) { pending[name] = nil }
  }

  /// Keeps what was read of a place, unless another run stands there by now.
  mutating func keep(_ entry: RunEntry?, of place: Place) {
    guard pending[place.name] == place else { return }
    pending[place.name] = nil
    entries[place.name] = entry.map { (place, $0) }
    sorted = nil
  }

  /// All entries in the order of lists.
  mutating func inOrder() -> [RunEntry] {
    if let sorted { return sorted }
    let all = entries.values.map(\.entry).sorted(by: RunEntry.comes)
    sorted = all
    return all
  }
}
