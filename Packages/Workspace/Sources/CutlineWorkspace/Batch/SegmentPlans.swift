public import CutlineCore
public import CutlineRun

/// One stage for each segment of a file, and for each supersegment that they use: what commands run that ask something of all of them.
public struct SegmentPlans: Sendable {
  /// A segment, or a supersegment.
  public struct Subject: Sendable {
    /// `segment` or `supersegment`.
    public let level, name: String
    /// The one that a segment belongs to.
    public let supersegment: String?
  }

  /// Segments first, both in the order of the file.
  public let plans: [(subject: Subject, plan: Plan)]
  /// How the configuration was understood.
  public let notes: [String]

  /// - Parameters:
  ///   - names: of segments; empty = all.
  ///   - stage: what is added to the plan of each; the plan holds it and what it needs.
  /// - Throws: `Faults` (usage): names that are none, and every mistake in the configuration of any of them; no data is read.
  public init(
    _ configuration: BatchConfiguration, _ file: SegmentsFile, only names: [String], skipQuality: Bool,
    registry: Registry, stage: (Subject) -> StageRequest
  ) throws {
    let selected = try file.selected(names, at: Place(source: "--segments"))
    try configuration.refuseOneFilter(for: file)
    let units =
      selected.map {
        (
          Subject(level: "segment", name: $0.name, supersegment: $0.supersegment?.name),
          BatchUnit($0, configuration, output: "")
        )
      }
      + file.used(by: selected).map {
        (Subject(level: "supersegment", name: $0.name, supersegment: nil), BatchUnit($0, configuration, output: ""))
      }
    var reading = Reading()
    var plans: [(subject: Subject, plan: Plan)] = []
    var notes: [String] = []
    for (subject, unit) in units {
      let request = stage(subject)
      let made = try reading.attempt { () -> (Plan, [String]) in
        let expansion = try configuration.expansion(
          of: unit.document, PlanChanges(skipQuality: skipQuality, added: [request]), registry)
        return (try expansion.checked(registry, onlyFor: request.id), expansion.notes)
      }
      guard let made else { continue }
      plans.append((subject, made.0))
      for note in made.1 where !notes.contains(note) { notes.append(note) }
    }
    try reading.finish()
    (self.plans, self.notes) = (plans, notes)
  }
}
