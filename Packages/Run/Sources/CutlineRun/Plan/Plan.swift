@_spi(Run) public import CutlineCore

/// Where the artefacts of a port come from: the ids of stages, several for a port that takes many.
public struct PortSource: Sendable, ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
  public var stages: [String]
  /// Where the connection is written; nil = where the stage is.
  public var place: Place?

  public init(_ stages: [String], at place: Place? = nil) {
    self.stages = stages
    self.place = place
  }

  public init(stringLiteral stage: String) { self.init([stage]) }
  public init(arrayLiteral stages: String...) { self.init(stages) }
}

/// A stage of a plan as it is asked for: before names and connections are checked.
public struct StageRequest: Sendable {
  public let id: String
  public var kind: String
  public var use: String
  /// Port → the stages whose outputs go there.
  public var from: [String: PortSource]
  public var settings: [ConfigTable.Entry]
  public var place: Place

  public init(
    id: String, kind: String, use: String, from: [String: PortSource] = [:], settings: [ConfigTable.Entry] = [],
    place: Place = .default
  ) {
    self.id = id
    self.kind = kind
    self.use = use
    self.from = from
    self.settings = settings
    self.place = place
  }
}

/// A checked graph of stages: every name, option, type and connection is right, and there is no cycle.
public struct Plan: Sendable {
  /// One stage with its connections.
  public struct Node: Sendable {
    public let id: String
    public let stage: StageDescription
    /// Port → ids, for every port that it sees and that is connected.
    public let from: [String: [String]]
    public let settings: [ResolvedSetting]
    let instance: StageInstance

    /// Paths of the files that its result depends on, those of the stages in its settings included.
    public var externalInputs: [String] { instance.externalInputs }

    /// Titles of the programs that it runs, those of the stages in its settings included.
    public var programs: [String] { instance.programs() }

    /// Ids of the stages it waits for, in order of its ports.
    public var inputs: [String] { stage.ports.flatMap { from[$0.name] ?? [] } }

    /// Those whose artefacts it takes.
    var artifactInputs: [String] { stage.ports.filter { !$0.takesFiles }.flatMap { from[$0.name] ?? [] } }

    /// Those whose files it reads.
    var fileInputs: [String] { stage.ports.filter(\.takesFiles).flatMap { from[$0.name] ?? [] } }

    /// Those whose artefacts it takes, without those at optional ports, which are made only where the stage turns out to
    /// need them.
    var requiredInputs: [String] {
      stage.ports.filter { !$0.isOptional && !$0.takesFiles }.flatMap { from[$0.name] ?? [] }
    }
  }

  /// In an order in which every stage comes after its inputs.
  public let nodes: [Node]
  public let seed: UInt64

  /// Checks `requests` against `registry`.
  ///
  /// - Parameters:
  ///   - reading: mistakes that were found before, which are said together with those of the graph.
  ///   - broken: the ids of stages that these mistakes are about, so that nobody misses them.
  /// - Throws: all mistakes at once, each at its place: an unknown kind, name, option or port, a value out of range, a
  ///   missing connection, a wrong type. Only once these are right: what spans several fields of a stage, and cycles.
  public init(
    _ requests: [StageRequest], registry: Registry, seed: UInt64, after reading: Reading = Reading(),
    without broken: Set<String> = []
  ) throws {
    self.seed = seed
    var reading = reading
    let described = try Self.check(requests, registry: registry, without: broken, into: &reading)
    try reading.finish()
    let made = try described.map { request, stage in
      try reading.attempt {
        let instance = try stage.instance(
          request.settings, registry: registry, at: request.place,
          origin: "stage \(request.id) (\(stage.kind).\(stage.name))")
        // What a stage does not read is not made for it.
        let from = request.from.filter { port, _ in
          stage.ports.contains { $0.name == port && (!$0.isOptional || instance.reads.contains(port)) }
        }
        return Node(
          id: request.id, stage: stage, from: from.mapValues(\.stages), settings: instance.settings,
          instance: instance)
      }
    }
    try reading.finish()
    nodes = made.compactMap { $0 }
  }

