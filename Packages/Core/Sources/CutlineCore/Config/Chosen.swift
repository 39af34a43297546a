/// A stage that a setting holds: a name until the plan is checked, then callable.
///
/// ```swift
/// var estimators: [Chosen<Fit>] = ["ridge"]
/// static let fields: [Field<Self>] = [.stages("estimators", \.estimators, "Compared on the same folds.")]
/// …
/// let model = try await estimator(input, in: context.inner(.fold, 3))
/// ```
///
/// In a configuration it is a name, or `{ use = "tweedie", with = { power = 1.5 } }`; in a list also `entries`. The stage may be native, of a
/// library, or a program; what it needs is in its input, as shared settings do not reach it.
public struct Chosen<K: Kind>: Sendable, ExpressibleByStringLiteral {
  /// The implementation's name, as it was written.
  public let name: String
  var settings: [ConfigTable.Entry]
  let place: Place
  /// The id of the stage of the plan that it is, `{ stage = "train" }` with nothing of its own; nil for others. Not part of its
  /// TOML: only what a fault advises may depend on it.
  public private(set) var planStage: String?
  /// How errors call it: `estimators[2] tweedie`.
  private(set) var label = ""
  /// Nil before the plan is checked.
  private(set) var bound: BoundStage?

  public init(stringLiteral name: String) { self.init(name) }

  /// A stage with settings, as a default.
  public init(_ name: String, with settings: [(key: String, value: ConfigValue.Content)] = []) {
    self.name = name
    self.settings = settings.map { .init(key: $0.key, place: .default, value: ConfigValue($0.value, at: .default)) }
    place = .default
  }

  /// Reads a name, or a table with `use` and `with`.
  init(_ value: ConfigValue, of key: String) throws(Faults) {
    place = value.place
    if let name = value.string, !name.isEmpty {
      self.name = name
      settings = []
      return
    }
    let form = "It must be the name of a stage of kind \(K.name), or { use = \"…\", with = { … } }."
    guard let table = value.table, let use = table["use"]?.string, !use.isEmpty,
      table["with"].map({ $0.table != nil }) ?? true
    else { throw Faults.usage(value.place, "\(key) holds \(value.typeName)", form) }
    if let other = table.entries.first(where: { !["use", "with", "stage"].contains($0.key) }) {
      throw Faults.usage(
        other.place, "unknown key \(other.key) of a stage\(DidYouMean.phrase(for: other.key, among: ["use", "with"]))",
        form)
    }
    name = use
    planStage = table["stage"]?.string
    settings = table["with"]?.table?.entries ?? []
  }

  /// Looks the stage up and checks its settings.
  mutating func bind(_ label: String, _ binding: Binding) throws(Faults) {
    self.label = label
    bound = try binding.bind(kind: K.name, name: name, settings: settings, at: place, label: label)
  }

  /// What tables call it: its name, of a program also the command.
  public var title: String { bound?.title ?? name }

  /// The numbers among its settings, defaults included; of a program those of its own. Empty before the plan is checked.
  public var parameters: [String: Double] { bound?.parameters ?? [:] }

  /// Titles of the programs that it runs, those of the stages in its settings included. Empty before the plan is checked.
  public var programs: [String] { bound?.programs ?? [] }

  /// The optional ports that it needs for an input, see `Stage.needs(_:)`.
  public func needs(_ input: K.Input) throws -> [String] {
    var lists: [String: [(stage: String, artifact: any Artifact)]] = [:]
    for (port, values) in zip(K.ports.all, K.ports.values(input)) { lists[port.name] = values }
    return try bound?.needs(PortValues(lists: lists)) ?? []
  }

  /// As TOML, with every setting once it is bound, so that the key of the outer stage covers the inner one.
  public var toml: String {
    let all = bound?.settings.map { "\($0.key) = \($0.value)" } ?? settings.map { "\($0.key) = \($0.value.toml)" }
    let set = all.filter { !$0.hasSuffix(" = unset") }
    return set.isEmpty
      ? ConfigValue.quoted(name) : "{ use = \(ConfigValue.quoted(name)), with = { \(set.joined(separator: ", ")) } }"
  }

  /// Runs the stage.
  ///
  /// - Parameter context: an inner one of the caller's, see `RunContext.inner(_:_:)`.
  /// - Throws: `InnerFailure` with the stage's label, `CancellationError` as it is.
  public func callAsFunction(_ input: K.Input, in context: RunContext) async throws -> K.Output {
    guard let bound else {
      throw Faults.usage(place, "the stage \(name) was not bound by a plan", "Make the outer stage through a registry.")
    }
    do {
      var lists: [String: [(stage: String, artifact: any Artifact)]] = [:]
      for (port, values) in zip(K.ports.all, K.ports.values(input)) { lists[port.name] = values }
      let output = try await bound.run(PortValues(lists: lists), context)
      guard let typed = output as? K.Output else {
        throw Faults.data(name, "gives \(Swift.type(of: output).phrase)", "It must give \(K.Output.phrase).")
      }
      return typed
    } catch let error as CancellationError {
      throw error
    } catch { throw InnerFailure(label, cause: error) }
  }
}

/// Where the stages that settings hold are looked up.
struct Binding: Sendable {
  /// The deepest that stages may hold stages.
  static let depthLimit = 8
  let registry: Registry
  let depth: Int

  init(_ registry: Registry, depth: Int = 0) {
    self.registry = registry
    self.depth = depth
  }

  func bind(
    kind: String, name: String, settings: [ConfigTable.Entry], at place: Place, label: String
  ) throws(Faults) -> BoundStage {
    guard depth < Self.depthLimit else {
      throw Faults.usage(place, "stages hold stages more than \(Self.depthLimit) deep", "Use fewer levels.")
    }
    do {
      let stage = try registry.stage(kind: kind, name: name, at: place)
      return try stage.bind(settings, place, "\(label) (\(kind).\(stage.name))", Binding(registry, depth: depth + 1))
    } catch { throw Faults(error) }
  }
}
