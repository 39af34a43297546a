internal import Foundation

/// What a stage that stands for a program is called and set to, where several are compared.
protocol Program {
  var title: String { get }
  var parameters: [String: Double] { get }
}

/// A program of one's own in the place of any stage of `K`: it gets its input as files and gives its output as files.
///
/// It is started in the caller's working folder, in a process group of its own, with limits on time and memory; on
/// standard input it gets one JSON object that says where everything is. `docs/plugins-process.md` is the contract.
public struct ProcessStage<K: ExchangedKind>: Stage, Program {
  public typealias Kind = K
  public static var name: String { "process" }
  /// A program may be handed all that is connected; what `reads` of its settings does not name is not made for it.
  public static var reads: [String] { K.ports.all.filter(\.isOptional).map(\.name) }
  public static var summary: String { "Runs a program of one's own, in any language, that takes and gives files." }

  /// Raised when a program written for the old contract would no longer work.
  public static var interface: Int { 2 }

  public var reads: [String] { config.reads }

  var title: String { "process \(config.commandText)" }
  var parameters: [String: Double] {
    let numbers = config.config.entries.compactMap { entry in entry.value.number.map { (entry.key, $0) } }
    return Dictionary(numbers, uniquingKeysWith: { first, _ in first })
  }

  let config: ProcessConfig

  public init(config: ProcessConfig) { self.config = config }

  /// The files that the command names, and those of `inputs`.
  public var externalInputs: [String] {
    var paths: [String] = []
    for (index, word) in config.command.enumerated() where index > 0 || word.contains("/") {
      // A word that is no readable file, and no folder that an interpreter would run, is just a word.
      if FileSystem.leadsToFile(word), access(word, R_OK) == 0 { paths.append(word) }
      if FileSystem.exists(word + "/__main__.py") { paths += Self.files(below: word) }
    }
    let inputs = config.inputs.flatMap { FileSystem.isFolder($0) ? Self.files(below: $0) : [$0] }
    return paths + inputs.filter { !paths.contains($0) }
  }

  /// Without what Python leaves beside modules.
  private static func files(below folder: String) -> [String] {
    // What cannot be listed the program meets itself.
    ((try? FileSystem.filesBelow(folder)) ?? []).filter { !$0.contains("__pycache__") && !$0.hasSuffix("/") }.map {
      "\(folder)/\($0)"
    }
  }

  public func run(_ input: K.Input, in context: RunContext) async throws -> K.Output {
    let command = config.commandText
    let program = try ProgramPath.find(config.command.first ?? "", at: command)
    try context.checkCancellation()
    let folder = try PrivateFolder()
    let output = try folder.folder("output")
    let request = try request(input, folder, output: output, context)
    let child = ChildProcess(
      program: program, arguments: Array(config.command.dropFirst()),
      environment: Self.environment(folder.path, scratch: try folder.folder("scratch"), workers: context.workers),
      request: request, timeLimitSeconds: config.timeLimitSeconds, memoryLimitMiB: config.memoryLimitMiB)
    let (ending, heard): (ProgramEnding, ProgramMessages)
    do {
      (ending, heard) = try await child.run(ProgramMessages(context))
    } catch let failure as ChildProcess.StartFailure {
      throw startFailure(failure.code, program)
    }
    if ending.cause == .cancelled { throw CancellationError() }
    if let other = heard.interface, other != Self.interface { throw refusal(of: other) }
    guard ending.cause == .status(0) else { throw failure(ending, interface: heard.interface) }
    do {
      let files = try ExchangeFolder(output)
      guard !files.names.isEmpty else {
        throw Faults.data(
          "output", "is empty although the program ended well", "Write \(K.Output.typeName) files there.")
      }
      let artifact = try K.read(from: files, for: input, by: command)
      let attached = K.Output.self == FileSet.self ? [] : try files.attachedPaths()
      try files.refuseOthers(K.Output.self)
      try K.check(artifact, against: input)
      try await files.attach(attached, to: context)
      Self.mention(ending.errors.lines, context)
      return K.brought(artifact, for: input, by: command)
    } catch let error as Faults {
      // Whatever the program gave is data; a disk that takes no file of it is not.
      throw error.code == .io ? error.inside(command) : error.given(by: command).recoded(.data)
    }
  }

  /// Writes the input's files and says where they are.
  private func request(
    _ input: K.Input, _ folder: PrivateFolder, output: String, _ context: RunContext
  ) throws -> String {
    var ports: [String] = []
    for (port, values) in zip(K.ports.all, K.ports.values(input)) where !values.isEmpty {
      try context.checkCancellation()
      // Ids may be anything; numbers always make names of folders.
      let places = try values.enumerated().map { index, value in
        guard let artifact = value.artifact as? any ExchangedArtifact else {
          throw Faults.usage(
            "port \(port.name)", "\(port.type.phrase) has no form as files, so that no program can read it",
            "Write the stage in Swift.")
        }
        let path = "input/\(port.name)" + (port.takesMany ? "/\(index + 1)" : "")
        return try Self.write(artifact, to: folder.folder(path), from: port.takesMany ? value.stage : nil)
      }
      let text = port.takesMany ? "[\(places.joined(separator: ","))]" : places.joined()
      ports.append("\(ExchangeText.json(port.name)):\(text)")
    }
    let settings = try ExchangeText.json(ConfigValue(.table(config.config), at: .default))
    return "{\"interface\":\(Self.interface),\"kind\":\(ExchangeText.json(K.name)),"
      + "\"stage\":\(ExchangeText.json(context.stageID)),\"seed\":\(context.seed),\"workers\":\(context.workers),"
      + "\"config\":\(settings),\"input\":{\(ports.joined(separator: ","))},"
      + "\"output\":\(Self.place(K.Output.self, output))}\n"
  }

