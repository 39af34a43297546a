/// A contract: typed input ports and one typed output, and the laws that the output keeps. Every stage of a kind can take
/// another's place. A kind owns everything about itself: whoever adds one writes this, and a line in the list of a package.
public protocol Kind: SendableMetatype {
  associatedtype Input: Sendable
  associatedtype Output: Artifact
  /// Kebab-case, unique in a registry.
  static var name: String { get }
  /// One sentence.
  static var summary: String { get }
  static var ports: Ports<Input> { get }

  /// The laws that everything downstream relies on without asking: shapes, ranges, one grid. Cheap: they are checked in
  /// every run for stages that a program or a library brings, and in tests for all.
  ///
  /// - Throws: `Faults` whose places are the parts that are wrong, up to 20 of them (see `Reading`).
  static func check(_ output: Output, against input: Input) throws

  /// An output as the run goes on with it, where a library or a program has brought it: what it claims and `check` cannot
  /// settle is marked as claimed by `maker`.
  static func brought(_ output: Output, for input: Input, by maker: String) -> Output

  /// Inputs to try a stage on: one with every optional port filled and two artefacts at each port that takes many, and
  /// one with none of the optional ones. None where the kind brings no artefacts to try.
  static func specimens() throws -> [Input]

  /// The simplest lawful stage, as the body of a plugin's source: a `struct {{Stage}}: Stage` called `"{{name}}"`. Nil
  /// where the kind has no template.
  static var baseline: String? { get }
}

extension Kind {
  /// Nothing beyond the artefact's own form.
  public static func check(_ output: Output, against input: Input) throws {}
  public static func brought(_ output: Output, for input: Input, by maker: String) -> Output { output }
  public static func specimens() throws -> [Input] { [] }
  public static var baseline: String? { nil }
}

/// A kind whose output may say that a run must not go on: checks that found something, gates that did not open.
///
/// The output is kept, with the files of its stage, in the folder that a failed run leaves; what depends on the stage does
/// not run. A stage of the kind that throws instead leaves nothing to look at.
public protocol GatedKind: Kind {
  /// Why the run ends here; nil where it goes on.
  static func refusal(_ output: Output) -> Faults?
  /// The output as people read it: files for the run folder, whoever gave it and whether or not the run ends.
  /// - Parameter stage: the id of the stage, as a plan may hold several of the kind.
  static func files(_ output: Output, of stage: String) throws -> FileSet
}

extension GatedKind {
  public static func files(_ output: Output, of stage: String) throws -> FileSet { FileSet(files: []) }
}

/// The gate of a kind without its type.
@_spi(Run) public struct Gate: Sendable {
  public let refusal: @Sendable (any Artifact) -> Faults?
  public let files: @Sendable (any Artifact, String) throws -> FileSet

  init<K: GatedKind>(_ kind: K.Type) {
    refusal = { ($0 as? K.Output).flatMap(K.refusal) }
    files = { output, stage in try (output as? K.Output).map { try K.files($0, of: stage) } ?? FileSet(files: []) }
  }
}

/// The input of a kind that reads nothing from other stages.
public struct NoInput: Sendable {
  public init() {}
}

extension Kind where Input == NoInput {
  public static var ports: Ports<NoInput> { Ports(NoInput.init) }
  public static func specimens() throws -> [NoInput] { [NoInput()] }
}

/// What a registry holds of a kind: everything about it without its type.
public struct KindDescription: Sendable {
  public let name, summary: String
  /// The name of its type.
  public let symbol: String
  public let ports: [Port]
  public let output: any Artifact.Type
  /// The body of a plugin's source, with `{{Stage}}` and `{{name}}` to be filled in.
  public let baseline: String?
  private let makeSpecimens: @Sendable () throws -> [PortValues]

  init<K: Kind>(_ kind: K.Type) {
    name = K.name
    summary = K.summary
    symbol = "\(K.self)"
    ports = K.ports.all
    output = K.Output.self
    baseline = K.baseline
    makeSpecimens = {
      let ports = K.ports
      return try K.specimens().map { input in
        var lists: [String: [(stage: String, artifact: any Artifact)]] = [:]
        for (port, values) in zip(ports.all, ports.values(input)) {
          lists[port.name] = values.enumerated().map {
            ($1.stage.isEmpty ? "\(port.name)-\($0 + 1)" : $1.stage, $1.artifact)
          }
        }
        return PortValues(lists: lists)
      }
    }
  }

  /// The inputs that the kind offers for tests.
  public func specimens() throws -> [PortValues] { try makeSpecimens() }
}
