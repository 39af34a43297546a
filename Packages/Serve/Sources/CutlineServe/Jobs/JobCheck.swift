@_spi(Run) internal import CutlineCore
internal import CutlineRun
internal import CutlineWorkspace
internal import Foundation

/// Everything that can be wrong with what is asked for, before a program is started for it: what only an operator may say
/// (`ConfigurationGuard`), and what the command itself would refuse.
struct JobCheck {
  let folders: DeclaredFolders
  let registry: Registry
  let workingFolder: String

  /// What a job is about to be run with.
  struct Subject {
    let kind: JobRequest.Kind
    /// Files that are there: of the job, or of the folder of configurations.
    let configuration: String
    let segments: String?
    let only: [String]
    let settings: [String]
    let skipsQuality: Bool
    /// The folder of results.
    let target: String
    /// Files that the server itself gives.
    var given: Set<String> = []
  }

  /// - Throws: `JobRefusal` (invalid) with all mistakes that one pass finds.
  func check(_ subject: Subject) throws(JobRefusal) {
    do { try look(at: subject) } catch {
      // Only settings and files that are named here can be at fault.
      let faults = Faults(error)
      throw JobRefusal(invalid: faults, problems(faults, subject))
    }
  }

  private func look(at subject: Subject) throws {
    let own = ConfigurationGuard(folders: folders, workingFolder: workingFolder, given: subject.given)
    var reading = Reading()
    try reading.attempt { try own.check(subject.configuration, settings: subject.settings) }
    if let segments = subject.segments { try reading.attempt { try own.check(segments, settings: []) } }
    try reading.finish()
    var plans: [Plan] = []
    switch subject.kind {
    case .run:
      let expansion = try PlanExpansion(
        subject.configuration, settings: subject.settings, changes: PlanChanges(skipQuality: subject.skipsQuality),
        registry: registry)
      plans = [try expansion.checked(registry)]
    case .batch:
      let configuration = try BatchConfiguration(
        subject.configuration, settings: subject.settings, registry: registry)
      let file = try SegmentsFile(subject.segments ?? "")
      var options = Batch.Options(output: subject.target, threads: 1, version: "", program: "", plugins: [])
      options.skipQuality = subject.skipsQuality
      let batch = try Batch(
        configuration, file, only: subject.only, options: options, registry: registry, neighbours: .none)
      plans = batch.checkedPlans
    }
    for plan in plans { try reading.attempt { try own.check(plan, target: subject.target) } }
    try reading.finish()
  }

  /// The same mistakes in words that say nothing of where the server keeps its files.
  private func problems(_ faults: Faults, _ subject: Subject) -> [JobProblem] {
    faults.all.map { fault in
      var place = fault.place
      var source = label(place.source, subject)
      // What is thrown without a place of its own stands for the whole file.
      if place.line == 0, source.isEmpty { source = "configuration" }
      place = Place(source: source, line: place.line, column: place.column)
      // The form of every sentence is "place: problem. advice"; the place has keys of its own here.
      let text = Fault(fault.code, "", fault.problem, found: fault.found, fault.advice).text(.log)
      return JobProblem(
        source: source, line: place.line > 0 ? place.line : nil, column: place.line > 0 ? place.column : nil,
        detail: hidden(String(text.dropFirst(2)), subject))
    }
  }

  private func label(_ source: String, _ subject: Subject) -> String {
    if source == subject.configuration { return "configuration" }
    if source == subject.segments { return "segments" }
    if let own = folders.configurations, source.hasPrefix(own + "/") {
      return String(source.dropFirst(own.utf8.count + 1))
    }
    return hidden(source, subject)
  }

  private func hidden(_ text: String, _ subject: Subject) -> String {
    var text = text.replacing(subject.configuration, with: "configuration")
    if let segments = subject.segments { text = text.replacing(segments, with: "segments") }
    if let own = folders.configurations {
      text = text.replacing(own + "/", with: "").replacing(own, with: "configurations")
    }
    return text.replacing(folders.runs + "/", with: "")
  }
}

extension BatchNeighbours {
  /// Of a batch that is checked and not run.
  fileprivate static var none: BatchNeighbours {
    BatchNeighbours(
      groups: { _, _ in [] }, interval: { _, _, _, _, _ in (nil, nil) }, recent: { _, _ in nil }, gates: { _, _ in nil }
    )
  }
}
