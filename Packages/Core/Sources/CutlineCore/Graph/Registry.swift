/// Maps `kind.name` to a stage. A value: a test or a plugin host makes its own.
public struct Registry: Sendable {
  private var stages: [String: StageDescription] = [:]
  private var aliases: [String: String] = [:]
  private var order: [String] = []
  private var owner: StageOwner?
  private var ownerOf: [String: StageOwner] = [:]
  /// Who brought stages, in order.
  public private(set) var owners: [StageOwner] = []

  public init() {}

  /// Adds a stage.
  /// - Throws: `Faults` (usage) when the kind already has a stage of that name or alias, or another stage shares a field of
  ///   one name with another form, unit or default; it names both.
  public mutating func register<S: Stage>(_ type: S.Type) throws {
    let description = StageDescription(type, library: owner?.library == nil ? nil : owner?.phrase)
    for name in [S.name] + S.aliases {
      let key = "\(description.kind).\(name)"
      guard let first = aliases[key] ?? stages[key].map({ _ in key }) else { continue }
      let owners = [ownerOf[first], owner].compactMap { $0?.phrase }
      let both = owners.count == 2 ? ", by \(owners[0]) and by \(owners[1])" : ""
      throw Faults.usage(key, "is registered twice\(both)", "Give one of the two stages another name.")
    }
    try checkShared(description)
    let key = "\(description.kind).\(S.name)"
    stages[key] = description
    order.append(key)
    ownerOf[key] = owner
    for alias in S.aliases { aliases["\(description.kind).\(alias)"] = key }
  }

  /// Adds a kind with the stage that every kind has whose output can cross as files: a program of one's own.
  public mutating func register(kind: any Kind.Type) throws {
    func process<K: ExchangedKind>(_ kind: K.Type) throws { try register(ProcessStage<K>.self) }
    if let exchanged = kind as? any ExchangedKind.Type { try process(exchanged) }
  }

  /// One line of a plan's table fills every field of its name, so that all of them must take the same.
  private func checkShared(_ new: StageDescription) throws {
    for field in new.fields {
      guard let name = field.sharedName else { continue }
      for old in all {
        guard let other = old.fields.first(where: { $0.sharedName == name }) else { continue }
        let differences = [
          field.form == other.form ? nil : "takes \(field.allowed) and \(other.allowed)",
          field.unit == other.unit ? nil : "has the unit \"\(field.unit)\" and \"\(other.unit)\"",
          field.defaultValue == other.defaultValue
            ? nil : "defaults to \(field.defaultValue) and \(other.defaultValue)",
        ].compactMap { $0 }
        guard let difference = differences.first else { continue }
        throw Faults.usage(
          "\(new.kind).\(new.name)",
          "shares \(name), as \(old.kind).\(old.name) does, but it \(difference) in the two",
          "Make both alike, or give the field another name.")
      }
    }
  }

  /// Lets `owner` register its stages.
  public mutating func owned(by owner: StageOwner, _ body: (inout Registry) throws -> Void) rethrows {
    let outer = self.owner
    self.owner = owner
    defer { self.owner = outer }
    try body(&self)
    if !owners.contains(owner) { owners.append(owner) }
  }

  /// What `owner` registered, in order.
  public func stages(of owner: StageOwner) -> [StageDescription] {
    order.filter { ownerOf[$0] == owner }.compactMap { stages[$0] }
  }

  /// The stages in order of registration.
  public var all: [StageDescription] { order.compactMap { stages[$0] } }

  /// The names of the kinds in order of first registration.
  public var kinds: [String] { contracts.map(\.name) }

  /// The kinds in order of first registration.
  public var contracts: [KindDescription] {
    var seen: Set<String> = []
    return all.map(\.contract).filter { seen.insert($0.name).inserted }
  }

  /// The stage `kind.name`, by its name or an alias.
  /// - Throws: `Faults` (usage) at `place` that lists what there is.
  public func stage(kind: String, name: String, at place: Place) throws -> StageDescription {
    let key = "\(kind).\(name)"
    if let found = stages[aliases[key] ?? key] { return found }
    let names = all.filter { $0.kind == kind }.flatMap { [$0.name] + $0.aliases }
    guard !names.isEmpty else {
      let hint = DidYouMean.phrase(for: kind, among: kinds)
      throw Faults.usage(place, "there is no kind \(kind)\(hint)", "Kinds: \(kinds.joined(separator: ", ")).")
    }
    let hint = DidYouMean.phrase(for: name, among: names)
    throw Faults.usage(
      place, "there is no \(kind) called \(name)\(hint)", "There are: \(names.joined(separator: ", ")).")
  }
}
