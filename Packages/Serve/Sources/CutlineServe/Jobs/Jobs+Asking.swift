@_spi(Run) internal import CutlineCore
public import CutlineDecide
internal import Foundation

extension Jobs {
  /// Takes a job in, where nothing is wrong with it.
  ///
  /// - Parameters:
  ///   - name: who asks.
  ///   - caller: the same, as the store knows them; needed where there is a store.
  /// - Returns: the job as it stands.
  /// - Throws: `JobRefusal`: (invalid) with all mistakes, (conflict) where a job of that name runs or its results may not be replaced,
  ///   (rate) where too many wait, (unavailable) where it cannot be kept; what the store throws.
  public func submit(_ request: JobRequest, by name: String, caller: Caller? = nil) throws -> JobReport {
    try submit(request, by: name, caller: caller, resuming: nil)
  }

  private func submit(
    _ request: JobRequest, by name: String, caller: Caller?, resuming: JobID?
  ) throws -> JobReport {
    try check(request)
    entrance.lock()
    defer { entrance.unlock() }
    let id = nextID()
    let target = "\(folders.runs)/\(request.name)"
    try checkPlace(request, target)
    let staging = "\(folder)/.new-\(id)"
    defer { try? FileSystem.remove(staging) }  // gone where all went well
    do {
      guard mkdir(staging, 0o700) == 0 else { throw FileSystem.failure(staging, "cannot be made") }
      let folder = JobFolder(path: staging)
      let configuration = try kept(request.configuration, as: folder.configuration, "configuration")
      let segments = try request.segments.map { try kept($0, as: folder.segments, "segments") }
      var settings = request.settings
      var given: Set<String> = []
      if let labels = request.labels {
        try labels.withUnsafeBytes { try FileSystem.write($0, to: folder.labels) }
        chmod(folder.labels, 0o600)
        let path = JobFolder(of: id, in: self.folder).labels
        settings += ["labels=\(ConfigText.quoted("built"))", "labels_path=\(ConfigText.quoted(path))"]
        given = [path]
      }
      if let active = request.active {
        try active.withUnsafeBytes { try FileSystem.write($0, to: folder.active) }
        let path = JobFolder(of: id, in: self.folder).active
        settings += ["active=\(ConfigText.quoted(path))", "on_other_variables=\(ConfigText.quoted("warn"))"]
        given.insert(path)
      }
      try JobCheck(folders: folders, registry: registry, workingFolder: options.workingFolder).check(
        .init(
          kind: request.kind, configuration: configuration.path ?? folder.configuration,
          segments: segments.map { $0.path ?? folder.segments }, only: request.only, settings: settings,
          skipsQuality: request.options.skipsQuality, target: target, given: given))
      var run: String?
      if let store, let caller {
        run = try store.beginRun(
          request.training == nil ? request.kind.rawValue : JobTraining.pipeline, product: request.training?.product,
          folder: request.name,
          parameters: request.training.map { String(decoding: try CanonicalJSON.encode($0), as: UTF8.self) } ?? "{}",
          by: caller
        ).runID
      }
      let record = JobRecord(
        format: JobRecord.format.text, id: id, kind: request.kind, name: request.name, by: name,
        words: words(request, settings, id, target, configuration, segments), folder: options.workingFolder,
        target: target,
        configuration: configuration, segments: segments, only: request.only, settings: settings,
        options: request.options, resumes: resuming, run: run,
        training: request.training)
      do { try JobFolder.make(record, from: staging, in: self.folder) } catch {
        tell(record, .failed)
        throw error
      }
      queue.withLock { $0.add(JobQueue.Entry(record, JobFolder(of: id, in: self.folder))) }
    } catch let error as Faults { throw JobRefusal(unavailable: error) }
    advance()
    return try job(id)
  }