  private static func write(
    _ artifact: any ExchangedArtifact, to path: String, from stage: String? = nil
  ) throws -> String {
    try artifact.write(to: path)
    return place(type(of: artifact), path, from: stage)
  }

  private static func place(
    _ type: any ExchangedArtifact.Type, _ path: String, from stage: String? = nil
  ) -> String {
    let origin = stage.map { "\"stage\":\(ExchangeText.json($0))," } ?? ""
    return "{\(origin)\"type\":\(ExchangeText.json(type.exchangeName)),\"path\":\(ExchangeText.json(path))}"
  }

  /// The caller's environment, with a temporary folder that is removed, and libraries told how many threads they have.
  private static func environment(_ folder: String, scratch: String, workers: Int) -> [String: String] {
    var environment = ProcessInfo.processInfo.environment
    environment["CUTLINE_FOLDER"] = folder
    environment["TMPDIR"] = scratch
    for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"] where environment[name] == nil {
      environment[name] = String(workers)
    }
    // Nothing is left beside the scripts, and the order of a set does not change from run to run.
    environment["PYTHONDONTWRITEBYTECODE"] = environment["PYTHONDONTWRITEBYTECODE"] ?? "1"
    environment["PYTHONHASHSEED"] = environment["PYTHONHASHSEED"] ?? "0"
    return environment
  }

  private static func mention(_ lines: [String], _ context: RunContext) {
    guard let last = lines.last else { return }
    context.note(
      "wrote \(lines.count) line\(word: lines.count == 1 ? "" : "s") to standard error, the last: \(printed: last)")
  }

  private func startFailure(_ code: Int32, _ program: String) -> Faults {
    let reason =
      switch code {
      case ENOEXEC: "\(program) is no program for this machine, or a script without a first line #!"
      case ENOENT: "the interpreter that \(program) names in its first line is not there"
      case E2BIG: "its arguments and environment are too long"
      default: "\(program) cannot be started: \(SystemCall.reason(code))"
      }
    return Faults.usage(config.commandText, reason, "Try the command by hand in this folder.")
  }

  /// What has changed since a program's interface.
  private func refusal(of other: Int) -> Faults {
    let changes = other < Self.interface ? K.changes.filter { $0.key > other }.sorted { $0.key < $1.key } : []
    let what =
      changes.map { "Since interface \($0.key) it \($0.value)." } + ["It must say {\"interface\":\(Self.interface)}."]
    return Faults.data(
      config.commandText, "was written for process interface \(other), this is \(Self.interface)",
      what.joined(separator: " "))
  }

  private func failure(_ ending: ProgramEnding, interface: Int?) -> Faults {
    let lines = ending.errors.lines
    let limit = "\(config.memoryLimitMiB) MiB"
    let signs = ["memoryerror", "bad_alloc", "out of memory", "cannot allocate", "can't allocate"]
    let isOutOfMemory = lines.suffix(30).contains { line in signs.contains { line.lowercased().contains($0) } }
    // True of both readings: the one with the lines under it, and the one that a file keeps without them.
    var advice =
      lines.isEmpty
      ? "It wrote nothing to standard error."
      : "It wrote \(lines.count) line\(lines.count == 1 ? "" : "s") to standard error."
    let problem: String
    switch ending.cause {
    case .timeLimit:
      problem = "did not end within its time_limit of \(ConfigValue.number(config.timeLimitSeconds)) s and was killed"
      advice = "Make it faster or raise time_limit. " + advice
    case .status(let status):
      problem =
        isOutOfMemory
        ? "ran out of memory under its memory_limit of \(limit) (status \(status))" : "ended with status \(status)"
      if isOutOfMemory { advice = "Raise memory_limit or let it use less. " + advice }
    case .signal(let signal):
      problem =
        "was killed by signal \(signal), \(String(cString: strsignal(signal)))"
        + (isOutOfMemory ? ", out of memory" : "") + " (its memory_limit is \(limit))"
    case .cancelled: problem = "was stopped"
    }
    // A program that says nothing about its interface may be one of an older. One that could not be started, or was
    // ended from outside, has another reason.
    let endedByItself = if case .status(let status) = ending.cause { !isOutOfMemory && status < 126 } else { false }
    let missed = K.ports.all.contains { port in
      port.isOptional && lines.contains { $0.contains("KeyError") && $0.contains(port.name) }
    }
    if endedByItself, interface == nil, missed, let change = K.changes[Self.interface] {
      advice += " If it was written for an older interface: since \(Self.interface) it \(change)."
    }
    return Faults.data(config.commandText, problem, found: .printed(Self.shown(lines)), advice)
  }

  /// The first and the last lines.
  private static func shown(_ lines: [String]) -> [String] {
    lines.count <= 40
      ? lines : Array(lines.prefix(10)) + ["… \(lines.count - 40) lines left out …"] + Array(lines.suffix(30))
  }
}
