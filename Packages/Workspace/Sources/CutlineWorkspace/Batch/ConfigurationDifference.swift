public import CutlineCore

/// What two segments, or a segment and the configuration under it, are run with, where that differs.
public struct ConfigurationDifference {
  /// A value and where it is written.
  public struct Side: Sendable, Codable, Hashable {
    /// As TOML; nil where nobody has said it.
    public let value: String?
    /// `file:line:column`, `--set …`, or `default`.
    public let origin: String
  }

  public struct Line: Sendable, Codable, Hashable {
    public let key: String
    public let a, b: Side
  }

  public let names: [String]
  /// In the order of A's configuration, then of B's.
  public let lines: [Line]

  /// The word for the configuration without a segment.
  public static let base = "base"

  /// - Parameters:
  ///   - names: two, of segments or `base`.
  ///   - file: nil where only `base` can be meant.
  /// - Throws: `Faults` (usage) for a name that is none.
  public init(_ names: [String], _ configuration: BatchConfiguration, _ file: SegmentsFile, registry: Registry) throws {
    self.names = names
    let fields = SharedFields(registry.all)
    let sides = try names.map {
      name -> (document: ConfigDocument, own: [(key: String, value: String, origin: Place)]) in
      guard name != Self.base else { return (configuration.document(), []) }
      let known = file.segments.map(\.name)
      guard let segment = file.segments.first(where: { $0.name == name }) else {
        throw Faults.usage(
          "cutline config diff", "\(name) is no segment of \(file.path)\(DidYouMean.phrase(for: name, among: known))",
          "Name two of \((known + [Self.base]).joined(separator: ", ")).")
      }
      let own = segment.own.map { (key: $0.key, value: $0.value.toml, origin: $0.value.place) }
      return (configuration.document(with: segment.overrides), own)
    }
    let leaves = sides.map { side in
      (side.document.root[configuration.table]?.table ?? ConfigTable()).leaves().map {
        (key: $0.key, value: $0.value.toml, origin: $0.value.place)
      } + side.own
    }
    var keys: [String] = []
    for leaf in leaves.joined() where !keys.contains(leaf.key) { keys.append(leaf.key) }
    lines = keys.compactMap { key in
      let found = leaves.map { own in
        own.first { $0.key == key }.map { Side(value: $0.value, origin: $0.origin.description) }
          ?? Side(
            value: fields[key].first.map { $0.field.defaultValue }, origin: Place.default.description)
      }
      return found[0].value == found[1].value ? nil : Line(key: key, a: found[0], b: found[1])
    }
  }
}
