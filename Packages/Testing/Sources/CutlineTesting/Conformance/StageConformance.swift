public import CutlineCore
internal import CutlineCredit
internal import Foundation

/// What every stage must keep, whoever wrote it. Each check returns the laws that were broken; none is good.
///
/// The kit knows no test framework: `#expect(StageConformance.wellFormed(stage) == [])` is all that a test needs.
public enum StageConformance {
  /// Names, sentences and fields: what people read, and that every field refuses what it says it refuses.
  public static func wellFormed(_ stage: StageDescription) -> [String] {
    var broken: [String] = []
    func check(_ holds: Bool, _ law: String) { if !holds { broken.append("\(stage.kind).\(stage.name): \(law)") } }
    for name in [stage.kind, stage.name] + stage.aliases {
      check(isKebab(name), "the name \"\(name)\" is not kebab-case")
    }
    check(isSentence(stage.summary), "the summary is not one sentence: \(stage.summary)")
    let kind = stage.contract
    check(isSentence(kind.summary), "the kind's summary is not one sentence: \(kind.summary)")
    check(Set(kind.ports.map(\.name)).count == kind.ports.count, "two ports share a name")
    for port in stage.reads where !kind.ports.contains(where: { $0.name == port && $0.isOptional }) {
      check(false, "it reads \(port), which is no optional port of its kind")
    }
    check(Set(stage.fields.map(\.key)).count == stage.fields.count, "two fields share a key")
    for field in stage.fields {
      check(isSnake(field.key), "the key \(field.key) is not snake_case")
      check(isSentence(field.sentence), "\(field.key) is not described by one sentence: \(field.sentence)")
      check(!field.allowed.isEmpty, "\(field.key) does not say what it allows")
      check(!field.refused.isEmpty, "\(field.key) offers no value that it refuses")
      for content in field.refused {
        let value = ConfigValue(content, at: Place(source: "conformance"))
        check(refuses { try stage.check(field.key, value) }, "\(field.key) takes \(value.toml)")
      }
      if field.defaultValue != "unset" {
        check(acceptsDefault(stage, field), "\(field.key) refuses its own default \(field.defaultValue)")
      }
    }
    check(
      refuses { _ = try stage.instance([entry("no_such_key_at_all", .integer(1))]) }, "an unknown key is taken")
    return broken
  }

  /// Same input, same seed, same bytes, those of attached files included: on repetition, with one worker and with several, and through the stored form.
  ///
  /// - Parameters:
  ///   - settings: of the stage, where the defaults are not enough.
  ///   - inputs: see `KindDescription.specimens()`.
  ///   - registry: where stages are looked up that the settings hold.
  public static func deterministic(
    _ stage: StageDescription, settings: [ConfigTable.Entry] = [], inputs: PortValues, registry: Registry = Registry()
  ) async throws -> (broken: [String], output: any Artifact) {
    let instance = try stage.instance(settings, registry: registry)
    func run(workers: Int) async throws -> (any Artifact, files: [UInt8]) {
      let trial = TrialFiles()
      let context = RunContext(stageID: stage.name, seed: 11, workers: workers, files: trial.files)
      let output = try await instance.run(inputs, in: context)
      return (output, trial.files.records.flatMap { Array("\($0.path) \($0.sha256)\n".utf8) })
    }
    let (first, files) = try await run(workers: 1)
    var broken: [String] = []
    guard let bytes = try fingerprint(first, instance) else {
      return (["\(stage.kind).\(stage.name): its output has no form in which two results can be compared"], first)
    }
    for workers in [1, 3] {
      let (output, again) = try await run(workers: workers)
      guard try fingerprint(output, instance) != bytes || again != files else { continue }
      broken.append("\(stage.kind).\(stage.name): another result with \(workers) worker\(workers == 1 ? "" : "s")")
    }
    if let stored = try instance.encode(first), let back = try instance.decode(stored),
      try instance.encode(back) != stored
    {
      broken.append("\(stage.kind).\(stage.name): its stored form does not read back as itself")
    }
    return (broken, first)
  }

  /// The laws of the stage's kind on one input, as every run asks them of programs and libraries.
  ///
  /// - Returns: the laws that were broken.
  /// - Throws: what the stage throws.
  public static func lawful(
    _ stage: StageDescription, settings: [ConfigTable.Entry] = [], inputs: PortValues, registry: Registry = Registry()
  ) async throws -> [String] {
    let trial = TrialFiles()
    let output = try await stage.instance(settings, registry: registry).run(
      inputs, in: RunContext(stageID: stage.name, seed: 11, files: trial.files))
    do {
      try stage.check(output, against: inputs)
      return []
    } catch let broken as Faults { return broken.all.map { "\(stage.kind).\(stage.name): \($0)" } }
  }

