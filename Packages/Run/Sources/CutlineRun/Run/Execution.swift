@_spi(Run) internal import CutlineCore
internal import Foundation

/// A stage that has run.
struct Finished: Sendable {
  let node: Plan.Node
  let artifact: any Artifact
  let seconds: Double
  let peakMemory: Int
  let remarks: [Manifest.Remark]
}

/// The state of a run: what is reused, what must run, what is ready.
struct Execution {
  private let plan: Plan
  private let keys: [String: String]
  private let previous: [PreviousRun]
  private let keep: Set<String>
  /// Stages that run whatever the previous run holds.
  private let anew: Set<String>
  private var waiting: Set<String> = []
  /// Stages that were handed out and have not finished, or failed.
  private var running: Set<String> = []
  /// Stages whose output says that the run must not go on.
  private(set) var refusals: [StageFailure] = []
  private var failed: Set<String> = []
  /// Stages that have said which of their optional ports they need.
  private var settled: [String: Set<String>] = [:]
  /// Where each stage puts its files.
  private let places: [String: AttachedFiles]
  /// Stages whose key is unchanged, but whose files are not there any more.
  private var damaged: Set<String> = []
  /// Those of which an earlier run left something that is missing or was changed since.
  private var altered: Set<String> = []
  private var consumers: [String: Int] = [:]
  /// Outputs that somebody still needs.
  private(set) var artifacts: [String: any Artifact] = [:]
  /// Stored form of outputs, for the run folder.
  private(set) var stored: [String: Data] = [:]
  private(set) var records: [String: Manifest.StageRecord] = [:]
  /// Files of stages that have run or were taken over.
  private(set) var files: [String: [FileRecord]] = [:]

  init(
    plan: Plan, keys: [String: String], previous: [PreviousRun], keep: Set<String>, anew: Set<String> = [],
    places: [String: AttachedFiles]
  ) {
    self.places = places
    self.anew = anew
    self.plan = plan
    self.keys = keys
    self.previous = previous
    self.keep = keep
  }

  /// Takes from a previous run what stages with an unchanged key gave there: stored outputs, files, remarks.
  mutating func reuse() {
    for node in plan.nodes where !anew.contains(node.id) {
      guard let key = keys[node.id] else { continue }
      for source in previous {
        if let record = source.record(of: node.id, key: key), take(node, key, record, from: source) { break }
      }
    }
    refuseContradictions()
  }

  /// Makes again what was taken and is no output of what was taken for its inputs: the digests of a folder that others have
  /// written say only that it hangs together. Asked are the laws of each kind, as far as the inputs are stored.
  private mutating func refuseContradictions() {
    var known: [String: any Artifact] = [:]
    for node in plan.nodes {
      guard let data = stored[node.id], let codec = node.instance.codec else { continue }
      do {
        let output = try codec.decode(data)
        let ports = node.stage.ports.filter { port in
          !port.takesFiles && !(node.from[port.name] ?? []).isEmpty
            && (node.from[port.name] ?? []).allSatisfy { known[$0] != nil }
        }
        if node.stage.ports.allSatisfy({ port in port.isOptional || ports.contains { $0.name == port.name } }) {
          var lists: [String: [(stage: String, artifact: any Artifact)]] = [:]
          for port in ports {
            lists[port.name] = (node.from[port.name] ?? []).compactMap { id in known[id].map { (id, $0) } }
          }
          try node.stage.check(output, against: PortValues(lists: lists))
        }
        known[node.id] = output
      } catch {
        // Whatever is wrong with it, the stage runs again and says so in the run's first event.
        altered.insert(node.id)
        damaged.insert(node.id)
        stored[node.id] = nil
        forget(node.id)
      }
    }
  }

  private mutating func take(
    _ node: Plan.Node, _ key: String, _ record: Manifest.StageRecord, from source: PreviousRun
  ) -> Bool {
    var data: Data?
    if let codec = node.instance.codec {
      data = source.bytes(of: node.id, key: key, codec)
      if data == nil {
        altered.insert(node.id)
        return false
      }
    }
    guard let given = source.files(of: record), let place = places[node.id],
      place.takeOver(given.files, from: given.folder)
    else {
      damaged.insert(node.id)
      // A run of an older format does not say which files a stage gave: then nothing was altered.
      if record.files != nil { altered.insert(node.id) }
      return false
    }
    damaged.remove(node.id)
    altered.remove(node.id)
    stored[node.id] = data
    files[node.id] = given.files
    records[node.id] = Manifest.StageRecord(
      id: node.id, kind: node.stage.kind, use: node.stage.name, key: key, reused: true, seconds: 0, peakMemory: 0,
      outputDigest: record.outputDigest, settings: node.settings, remarks: record.remarks, files: record.files)
    return true
  }