  /// Checks what can be said of `requests` without the values that a configuration must give: ids, names, options, ports
  /// and types.
  ///
  /// - Returns: each with its stage, in an order in which every stage comes after its inputs; where there are mistakes,
  ///   those whose stages are known.
  /// - Throws: what is no mistake of a configuration; mistakes go into `reading`.
  @discardableResult
  public static func check(
    _ requests: [StageRequest], registry: Registry, without broken: Set<String> = [], into reading: inout Reading
  ) throws -> [(request: StageRequest, stage: StageDescription)] {
    var ids: Set<String> = []
    var described: [(request: StageRequest, stage: StageDescription)] = []
    for request in requests {
      try reading.attempt { try checkID(request, &ids) }
      if let stage = try reading.attempt({
        try registry.stage(kind: request.kind, name: request.use, at: request.place)
      }) {
        described.append((request, stage))
      }
    }
    let outputs = Dictionary(
      described.map { ($0.request.id, Source(type: $0.stage.output, place: $0.request.place)) },
      uniquingKeysWith: { first, _ in first })
    for (request, stage) in described {
      try checkConnections(of: request, as: stage, outputs: outputs, ids: ids.union(broken), into: &reading)
      try reading.attempt {
        try stage.checkFields(
          request.settings, registry: registry, origin: "stage \(request.id) (\(stage.kind).\(stage.name))")
      }
    }
    guard reading.isClean else { return described }
    return try reading.attempt { try sorted(described) } ?? described
  }

  private static func checkID(_ request: StageRequest, _ ids: inout Set<String>) throws {
    let isSound =
      !request.id.isEmpty && request.id.utf8.count <= 100
      && request.id.first.map { $0.isLetter || $0.isNumber } ?? false
      && request.id.unicodeScalars.allSatisfy {
        $0.properties.isAlphabetic || ("0"..."9").contains($0) || "_-.".unicodeScalars.contains($0)
      }
    let isNew = ids.insert(request.id).inserted
    guard isSound else {
      throw Faults.usage(
        request.place, "\(request.id.debugDescription) is no id for a stage",
        "Use letters, digits, dots, dashes and underscores, a letter or digit first, at most 100 of them.")
    }
    guard isNew else {
      throw Faults.usage(request.place, "two stages have the id \(request.id)", "Give one of them another id.")
    }
  }

  public subscript(id: String) -> Node? { nodes.first { $0.id == id } }

  /// The ids grouped into waves: every stage is in the first wave after all of its inputs.
  public var waves: [[String]] {
    var level: [String: Int] = [:]
    var waves: [[String]] = []
    for node in nodes {
      let wave = (node.inputs.compactMap { level[$0] }.max() ?? -1) + 1
      level[node.id] = wave
      if wave == waves.count { waves.append([]) }
      waves[wave].append(node.id)
    }
    return waves
  }

  /// The part of the plan that leads to some stages.
  /// - Throws: `Faults` (usage) for a stage that is not in the plan.
  public func until(_ ids: [String], at place: Place) throws -> Plan {
    var needed: Set<String> = []
    for id in ids { needed.insert(try known(id, at: place)) }
    for node in nodes.reversed() where needed.contains(node.id) { needed.formUnion(node.inputs) }
    return Plan(nodes: nodes.filter { needed.contains($0.id) }, seed: seed)
  }

  /// Some stages and all that depend on them.
  /// - Throws: `Faults` (usage) for a stage that is not in the plan.
  public func downstream(of ids: [String], at place: Place) throws -> Set<String> {
    var reached: Set<String> = []
    for id in ids { reached.insert(try known(id, at: place)) }
    for node in nodes where node.inputs.contains(where: reached.contains) { reached.insert(node.id) }
    return reached
  }

  private init(nodes: [Node], seed: UInt64) {
    self.nodes = nodes
    self.seed = seed
  }

  private func known(_ id: String, at place: Place) throws -> String {
    guard self[id] == nil else { return id }
    throw Faults.usage(
      place, "the plan has no stage \(id)\(DidYouMean.phrase(for: id, among: nodes.map(\.id)))",
      "Its stages: \(nodes.map(\.id).joined(separator: ", ")).")
  }

  /// What a stage gives, and where it is written.
  private struct Source {
    let type: any Artifact.Type
    let place: Place
  }