  /// A stage that is told to stop ends: with `CancellationError`, or with its result where it was nearly done. Anything
  /// else would be taken for a fault of the data.
  public static func stopsWhenCancelled(
    _ stage: StageDescription, settings: [ConfigTable.Entry] = [], inputs: PortValues, registry: Registry = Registry()
  ) async throws -> [String] {
    let instance = try stage.instance(settings, registry: registry)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      let trial = TrialFiles()
      return try await instance.run(inputs, in: RunContext(stageID: stage.name, seed: 11, files: trial.files))
    }
    do {
      _ = try await task.value
      return []
    } catch is CancellationError {
      return []
    } catch { return ["\(stage.kind).\(stage.name): when cancelled it fails with \(error)"] }
  }

  /// An input of the wrong type or a missing one is refused.
  public static func refusesWrongInputs(
    _ stage: StageDescription, settings: [ConfigTable.Entry] = [], registry: Registry = Registry()
  ) async -> [String] {
    guard stage.ports.contains(where: { !$0.isOptional }) else { return [] }
    var broken: [String] = []
    let stranger = Dictionary(uniqueKeysWithValues: stage.ports.map { ($0.name, Stranger() as any Artifact) })
    for (what, inputs) in [("nothing", [:]), ("a stranger", stranger)] {
      do {
        _ = try await stage.instance(settings, registry: registry).run(
          inputs, in: RunContext(stageID: stage.name, seed: 1))
        broken.append("\(stage.kind).\(stage.name): runs on \(what)")
      } catch {
        if (error as? Faults)?.code != .usage { broken.append("\(stage.kind).\(stage.name): \(what) gives \(error)") }
      }
    }
    return broken
  }

  private struct Stranger: Artifact { static let typeName = "stranger" }

  /// A place for files that a stage attaches, for as long as it is tried.
  private final class TrialFiles {
    let files = AttachedFiles(
      in: FileManager.default.temporaryDirectory.path + "/cutline-trial-" + UUID().uuidString)

    deinit { try? FileManager.default.removeItem(atPath: files.folder) }  // mostly there is none
  }

  /// The output as bytes: its stored form, or the files in which it crosses to programs.
  private static func fingerprint(_ artifact: any Artifact, _ instance: StageInstance) throws -> [UInt8]? {
    if let stored = try instance.encode(artifact) { return stored }
    return try instance.exchanged(artifact)?.flatMap { Array($0.path.utf8) + $0.bytes }
  }

  private static func acceptsDefault(_ stage: StageDescription, _ field: FieldDescription) -> Bool {
    guard let table = try? ConfigDocument.parse("v = \(field.defaultValue)\n", source: "default"),
      let value = table["v"]
    else { return false }  // not TOML: broken, which is what is asked here
    if isEmpty(value) { return true }  // an empty list stands for a required setting
    return !refuses { try stage.check(field.key, value) }
  }

  private static func isEmpty(_ value: ConfigValue) -> Bool {
    value.array?.isEmpty ?? value.table?.entries.isEmpty ?? value.string?.isEmpty ?? false
  }

  private static func entry(_ key: String, _ content: ConfigValue.Content) -> ConfigTable.Entry {
    let place = Place(source: "conformance")
    return .init(key: key, place: place, value: ConfigValue(content, at: place))
  }

  private static func refuses(_ body: () throws -> Void) -> Bool {
    do {
      try body()
      return false
    } catch {
      return (error as? Faults)?.code == .usage
    }
  }

  private static func isKebab(_ text: String) -> Bool { isMade(text, of: "-") }
  private static func isSnake(_ text: String) -> Bool { isMade(text, of: "_") }

  private static func isMade(_ text: String, of mark: Character) -> Bool {
    guard let first = text.first, first.isLetter else { return false }
    return text.allSatisfy { ($0.isLetter && $0.isLowercase) || $0.isNumber || $0 == mark }
  }

  private static func isSentence(_ text: String) -> Bool {
    guard let first = text.first else { return false }
    return (first.isUppercase || first.isNumber) && text.hasSuffix(".") && !text.contains("\n")
  }
}