  /// Settles which stages must run: those that left something in the folder which is not there or has changed, those at
  /// the ends of the plan, and whatever these need and cannot load.
  mutating func decide() throws {
    var needed: Set<String> = []
    // What nobody takes is wanted for itself.
    let consumed = Set(plan.nodes.flatMap(\.artifactInputs))
    for node in plan.nodes.reversed() {
      let isRoot =
        records[node.id] == nil
        && (node.stage.output == FileSet.self || anew.contains(node.id) || damaged.contains(node.id)
          || !consumed.contains(node.id) || node.instance.codec != nil)
      if isRoot || keep.contains(node.id) || needed.contains(node.id) {
        if stored[node.id] == nil {
          waiting.insert(node.id)
          needed.formUnion(node.requiredInputs)
          needed.formUnion(node.fileInputs.filter { records[$0] == nil })
        } else {
          needed.insert(node.id)
        }
      }
    }
    // A previous record without a stored output says nothing about a stage that runs again, and stands for one that
    // nobody needs.
    for id in waiting { forget(id) }
    for node in plan.nodes where waiting.contains(node.id) {
      for input in node.artifactInputs { consumers[input, default: 0] += 1 }
    }
    // Those that can say now which optional ports they need: what is made for them is then made once.
    for node in plan.nodes where waiting.contains(node.id) && node.requiredInputs.allSatisfy(isThere) {
      _ = try settle(node)
    }
  }

  /// Looks at what was taken from a previous run, which may have ended at a gate.
  mutating func askGates() throws {
    for node in plan.nodes where !waiting.contains(node.id) && stored[node.id] != nil && node.instance.gate != nil {
      ask(node, try artifact(node.id))
    }
  }

  private mutating func ask(_ node: Plan.Node, _ output: any Artifact) {
    guard let faults = node.instance.gate?.refusal(output) else { return }
    refusals.append(StageFailure(stage: node.id, cause: faults))
  }

  private func isRefused(_ id: String) -> Bool { refusals.contains { $0.stage == id } }

  /// Stages that run only because what an earlier run left of them is missing or was changed.
  var madeAgain: [String] { plan.nodes.map(\.id).filter { altered.contains($0) && waiting.contains($0) } }

  /// Stages that wait for one that has not failed: never, unless the runner is at fault.
  func stuck(after failed: [String]) -> [String] {
    let skipped = Set(skipped(after: failed))
    return plan.nodes.map(\.id).filter { waiting.contains($0) && !skipped.contains($0) }
  }

  /// Lets go what was taken from a previous run, as the stage runs again.
  private mutating func forget(_ id: String) {
    records[id] = nil
    files[id] = nil
    places[id]?.clear()
  }

  /// Whether anything was made that is worth keeping.
  var hasResults: Bool {
    records.values.contains { !$0.reused && (stored[$0.id] != nil || !(files[$0.id] ?? []).isEmpty) }
  }

  /// Stages that have run or were taken from a previous run.
  var finishedCount: Int { records.count }

  /// Stages that did not run because one of `failed` did not give its output.
  func skipped(after failed: [String]) -> [String] {
    var reached = Set(failed)
    return plan.nodes.compactMap { node in
      guard waiting.contains(node.id), node.inputs.contains(where: reached.contains) else { return nil }
      reached.insert(node.id)
      return node.id
    }
  }

  /// A stage whose inputs are all there, with them; nil when none is.
  mutating func nextReady() throws -> (Plan.Node, PortValues)? {
    var isLookedAgain = true
    while isLookedAgain {
      isLookedAgain = false
      for node in plan.nodes where waiting.contains(node.id) {
        guard node.requiredInputs.allSatisfy(isThere), filesAreThere(for: node) else { continue }
        if try settle(node) { isLookedAgain = true }
        let needed = settled[node.id] ?? []
        let ports = node.stage.ports.filter { !$0.isOptional || needed.contains($0.name) }
        let taken = ports.filter { !$0.takesFiles }.flatMap { node.from[$0.name] ?? [] }
        guard taken.allSatisfy(isThere) else { continue }
        waiting.remove(node.id)
        running.insert(node.id)
        let values = try values(of: ports, node)
        for input in taken { release(input) }
        return (node, values)
      }
    }
    return nil
  }