  private static func checkConnections(
    of request: StageRequest, as stage: StageDescription, outputs: [String: Source], ids: Set<String>,
    into reading: inout Reading
  ) throws {
    for (port, source) in request.from.sorted(by: { $0.key < $1.key }) {
      let place = source.place ?? request.place
      let declared = try reading.attempt { try checkedPort(port, source, of: request, as: stage, at: place) }
      guard let declared else { continue }
      // A stage whose name is wrong has been spoken of.
      for id in source.stages where outputs[id] != nil || !ids.contains(id) {
        // Where nobody wrote the connection, the stage that was put at its end is the one to look at.
        let written = source.place ?? outputs[id]?.place ?? request.place
        try reading.attempt {
          try checkType(of: id, for: declared, request.id, at: outputs[id] == nil ? place : written, outputs)
        }
      }
    }
    for port in stage.ports where !port.isOptional && request.from[port.name]?.stages.isEmpty ?? true {
      reading.add(
        Faults.usage(
          request.place, "port \(port.name) of stage \(request.id) is not connected",
          "Add from = { \(port.name) = \(port.takesMany ? "[\"…\"]" : "\"…\"") } naming a stage that gives "
            + "\(port.type.phrase)."))
    }
  }

  /// The port called `port`, where it can be connected to `source`.
  private static func checkedPort(
    _ port: String, _ source: PortSource, of request: StageRequest, as stage: StageDescription, at place: Place
  ) throws -> Port {
    guard let declared = stage.contract.ports.first(where: { $0.name == port }) else {
      let names = stage.contract.ports.map(\.name)
      throw Faults.usage(
        place, "stage \(request.id) has no port \(port)\(DidYouMean.phrase(for: port, among: names))",
        names.isEmpty
          ? "The kind \(stage.kind) takes no input." : "Ports of a \(stage.kind): \(names.joined(separator: ", ")).")
    }
    guard declared.takesMany || source.stages.count == 1 else {
      throw Faults.usage(
        place,
        "port \(port) of stage \(request.id) takes one stage, found \(source.stages.count): "
          + source.stages.joined(separator: ", "), "Connect one of them.")
    }
    if let twice = source.stages.indices.first(where: { source.stages[..<$0].contains(source.stages[$0]) }) {
      throw Faults.usage(
        place, "port \(port) of stage \(request.id) is connected to \(source.stages[twice]) twice",
        "Name each stage once.")
    }
    return declared
  }

  private static func checkType(
    of source: String, for port: Port, _ stage: String, at place: Place, _ outputs: [String: Source]
  ) throws {
    guard let output = outputs[source] else {
      throw Faults.usage(
        place,
        "port \(port.name) of stage \(stage) names the stage \(source), which is not in the plan"
          + DidYouMean.phrase(for: source, among: outputs.keys.sorted()),
        "Stages of the plan: \(outputs.keys.sorted().joined(separator: ", ")).")
    }
    guard port.takesFiles || ObjectIdentifier(output.type) == ObjectIdentifier(port.type) else {
      throw Faults.usage(
        place,
        "port \(port.name) of stage \(stage) takes \(port.type.phrase), but \(source) gives \(output.type.phrase)",
        "Connect a stage that gives \(port.type.phrase).")
    }
  }

  private static func sorted(
    _ described: [(request: StageRequest, stage: StageDescription)]
  ) throws -> [(request: StageRequest, stage: StageDescription)] {
    let byID = Dictionary(described.map { ($0.request.id, $0) }, uniquingKeysWith: { first, _ in first })
    var sorted: [(request: StageRequest, stage: StageDescription)] = []
    var state: [String: Bool] = [:]  // false = being visited, true = done
    func visit(_ id: String, _ path: [String]) throws {
      guard let item = byID[id], state[id] != true else { return }
      if state[id] == false { throw circle(path.drop { $0 != id } + [id], described.map(\.request)) }
      state[id] = false
      for input in item.stage.ports.flatMap({ item.request.from[$0.name]?.stages ?? [] }) {
        try visit(input, path + [id])
      }
      state[id] = true
      sorted.append(item)
    }
    for item in described { try visit(item.request.id, []) }
    return sorted
  }

  /// At a connection of the circle `ids` that somebody wrote, else at one of its stages.
  private static func circle(_ ids: ArraySlice<String>, _ requests: [StageRequest]) -> Faults {
    let places = requests.filter { ids.contains($0.id) }.map { request in
      let written = request.from.sorted { $0.key < $1.key }.map(\.value)
      return written.first { $0.place != nil && $0.stages.contains(where: ids.contains) }?.place
        ?? written.compactMap(\.place).first ?? request.place
    }
    let place = places.first { $0 != .default }.map(String.init(describing:)) ?? "plan"
    return Faults.usage(
      place, "stages wait for each other: \(ids.joined(separator: " → "))", "Break the circle at one connection.")
  }
}
