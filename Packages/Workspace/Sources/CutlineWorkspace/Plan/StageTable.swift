internal import CutlineCore

/// A table of the configuration that speaks about one stage.
struct StageTable {
  private let table: ConfigTable
  private let place: Place

  /// - Throws: `Faults` (usage) when it is no table or holds another key.
  init(_ value: ConfigValue, allowed: [String]) throws {
    guard let table = value.table else {
      throw Faults.usage(
        value.place, "a stage is \(value.typeName)", "Write a table with \(allowed.joined(separator: ", ")).")
    }
    for entry in table.entries where !allowed.contains(entry.key) {
      let hint = DidYouMean.phrase(for: entry.key, among: allowed)
      throw Faults.usage(
        entry.place, "unknown key \(entry.key) of a stage\(hint)",
        "It may hold \(allowed.joined(separator: ", ")).")
    }
    self.table = table
    place = value.place
  }

  func text(_ key: String) throws -> String {
    guard let value = table[key] else {
      throw Faults.usage(place, "the stage has no \(key)", "Add \(key) = \"…\".")
    }
    guard let text = value.string, !text.isEmpty else {
      throw Faults.usage(value.place, "\(key) is \(value.typeName)", "It must be text.")
    }
    return text
  }

  func apply(to request: inout StageRequest, at place: Place) throws {
    request.place = place
    if table["use"] != nil {
      request.use = try text("use")
      request.place = table["use"]?.place ?? place
    }
    if let with = table["with"] {
      guard let settings = with.table else {
        throw Faults.usage(with.place, "with is \(with.typeName)", "Write with = { key = value }.")
      }
      for entry in settings.entries {
        request.settings.removeAll { $0.key == entry.key }
        request.settings.append(entry)
      }
    }
    if let from = table["from"] {
      guard let ports = from.table else {
        throw Faults.usage(from.place, "from is \(from.typeName)", "Write from = { port = \"stage\" }.")
      }
      for entry in ports.entries {
        let sources = entry.value.string.map { [$0] } ?? entry.value.array?.compactMap(\.string) ?? []
        guard !sources.isEmpty, sources.count == entry.value.array?.count ?? 1 else {
          throw Faults.usage(
            entry.value.place, "port \(entry.key) is \(entry.value.typeName)",
            "Name the stage whose output goes there, or a list of stages for a port that takes many.")
        }
        request.from[entry.key] = PortSource(sources, at: entry.value.place)
      }
    }
  }
}