  /// Asks a stage which of its optional ports it needs, once the others are there, and has what is missing there made.
  /// - Returns: whether more stages wait now.
  private mutating func settle(_ node: Plan.Node) throws -> Bool {
    guard settled[node.id] == nil else { return false }
    let optional = node.stage.ports.filter { $0.isOptional && node.from[$0.name] != nil }
    var needed: Set<String> = []
    if !optional.isEmpty {
      let others = node.stage.ports.filter { !$0.isOptional }
      needed = Set(try node.instance.needs(try values(of: others, node)))
    }
    settled[node.id] = needed
    var demanded = false
    for port in optional {
      for input in node.from[port.name] ?? [] {
        if needed.contains(port.name) { demanded = demand(input) || demanded } else { release(input) }
      }
    }
    return demanded
  }

  /// Puts a stage whose output is neither there nor under way, and what it needs in turn, among those that run.
  private mutating func demand(_ id: String) -> Bool {
    guard !isThere(id), !isRefused(id), !waiting.contains(id), !running.contains(id), let node = plan[id] else {
      return false
    }
    waiting.insert(id)
    forget(id)
    for input in node.artifactInputs { consumers[input, default: 0] += 1 }
    for input in node.requiredInputs { _ = demand(input) }
    return true
  }

  private func isThere(_ id: String) -> Bool { !isRefused(id) && (artifacts[id] != nil || stored[id] != nil) }

  /// What reads files comes last: a stage that was taken over may still be made again for another one, and its files with it.
  private func filesAreThere(for node: Plan.Node) -> Bool {
    guard !node.fileInputs.isEmpty else { return true }
    let hopeless = Set(skipped(after: Array(failed) + refusals.map(\.stage)))
    return node.fileInputs.allSatisfy { records[$0] != nil && !isRefused($0) }
      && plan.nodes.allSatisfy {
        !waiting.contains($0.id) || hopeless.contains($0.id) || !$0.fileInputs.isEmpty
      }
  }

  private mutating func values(of ports: [CutlineCore.Port], _ node: Plan.Node) throws -> PortValues {
    var values: [String: [(stage: String, artifact: any Artifact)]] = [:]
    for port in ports {
      values[port.name] = try node.from[port.name]?.map {
        ($0, port.takesFiles ? stageFiles(of: $0) : try artifact($0))
      }
    }
    return PortValues(lists: values)
  }

  private func stageFiles(of id: String) -> StageFiles {
    let place = places[id]
    let said = (records[id]?.remarks ?? []).map {
      StageFiles.Said(isWarning: $0.kind == .warning, text: $0.message)
    }
    return StageFiles(files[id] ?? [], said: said) {
      try Array(FileSystem.read(place?.place(of: $0.path) ?? $0.path))
    }
  }

  mutating func finish(_ finished: Finished) throws {
    let node = finished.node
    running.remove(node.id)
    let place = places[node.id]
    if let set = try node.instance.gate?.files(finished.artifact, node.id) {
      for file in set.files { try place?.write(file) }
    }
    if let set = finished.artifact as? FileSet { for file in set.files { try place?.write(file) } }
    let given = try place?.end() ?? []
    var digest: String?
    if let codec = node.instance.codec {
      let data = try codec.encode(finished.artifact)
      stored[node.id] = data
      digest = Digest.of(data)
    }
    files[node.id] = given
    if consumers[node.id, default: 0] > 0 || keep.contains(node.id) {
      artifacts[node.id] = finished.artifact
    }
    records[node.id] = Manifest.StageRecord(
      id: node.id, kind: node.stage.kind, use: node.stage.name, key: keys[node.id] ?? "", reused: false,
      seconds: finished.seconds, peakMemory: finished.peakMemory, outputDigest: digest, settings: node.settings,
      remarks: finished.remarks, files: given.map(\.path))
    ask(node, finished.artifact)
  }

  func place(of id: String) -> AttachedFiles? { places[id] }

  /// Removes what a stage that failed has left.
  mutating func discard(_ id: String) {
    failed.insert(id)
    places[id]?.clear(forGood: true)
  }

  /// Loads what the caller wants and nobody had to load.
  mutating func loadKept() throws {
    for id in keep where artifacts[id] == nil && stored[id] != nil { _ = try artifact(id) }
  }

  private mutating func artifact(_ id: String) throws -> any Artifact {
    if let artifact = artifacts[id] { return artifact }
    guard let node = plan[id], let codec = node.instance.codec, let data = stored[id] else {
      throw Faults.integrity("stage \(id)", "its output is needed before it is there", "This is a fault of the runner.")
    }
    let artifact = try codec.decode(data)
    artifacts[id] = artifact
    return artifact
  }

  // An artefact that nobody waits for any more is let go: tables of applications are large.
  private mutating func release(_ id: String) {
    consumers[id, default: 1] -= 1
    if consumers[id] == 0, !keep.contains(id) { artifacts[id] = nil }
  }
}
