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
    let bound: BoundStage

    /// Paths of the files that its result depends on, those of the stages in its settings included.
    public var externalInputs: [String] { bound.externalInputs }

    /// Ids of the stages it waits for, in order of its ports.
    public var inputs: [String] { stage.ports.flatMap { from[$0.name] ?? [] } }

    /// The same without those at optional ports, which are made only where the stage turns out to need them.
    var requiredInputs: [String] { stage.ports.filter { !$0.isOptional }.flatMap { from[$0.name] ?? [] } }
  }

  /// In an order in which every stage comes after its inputs.
  public let nodes: [Node]
  public let seed: UInt64

  /// Checks `requests` against `registry`.
  ///
  /// - Throws: `Faults` (usage) at the place of the fault: an unknown kind, name, option or port, a value out of range,
  ///   a missing connection, a wrong type, a cycle.
  public init(_ requests: [StageRequest], registry: Registry, seed: UInt64) throws {
    self.seed = seed
    var byID: [String: StageRequest] = [:]
    for request in requests {
      let isSound =
        !request.id.isEmpty && request.id.utf8.count <= 100
        && request.id.first.map { $0.isLetter || $0.isNumber } ?? false
        && request.id.unicodeScalars.allSatisfy {
          $0.properties.isAlphabetic || ("0"..."9").contains($0) || "_-.".unicodeScalars.contains($0)
        }
      guard isSound else {
        throw Faults.usage(
          request.place, "\(request.id.debugDescription) is no id for a stage",
          "Use letters, digits, dots, dashes and underscores, a letter or digit first, at most 100 of them.")
      }
      if byID.updateValue(request, forKey: request.id) != nil {
        throw Faults.usage(request.place, "two stages have the id \(request.id)", "Give one of them another id.")
      }
    }
    let described = try requests.map { request in
      (request, try registry.stage(kind: request.kind, name: request.use, at: request.place))
    }
    let outputs = Dictionary(
      uniqueKeysWithValues: described.map { ($0.0.id, Source(type: $0.1.output, place: $0.0.place)) })
    var made: [String: Node] = [:]
    for (request, stage) in described {
      try Self.checkConnections(of: request, as: stage, outputs: outputs)
      let bound = try stage.bind(
        request.settings, request.place, "stage \(request.id) (\(stage.kind).\(stage.name))", Binding(registry))
      // What a stage does not read is not made for it.
      let from = request.from.filter { port, _ in stage.ports.contains { $0.name == port } }
      made[request.id] = Node(
        id: request.id, stage: stage, from: from.mapValues(\.stages), settings: bound.settings, bound: bound)
    }
    nodes = try Self.sorted(requests, made)
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
    of request: StageRequest, as stage: StageDescription, outputs: [String: Source]
  ) throws {
    for (port, source) in request.from.sorted(by: { $0.key < $1.key }) {
      let place = source.place ?? request.place
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
      for id in source.stages {
        // Where nobody wrote the connection, the stage that was put at its end is the one to look at.
        let written = source.place ?? outputs[id]?.place ?? request.place
        try checkType(of: id, for: declared, request.id, at: outputs[id] == nil ? place : written, outputs)
      }
    }
    for port in stage.ports where !port.isOptional && request.from[port.name]?.stages.isEmpty ?? true {
      throw Faults.usage(
        request.place, "port \(port.name) of stage \(request.id) is not connected",
        "Add from = { \(port.name) = \(port.takesMany ? "[\"…\"]" : "\"…\"") } naming a stage that gives "
          + "\(port.type.phrase).")
    }
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
    guard ObjectIdentifier(output.type) == ObjectIdentifier(port.type) else {
      throw Faults.usage(
        place,
        "port \(port.name) of stage \(stage) takes \(port.type.phrase), but \(source) gives \(output.type.phrase)",
        "Connect a stage that gives \(port.type.phrase).")
    }
  }

  private static func sorted(_ requests: [StageRequest], _ made: [String: Node]) throws -> [Node] {
    var sorted: [Node] = []
    var state: [String: Bool] = [:]  // false = being visited, true = done
    func visit(_ id: String, _ path: [String]) throws {
      guard let node = made[id], state[id] != true else { return }
      if state[id] == false {
        let circle = Array(path.drop { $0 != id })
        // Where the circle is closed: at one of its stages that somebody wrote.
        let places = requests.filter { circle.contains($0.id) }.map {
          $0.from.values.compactMap(\.place).first ?? $0.place
        }
        let place = places.first { $0 != .default }.map(String.init(describing:)) ?? "plan"
        throw Faults.usage(
          place, "stages wait for each other: \((circle + [id]).joined(separator: " → "))",
          "Break the circle at one connection.")
      }
      state[id] = false
      for input in node.inputs { try visit(input, path + [id]) }
      state[id] = true
      sorted.append(node)
    }
    for request in requests { try visit(request.id, []) }
    return sorted
  }
}
