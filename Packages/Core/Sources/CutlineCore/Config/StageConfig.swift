/// The configuration of a stage: defaults from `init()`, and one list of fields for everything else.
public protocol StageConfig: Sendable {
  init()
  static var fields: [Field<Self>] { get }
  /// Checks that span several fields.
  func validate(at places: FieldPlaces) throws
}

/// Where the fields of a stage are set.
public struct FieldPlaces: Sendable {
  private let stage: Place
  private let fields: [String: Place]

  public init(stage: Place, fields: [String: Place] = [:]) {
    self.stage = stage
    self.fields = fields
  }

  /// The place of the first of `keys` that is set; where none is, the place of the stage.
  public subscript(keys: String...) -> Place { keys.lazy.compactMap { fields[$0] }.first ?? stage }
}

extension StageConfig {
  public func validate(at places: FieldPlaces) throws {}

  /// Reads `entries`, refusing unknown keys, and checks the whole.
  ///
  /// - Parameters:
  ///   - origin: named in the error for an unknown key, such as `stage search`.
  ///   - registry: where the stages that settings hold are looked up.
  /// - Returns: the configuration and, per field, its value as TOML and its origin.
  /// - Throws: all that is wrong with keys and values at once; what spans several fields once those are right.
  public static func read(
    _ entries: [ConfigTable.Entry], at place: Place, origin: String, registry: Registry = Registry()
  ) throws -> (config: Self, settings: [ResolvedSetting]) {
    let (config, settings, _) = try read(entries, at: place, origin: origin, binding: Binding(registry))
    return (config, settings)
  }

  /// - Parameter binding: where the stages that settings hold are looked up.
  /// - Returns: also those stages.
  static func read(
    _ entries: [ConfigTable.Entry], at place: Place, origin: String, binding: Binding
  ) throws -> (config: Self, settings: [ResolvedSetting], inner: [BoundStage]) {
    let (config, origins, inner) = try readFields(entries, origin: origin, binding: binding)
    try config.validate(at: FieldPlaces(stage: place, fields: origins))
    let settings = fields.map { field in
      ResolvedSetting(
        key: field.key, value: field.show(config), origin: (origins[field.key] ?? .default).description)
    }
    return (config, settings, inner)
  }

  /// Reads `entries` field by field, without the checks that span several of them, and binds the stages that they hold.
  static func readFields(
    _ entries: [ConfigTable.Entry], origin: String, binding: Binding
  ) throws -> (config: Self, origins: [String: Place], inner: [BoundStage]) {
    var config = Self()
    let fields = Self.fields
    var origins: [String: Place] = [:]
    var reading = Reading()
    for entry in entries {
      try reading.attempt {
        guard let field = fields.first(where: { $0.key == entry.key }) else {
          let hint = DidYouMean.phrase(for: entry.key, among: fields.map(\.key))
          let keys = fields.isEmpty ? "It takes no keys." : "Its keys: \(fields.map(\.key).joined(separator: ", "))."
          throw Faults.usage(entry.place, "unknown key \(entry.key) of \(origin)\(hint)", keys)
        }
        try field.read(&config, entry.value)
        origins[entry.key] = entry.value.place
      }
    }
    var inner: [BoundStage] = []
    for field in fields {
      try reading.attempt { inner += try field.bind?(&config, binding) ?? [] }
    }
    try reading.finish()
    return (config, origins, inner)
  }
}

/// A configuration value as it was used, and where it came from.
public struct ResolvedSetting: Sendable, Codable, Hashable {
  public let key: String
  /// As TOML; `unset` where there is none.
  public let value: String
  /// `file:line:column`, `--set …`, or `default`.
  public let origin: String
}

/// The configuration of a stage that has nothing to configure.
public struct NoConfig: StageConfig {
  public init() {}
  public static var fields: [Field<NoConfig>] { [] }
}