  /// What can be said before anything is written.
  private func check(_ request: JobRequest) throws(JobRefusal) {
    var problems: [JobProblem] = []
    if !JobRequest.isName(request.name) {
      problems.append(
        JobProblem(
          source: "name",
          detail:
            "is no name of results. Use up to 80 letters, digits, dots, dashes and underscores, a letter or digit first."
        ))
    }
    if request.kind == .batch, request.segments == nil {
      problems.append(JobProblem(source: "segments", detail: "are missing. A batch needs a file of segments."))
    }
    if request.kind == .run, request.segments != nil || !request.only.isEmpty {
      problems.append(JobProblem(source: "segments", detail: "are of a batch. Leave them out of a run."))
    }
    if request.settings.count > JobRequest.mostSettings || request.only.count > JobRequest.mostSegments
      || (request.settings + request.only).contains(where: {
        $0.utf8.count > JobRequest.settingLimit || $0.utf8.contains(0)
      })
    {
      problems.append(
        JobProblem(source: "--set", detail: "are too many or too long. Write a configuration with these settings."))
    }
    for (source, label) in [(request.configuration, "configuration"), (request.segments, "segments")] {
      guard case .text(let text)? = source, text.utf8.count > JobRequest.byteLimit || text.utf8.contains(0) else {
        continue
      }
      problems.append(
        JobProblem(source: label, detail: "is larger than \(JobRequest.byteLimit >> 20) MiB, or no text. Send less."))
    }
    guard let first = problems.first else { return }
    throw JobRefusal(invalid: .usage(first.source, first.detail, ""), problems)
  }

  private func checkPlace(_ request: JobRequest, _ target: String) throws(JobRefusal) {
    let open = queue.withLock { $0.open }
    if let other = open.first(where: { $0.record.name == request.name }) {
      throw JobRefusal(
        .conflict, "name", "is that of a job that has not ended: \(other.record.id)",
        "Wait for it, or use another name.")
    }
    guard open.count(where: { !$0.isActive }) < options.waiting, !queue.withLock({ $0.isClosed }) else {
      throw JobRefusal(.rate, "jobs", "wait already, as many as may", "Ask again when one of them has ended.")
    }
    guard request.options.replaces || !FileSystem.exists(target) else {
      throw JobRefusal(
        .conflict, "name", "is that of results that are there", "Use another name, or say that they may be replaced.")
    }
  }

  private func kept(_ source: JobRequest.Source, as path: String, _ label: String) throws -> JobRecord.Given {
    switch source {
    case .text(let text):
      let bytes = Data(text.utf8)
      try bytes.withUnsafeBytes { try FileSystem.write($0, to: path) }
      return JobRecord.Given(path: nil, sha256: Digest.of(bytes), bytes: bytes.count)
    case .named(let name):
      guard let own = folders.configuration(named: name) else {
        let problem = JobProblem(source: label, detail: "is none of the server's own. See the list of configurations.")
        throw JobRefusal(
          invalid: .usage(label, "is none of the server's own", "See the list of configurations."), [problem])
      }
      let bytes = try FileSystem.read(own, limit: ConfigDocument.sizeLimit)
      // As it was then: what it says later is another job's.
      try bytes.withUnsafeBytes { try FileSystem.write($0, to: path) }
      return JobRecord.Given(path: own, sha256: Digest.of(bytes), bytes: bytes.count)
    }
  }

  private func words(
    _ request: JobRequest, _ settings: [String], _ id: JobID, _ target: String, _ configuration: JobRecord.Given,
    _ segments: JobRecord.Given?
  ) -> [String] {
    let own = JobFolder(of: id, in: folder)
    var words = [request.kind.rawValue, "--config", configuration.path ?? own.configuration]
    if let segments { words += ["--segments-config", segments.path ?? own.segments] }
    words += ["--output", target, "--events", own.events, "--json"]
    words += settings.flatMap { ["--set", $0] }
    // With its name in front: a name may begin as an option does.
    words += request.only.map { "--segments=\($0)" }
    if request.options.isFresh, request.kind == .run { words.append("--fresh") }
    if request.options.isStrict { words.append("--strict") }
    if request.options.skipsQuality { words.append("--skip-dq-checks") }
    if request.options.isParallel, request.kind == .batch { words.append("--parallel") }
    return words
  }

