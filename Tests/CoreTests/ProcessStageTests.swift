import CutlineCore
import CutlineCredit
import CutlineRun
import CutlineTesting
import Foundation
import Synchronization
import TestSupport
import Testing

extension Give: ExchangedKind {}

extension Join: ExchangedKind {
  static func check(_ output: Quantity, against input: Input) throws {
    guard output.value >= 0 else { throw Faults.data("value", "is negative", "Give at least 0.") }
  }
}

extension Write: ExchangedKind {}

/// Programs as stages, by shell scripts on toys: the contract, and every way in which a program can fail.
@Suite struct ProcessStageTests {
  private let folder = TemporaryFolder()

  private func settings(
    _ command: [String], config: String = "", seconds: Double = 60, memory: Int = 4096
  ) throws -> [ConfigTable.Entry] {
    try ConfigDocument.parse(
      """
      command = [\(command.map { "'''\($0)'''" }.joined(separator: ", "))]
      config = { \(config) }
      time_limit = \(seconds)
      memory_limit = \(memory)
      """, source: "toy.toml"
    ).entries
  }

  /// Runs a shell script in the place of a stage that joins 1.5 and 2.
  private func join(
    _ script: String, config: String = "", seconds: Double = 60, memory: Int = 4096,
    sink: @escaping EventSink = { _ in }
  ) async throws -> Double {
    var registry = Registry()
    try registry.register(ProcessStage<Join>.self)
    let stage = try registry.stage(kind: "join", name: "process", at: .default)
    let instance = try stage.instance(
      settings(["/bin/sh", "-c", script], config: config, seconds: seconds, memory: memory))
    let context = RunContext(stageID: "both", seed: 18_446_744_073_709_551_615, workers: 3, sink: sink)
    let output = try await instance.run(["a": Quantity(value: 1.5), "b": Quantity(value: 2)], in: context)
    return try #require(output as? Quantity).value
  }

  /// The error of a script, or nil.
  private func refusal(
    _ script: String, seconds: Double = 60, memory: Int = 4096, sink: @escaping EventSink = { _ in }
  ) async throws -> Faults? {
    do {
      _ = try await join(script, seconds: seconds, memory: memory, sink: sink)
      return nil
    } catch let error as Faults {
      return error
    }
  }

  private static let answer = "echo '{\"value\":7}' > $CUTLINE_FOLDER/output/amount.json"

