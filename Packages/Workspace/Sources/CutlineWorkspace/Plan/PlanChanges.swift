internal import CutlineCore
public import CutlineRun

/// What a command line changes in a plan.
///
/// The stages that it means are those of the built-in plans, by their ids: `train`, `exposure`, `quality`.
public struct PlanChanges: Sendable {
  /// Stages that a command of their name adds to any plan: a configuration may speak of them, and others pass over it.
  static let onlyByCommands = ["reject-envelope", "bins", "score-metrics"]

  /// A model folder of another run, instead of training.
  public var modelPath: String?
  /// Leave the checks of the data out.
  public var skipQuality: Bool
  /// Stages that are added where neither the plan nor the configuration has one of their id.
  public var added: [StageRequest]
  /// What is still filled in when the keys of the table have filled theirs.
  public var completed: @Sendable (inout [StageRequest]) -> Void

  public init(
    modelPath: String? = nil, skipQuality: Bool = false, added: [StageRequest] = [],
    completed: @escaping @Sendable (inout [StageRequest]) -> Void = { _ in }
  ) {
    self.added = added
    self.completed = completed
    self.modelPath = modelPath
    self.skipQuality = skipQuality
  }

  /// - Throws: `Faults` (usage) when the plan has no stage that is meant: an option must not pass unheard.
  func apply(to requests: inout [StageRequest], notes: inout [String]) throws {
    if let modelPath {
      let place = Place(source: "--model-path")
      let path = ConfigTable.Entry(key: "path", place: place, value: ConfigValue(.string(modelPath), at: place))
      try change(["train", "exposure"], of: &requests, at: place) { request in
        // What a default or the table says of training is of no account; what somebody wrote for the exposure was meant.
        if request.kind == "exposure", let own = request.settings.first, request.use != "load" {
          notes.append(
            "\(own.key) of stage \(request.id) has no effect: --model-path takes the exposure model of that run")
        }
        request.use = "load"
        request.settings = [path]
      }
    }
    if skipQuality {
      let place = Place(source: "--skip-dq-checks")
      let skip = ConfigTable.Entry(key: "skip", place: place, value: ConfigValue(.boolean(true), at: place))
      try change(["quality"], of: &requests, at: place) { request in
        request.settings.removeAll { $0.key == skip.key }
        request.settings.append(skip)
      }
    }
  }

  private func change(
    _ kinds: [String], of requests: inout [StageRequest], at place: Place, _ body: (inout StageRequest) -> Void
  ) throws {
    let meant = requests.indices.filter { kinds.contains(requests[$0].id) && requests[$0].kind == requests[$0].id }
    guard !meant.isEmpty else {
      throw Faults.usage(
        place, "the plan has no stage called \(kinds.joined(separator: " or "))",
        "Set use and with of the stage that you mean under [stages].")
    }
    for at in meant { body(&requests[at]) }
  }
}