  /// Looks once more right before a program is started: files may be others than when somebody asked.
  func checkAgain(_ record: JobRecord, _ own: JobFolder) throws {
    for (given, path) in [(record.configuration, own.configuration), (record.segments, own.segments)] {
      guard let given else { continue }
      guard try Digest.ofFile(given.path ?? path).sha256 == given.sha256 else {
        throw Faults.integrity(
          "configuration", "is another one than when the job was asked for", "Ask again with what is wanted now.")
      }
    }
    try JobCheck(folders: folders, registry: registry, workingFolder: record.folder).check(
      .init(
        kind: record.kind, configuration: record.configuration.path ?? own.configuration,
        segments: record.segments.map { $0.path ?? own.segments }, only: record.only, settings: record.settings,
        skipsQuality: record.options.skipsQuality, target: record.target,
        given: record.training == nil ? [] : [own.labels, own.active]))
  }

  /// Asks for the end of a job. One that has ended stays as it is, and asking twice changes nothing.
  ///
  /// - Parameter caller: who asks, as the store knows them; its log has it.
  /// - Throws: `JobRefusal` (not found), (unavailable) where it cannot be kept that somebody asked; what the store throws.
  public func cancel(_ id: JobID, by name: String, caller: Caller? = nil) throws -> JobReport {
    guard let entry = queue.withLock({ $0.entries[id] }) else { throw Self.unknown }
    guard entry.ended == nil, !entry.isCancelled else { return try job(id) }
    if let store, let caller, let run = entry.record.run { try store.askForEnd(of: run, by: caller) }
    do { try entry.folder.cancel(JobCancellation(by: name, moment: FileStamp.now() / 1_000_000)) } catch {
      throw JobRefusal(unavailable: Faults(error))
    }
    let isOver = queue.withLock { queue in
      queue.entries[id]?.isCancelled = true
      guard let own = queue.entries[id], own.ended == nil, !own.isActive else { return false }
      queue.entries[id]?.ended = .cancelled
      return true
    }
    if isOver { tell(entry.record, .cancelled) } else { end(id) }
    return try job(id)
  }

  /// Runs the words of a job again that has not come to a good end: stages and segments that it finished are taken from there.
  ///
  /// - Throws: `JobRefusal` (conflict) for one that runs or has succeeded, and as `submit`.
  public func resume(_ id: JobID, by name: String, caller: Caller? = nil) throws -> JobReport {
    guard let entry = queue.withLock({ $0.entries[id] }) else { throw Self.unknown }
    guard entry.state.mayResume else {
      throw JobRefusal(
        .conflict, "job", "is \(entry.state.rawValue)", "Only one that failed, was cancelled or interrupted goes on.")
    }
    let record = entry.record
    func source(_ given: JobRecord.Given, _ path: String) throws -> JobRequest.Source {
      if let own = given.path, let folder = folders.configurations {
        return .named(String(own.dropFirst(folder.count + 1)))
      }
      return .text(String(decoding: try FileSystem.read(path, limit: JobRequest.byteLimit), as: UTF8.self))
    }
    var request: JobRequest
    do {
      request = JobRequest(
        record.kind, name: record.name, configuration: try source(record.configuration, entry.folder.configuration),
        segments: try record.segments.map { try source($0, entry.folder.segments) })
    } catch { throw JobRefusal(unavailable: Faults(error)) }
    (request.only, request.settings, request.options) = (record.only, record.settings, record.options)
    if let training = record.training {
      // Labels are those of then; where they lie follows from the new job.
      request.training = training
      let given = ["labels=", "labels_path=", "active=", "on_other_variables="]
      request.settings.removeAll { setting in given.contains { setting.hasPrefix($0) } }
      do {
        request.labels = Array(try FileSystem.read(entry.folder.labels, limit: 1 << 30))
        if training.compared != nil {
          request.active = Array(try FileSystem.read(entry.folder.active, limit: 64 << 20))
        }
      } catch {
        throw JobRefusal(unavailable: Faults(error))
      }
    }
    // Of a batch what stands there by now, of its own segments, is what it goes on from; results of another job are not.
    let isTaken = queue.withLock { queue in
      queue.entries.values.contains {
        $0.record.name == record.name && $0.record.id > record.id && !$0.state.mayResume
      }
    }
    guard !isTaken else {
      throw JobRefusal(
        .conflict, "name", "\(record.name) was asked for again since",
        "Ask for a new job under another name, or with replace.")
    }
    if record.kind == .batch { request.options.replaces = true }
    return try submit(request, by: name, caller: caller, resuming: id)
  }

  static var unknown: JobRefusal { JobRefusal(.notFound, "job", "is not known", "See the list of jobs.") }
}