  @Test func theRequestSaysWhereEverythingIs() async throws {
    let request = folder.path("request.json")
    let value = try await join(
      "cat > \(request); cat $CUTLINE_FOLDER/input/a/amount.json > \(folder.path("a.json")); pwd > "
        + "\(folder.path("pwd")); \(Self.answer)",
      config: "trees = 200, rate = 2.0, name = 'a \"b\"', list = [1, { x = true }], day = 2022-01-31")
    #expect(value == 7)
    let text = try folder.read("request.json")
    #expect(
      text.hasPrefix(
        #"{"interface":2,"kind":"join","stage":"both","seed":18446744073709551615,"workers":3,"config":{"trees":200,"rate":2.0,"name":"a \"b\"","list":[1,{"x":true}],"day":"2022-01-31"},"input":{"a":{"type":"amount","path":""#
      ), "\(text)")
    let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let output = try #require(json["output"] as? [String: String])
    #expect(output["type"] == "amount")
    let place = try #require(output["path"])
    #expect(place.hasSuffix("/output"))
    #expect(!FileManager.default.fileExists(atPath: place), "the folder is removed")
    #expect(try folder.read("a.json").contains("1.5"))
    #expect(
      try folder.read("pwd").trimmingCharacters(in: .newlines) == FileManager.default.currentDirectoryPath,
      "it runs in the caller's folder")
  }

  @Test func linesBecomeEvents() async throws {
    let events = Mutex<[RunEvent]>([])
    let long = String(repeating: "x", count: 2000)
    _ = try await join(
      """
      echo '{"progress":0.25}'; echo '{"note":"a note"}'; echo '{"warning":"careful"}'; echo plain; echo
      echo '{"progress":"no"}'; echo \(long); printf 'a\\033[31mb'; echo oops >&2; \(Self.answer)
      """
    ) { event in events.withLock { $0.append(event) } }
    let seen = events.withLock { $0 }
    #expect(seen.filter { $0.kind == .progress }.map(\.fraction) == [0.25])
    #expect(seen.filter { $0.kind == .warning }.map(\.remark.shown) == ["careful"])
    #expect(!seen.contains { $0.message.contains("careful") }, "what a program prints is not kept")
    #expect(
      seen.filter { $0.kind == .note }.map(\.remark.shown) == [
        "a note", "plain", "{\"progress\":\"no\"}", String(repeating: "x", count: 500) + "…", "a [31mb",
        "wrote 1 line to standard error, the last: oops",
      ])
    #expect(seen.allSatisfy { $0.stage == "both" })
  }

  @Test func itReadsWhatItWrites() async throws {
    #expect(
      try await join("sed 's/1.5/1e-3/' $CUTLINE_FOLDER/input/a/amount.json > $CUTLINE_FOLDER/output/amount.json")
        == 0.001)
  }

  struct Fault: Sendable, CustomTestStringConvertible {
    let script: String
    let said: [String]
    var testDescription: String { script }
  }

  private static let faults = [
    Fault(
      script: "echo first >&2; echo 'the last words' >&2; exit 3",
      said: ["ended with status 3", "\n  | first\n  | the last words"]),
    Fault(script: "exit 1", said: ["ended with status 1. It wrote nothing to standard error."]),
    Fault(script: "kill -TERM $$", said: ["was killed by signal 15, Terminated"]),
    Fault(script: "exec 0<&-; exec 1>&-; exec 2>&-; exit 4", said: ["ended with status 4"]),
    Fault(script: "true", said: ["output: is empty although the program ended well"]),
    Fault(script: "printf '{\"val' > $CUTLINE_FOLDER/output/amount.json", said: ["amount.json: is not JSON"]),
    Fault(script: ": > $CUTLINE_FOLDER/output/amount.json", said: ["amount.json: is empty"]),
    Fault(
      script: "head -c 1000 /dev/urandom > $CUTLINE_FOLDER/output/amount.json", said: ["amount.json: is not JSON"]),
    Fault(script: "echo '{\"value\":NaN}' > $CUTLINE_FOLDER/output/amount.json", said: ["amount.json: is not JSON"]),
    Fault(
      script: "echo '{\"value\":\"nan\"}' > $CUTLINE_FOLDER/output/amount.json", said: ["amount.json: value is no"]),
    Fault(script: "echo '{\"value\":\"x\"}' > $CUTLINE_FOLDER/output/amount.json", said: ["amount.json: value is no"]),
    Fault(script: "echo '{}' > $CUTLINE_FOLDER/output/amount.json", said: ["amount.json: has no key value"]),
    Fault(
      script: "echo '{\"value\":1,\"vlaue\":2}' > $CUTLINE_FOLDER/output/amount.json",
      said: ["amount.json: has the unknown key vlaue; did you mean value"]),
    Fault(script: "echo '[1]' > $CUTLINE_FOLDER/output/amount.json", said: ["amount.json: its value is not"]),
    Fault(script: "echo '{\"value\":-1}' > $CUTLINE_FOLDER/output/amount.json", said: ["value: is negative"]),
    Fault(
      script: "\(answer); touch $CUTLINE_FOLDER/output/more.txt", said: ["more.txt: is not part of an amount"]),
    Fault(
      script: "\(answer); mkdir $CUTLINE_FOLDER/output/a; touch $CUTLINE_FOLDER/output/a/b",
      said: ["a/b: is not part of an amount"]),
    Fault(
      script: "echo 1 > $CUTLINE_FOLDER/output/other.json",
      said: ["amount.json: was not written; found other.json"]),
    Fault(script: "mkfifo $CUTLINE_FOLDER/output/amount.json", said: ["amount.json: is no regular file"]),
    Fault(script: "ln -s /etc/passwd $CUTLINE_FOLDER/output/amount.json", said: ["amount.json: is no regular file"]),
    Fault(script: "rm -r $CUTLINE_FOLDER/output", said: ["the folder is gone"]),
    Fault(
      script: "rm -r $CUTLINE_FOLDER/output; ln -s / $CUTLINE_FOLDER/output",
      said: ["the folder is gone, or is no folder"]),
  ]

  @Test(arguments: faults) func everyFaultHasItsSentence(_ fault: Fault) async throws {
    let error = try #require(try await refusal(fault.script))
    #expect(error.exitCode == .data)
    #expect(error.location.hasPrefix("/bin/sh -c"), "\(error)")
    for text in fault.said { #expect("\(error)".contains(text), "\(error)") }
    #expect(!error.problem.contains("\n"), "one sentence: \(error.problem)")
  }

  @Test func aProgramThatSleepsIsEndedWithAllThatItStarted() async throws {
    let clock = ContinuousClock()
    let start = clock.now
    let pids = folder.path("pids")
    let error = try #require(
      try await refusal("sleep 3600 & echo $! > \(pids); echo $$ >> \(pids); sleep 3600", seconds: 0.5))
    // Not the hour of the script; when it is over is noticed here late where other tests hold all threads.
    #expect(clock.now - start < .seconds(3000))
    #expect("\(error)".contains("did not end within its time_limit of 0.5 s and was killed"))
    for pid in try folder.read("pids").split(separator: "\n").compactMap({ pid_t($0) }) {
      #expect(Self.isGone(pid), "process \(pid)")
    }
  }

  @Test func whatAProgramLeavesRunningIsEnded() async throws {
    let pids = folder.path("pids")
    #expect(try await join("sleep 300 & echo $! > \(pids); \(Self.answer)") == 7)
    let pid = try #require(pid_t(try folder.read("pids").trimmingCharacters(in: .newlines)))
    #expect(Self.isGone(pid))
  }

  /// Dead, perhaps not yet reaped by whoever inherits it.
  private static func isGone(_ pid: pid_t) -> Bool {
    for _ in 0..<100 {
      guard kill(pid, 0) == 0, let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
        !stat.contains(") Z ")
      else { return true }
      usleep(20_000)
    }
    return false
  }

  @Test func aCancelledRunKillsTheProgram() async throws {
    let pids = folder.path("pids")
    let task = Task { try await join("echo $$ > \(pids); sleep 300") }
    while try !FileManager.default.fileExists(atPath: pids) || folder.read("pids").isEmpty {
      try await Task.sleep(for: .milliseconds(10))
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { _ = try await task.value }
    let pid = try #require(pid_t(try folder.read("pids").trimmingCharacters(in: .newlines)))
    #expect(kill(pid, 0) != 0, "it is reaped")
  }

  @Test func memoryIsLimited() async throws {
    let error = try #require(
      try await refusal("exec python3 -c 'x = bytearray(1 << 30)'", memory: 256))
    #expect("\(error)".contains("ran out of memory under its memory_limit of 256 MiB"), "\(error)")
  }

  @Test func aGigabyteOfOutputNeitherBlocksNorFillsMemory() async throws {
    let before = ProcessMemory.peak()
    let events = Mutex(0)
    let error = try await refusal(
      """
      head -c 700000000 /dev/zero; yes 'a line of text that goes on for a while, to fill the pipe' | head -c 100000000
      head -c 200000000 /dev/zero >&2; echo end >&2; exit 5
      """
    ) { _ in events.withLock { $0 += 1 } }
    let text = try #require(error).description
    #expect(text.contains("ended with status 5"))
    #expect(text.contains("bytes left out"))
    #expect(text.utf8.count < 100_000)
    #expect(events.withLock { $0 } < 300)
    // A gigabyte was printed. Other tests run in this process meanwhile and take some memory of their own.
    #expect(ProcessMemory.peak() - before < 700 << 20)
  }

  @Test func aProgramThatCannotBeStartedIsAFaultOfTheConfiguration() async throws {
    try folder.write("plain.txt", "no program")
    try folder.write("no-interpreter", "#!/no/such/interpreter\n")
    try folder.write("garbage", "\u{1}\u{2}\n")
    for name in ["no-interpreter", "garbage"] {
      #expect(chmod(folder.path(name), 0o755) == 0)
    }
    var registry = Registry()
    try registry.register(ProcessStage<Give>.self)
    let stage = try registry.stage(kind: "give", name: "process", at: .default)
    for (command, said) in [
      ("no-such-program-anywhere", "there is no program no-such-program-anywhere in PATH"),
      (folder.path("nowhere"), "there is no program"), (folder.path("plain.txt"), "is not executable"),
      (folder.root, "is not executable"), (folder.path("no-interpreter"), "the interpreter that"),
      (folder.path("garbage"), "no program for this machine"),
    ] {
      // What can be seen without starting it is refused with the plan.
      let error = await expectFaults(.usage) {
        let instance = try stage.instance(settings([command]))
        _ = try await instance.run([:], in: RunContext(stageID: "x", seed: 1))
      }
      #expect(try #require(error).description.contains(said), "\(String(describing: error))")
    }
  }

  @Test func nothingIsLeftInTheTemporaryPlace() async throws {
    let place = FileManager.default.temporaryDirectory.path
    let seen = folder.path("folder")
    for script in [
      "\(Self.answer)", "exit 1",
      "mkdir -p $TMPDIR/a/b; touch $TMPDIR/a/b/c; chmod 000 $TMPDIR/a/b $TMPDIR/a $CUTLINE_FOLDER/output",
    ] {
      _ = try await refusal("echo $CUTLINE_FOLDER > \(seen); \(script)")
      let path = try folder.read("folder").trimmingCharacters(in: .newlines)
      #expect(path.hasPrefix(place))
      #expect(!FileManager.default.fileExists(atPath: path), "\(script)")
    }
  }

  @Test func theFolderOfAKilledRunIsSwept() async throws {
    let dead = FileManager.default.temporaryDirectory.path + "/cutline-process-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: dead + "/input", withIntermediateDirectories: true)
    try Data().write(to: URL(fileURLWithPath: dead + "/lock"))
    #expect(try await join(Self.answer) == 7)
    #expect(!FileManager.default.fileExists(atPath: dead))
  }

  @Test func noDescriptorsAreLost() async throws {
    func count() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }
    _ = try await refusal("exit 1")
    let before = try count()
    for _ in 0..<20 { _ = try await refusal("exit 1") }
    // Other tests open files at the same time.
    #expect(try count() < before + 60)
  }

  @Test func theProgramGetsNoDescriptorsOfOurs() async throws {
    let list = folder.path("list")
    let own = open("/dev/null", O_RDONLY)
    defer { close(own) }
    _ = try await refusal("ls /proc/$$/fd > \(list)")
    #expect(Set(try folder.read("list").split(separator: "\n")).subtracting(["0", "1", "2", "10", "255"]).isEmpty)
  }

  /// What a program writes may be of a person, names of keys too: the console shows it, files do not keep it.
  @Test func whatAProgramGivesIsNotKept() async throws {
    let error = try #require(
      try await refusal("echo '{\"value\":7,\"Ja''ne Doe\":1}' > $CUTLINE_FOLDER/output/amount.json"))
    #expect(error.description.contains("Jane Doe"))
    #expect(!error.masked.contains("Jane") && error.masked.contains("gave what cannot be used"))
    #expect(!StageFailure(stage: "x", cause: error).masked.contains("Jane"))
  }

  /// A folder that an interpreter runs is part of the program.
  @Test func filesOfAFolderAreInTheKey() throws {
    try folder.write("module/__main__.py", "1")
    try folder.write("module/inner/rates.py", "2")
    try folder.write("module/__pycache__/x.pyc", "3")
    try folder.write("tables/rates.csv", "4")
    var config = ProcessConfig()
    config.command = ["python3", folder.path("module")]
    config.inputs = [folder.path("tables")]
    #expect(
      ProcessStage<Give>(config: config).externalInputs
        == ["module/__main__.py", "module/inner/rates.py", "tables/rates.csv"].map(folder.path))
    config.inputs = [folder.path("nowhere")]
    expectFaults(.usage) { try config.validate(at: FieldPlaces(stage: .default)) }
  }

  @Test func settingsAndFilesAreInTheKey() async throws {
    try folder.write("script.sh", "echo '{\"value\":7}' > $CUTLINE_FOLDER/output/amount.json")
    try folder.write("module.txt", "one")
    func run(_ config: String) async throws -> [String] {
      var registry = try Toys.registry()
      try registry.register(ProcessStage<Give>.self)
      try registry.register(ProcessStage<Write>.self)
      let table = try ConfigDocument.parse(
        """
        command = ["sh", "\(folder.path("script.sh"))"]
        config = { \(config) }
        inputs = ["\(folder.path("module.txt"))"]
        """, source: "toy.toml")
      let files = try settings([
        "/bin/sh", "-c", "cd $CUTLINE_FOLDER; mkdir output/data; cp input/amount/amount.json output/data/x",
      ])
      let plan = try Plan(
        [
          StageRequest(id: "left", kind: "give", use: "process", settings: table.entries),
          StageRequest(id: "out", kind: "write", use: "process", from: ["amount": "left"], settings: files),
        ], registry: registry, seed: 1)
      let options = Runner.Options(
        output: folder.path("run"), workers: 1, version: "1", program: "p", configuration: "toy.toml")
      let manifest = try await Runner(plan: plan, options: options) { _ in }.run().manifest
      #expect(manifest.files.contains { $0.path == "data/x" })
      #expect(try RunVerification.problems(in: folder.path("run")).problems == [])
      return manifest.stages.filter(\.reused).map(\.id)
    }
    #expect(try await run("a = 1") == [])
    #expect(try await run("a = 1") == ["left", "out"])
    #expect(try await run("a = 2") == [])
    try folder.write("module.txt", "two")
    #expect(try await run("a = 2") == [])
    try folder.write("script.sh", "echo '{\"value\":8}' > $CUTLINE_FOLDER/output/amount.json")
    #expect(try await run("a = 2") == [])
    #expect(try await run("a = 2") == ["left", "out"])
  }

  @Test func filesOfTheRunItselfAreRefused() async throws {
    var registry = Registry()
    try registry.register(ProcessStage<Write>.self)
    let stage = try registry.stage(kind: "write", name: "process", at: .default)
    for name in ["manifest.json", "events.jsonl", "stages/train.json"] {
      let script = "cd $CUTLINE_FOLDER/output; mkdir stages; touch \(name)"
      let error = await expectFaults(.data) {
        _ = try await stage.instance(settings(["/bin/sh", "-c", script])).run(
          ["amount": Quantity(value: 1)], in: RunContext(stageID: "x", seed: 1))
      }
      #expect(try #require(error).description.contains("\(name): is a name that the run keeps"))
    }
  }

  @Test func itIsWellFormedForEveryKind() throws {
    var registry = Registry()
    try CreditKinds.register(in: &registry)
    try registry.register(ProcessStage<Join>.self)
    #expect(registry.all.count == CreditKinds.all.count + 1)
    for stage in registry.all { #expect(StageConformance.wellFormed(stage) == []) }
  }

  @Test func aCommandIsAskedFor() throws {
    var registry = Registry()
    try registry.register(ProcessStage<Give>.self)
    let stage = try registry.stage(kind: "give", name: "process", at: .default)
    let error = expectFaults(.usage) { _ = try stage.instance() }
    #expect(try #require(error).description.contains("command is not set"))
  }
}
