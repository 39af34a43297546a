/// A stage of a plan as it is asked for: before names and connections are checked.
public struct StageRequest: Sendable {
  public let id: String
  public var kind: String
  public var use: String
  /// Port → id of the stage whose output goes there.
  public var from: [String: String]
  public var settings: [ConfigTable.Entry]
  public var place: Place

  public init(
    id: String, kind: String, use: String, from: [String: String] = [:], settings: [ConfigTable.Entry] = [],
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
    /// Port → id, for every port of the kind.
    public let from: [String: String]
    public let settings: [ResolvedSetting]
    let bound: BoundStage

    /// Ids of the stages it waits for, in order of its ports.
    public var inputs: [String] { stage.ports.compactMap { from[$0.name] } }
  }

  /// In an order in which every stage comes after its inputs.
  public let nodes: [Node]
  public let seed: UInt64

  /// Checks `requests` against `registry`.
  ///
  /// - Throws: `ConfigError` at the place of the fault: an unknown kind, name, option or port, a value out of range,
  ///   a missing connection, a wrong type, a cycle.
  public init(_ requests: [StageRequest], registry: Registry, seed: UInt64) throws {
    self.seed = seed
    var byID: [String: StageRequest] = [:]
    for request in requests {
      if byID.updateValue(request, forKey: request.id) != nil {
        throw ConfigError("\(request.place)", "two stages have the id \(request.id)", "Give one of them another id.")
      }
    }
    let described = try requests.map { request in
      (request, try registry.stage(kind: request.kind, name: request.use, at: request.place))
    }
    let outputs = Dictionary(uniqueKeysWithValues: described.map { ($0.0.id, $0.1.output) })
    var made: [String: Node] = [:]
    for (request, stage) in described {
      try Self.checkConnections(of: request, as: stage, outputs: outputs)
      let bound = try stage.bind(request.settings, request.place, "stage \(request.id) (\(stage.kind).\(stage.name))")
      made[request.id] = Node(id: request.id, stage: stage, from: request.from, settings: bound.settings, bound: bound)
    }
    nodes = try Self.sorted(requests.map(\.id), made)
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

  private static func checkConnections(
    of request: StageRequest, as stage: StageDescription, outputs: [String: any Artifact.Type]
  ) throws {
    for (port, source) in request.from.sorted(by: { $0.key < $1.key }) {
      guard let declared = stage.ports.first(where: { $0.name == port }) else {
        let names = stage.ports.map(\.name)
        throw ConfigError(
          "\(request.place)", "stage \(request.id) has no port \(port)\(DidYouMean.phrase(for: port, among: names))",
          names.isEmpty
            ? "The kind \(stage.kind) takes no input." : "Ports of a \(stage.kind): \(names.joined(separator: ", ")).")
      }
      guard let output = outputs[source] else {
        throw ConfigError(
          "\(request.place)",
          "port \(port) of stage \(request.id) names the stage \(source), which is not in the plan"
            + DidYouMean.phrase(for: source, among: outputs.keys.sorted()),
          "Stages of the plan: \(outputs.keys.sorted().joined(separator: ", ")).")
      }
      guard ObjectIdentifier(output) == ObjectIdentifier(declared.type) else {
        throw ConfigError(
          "\(request.place)",
          "port \(port) of stage \(request.id) takes \(declared.type.phrase), but \(source) gives \(output.phrase)",
          "Connect a stage that gives \(declared.type.phrase).")
      }
    }
    for port in stage.ports where request.from[port.name] == nil {
      throw ConfigError(
        "\(request.place)", "port \(port.name) of stage \(request.id) is not connected",
        "Add from = { \(port.name) = \"…\" } naming a stage that gives \(port.type.phrase).")
    }
  }

  private static func sorted(_ order: [String], _ made: [String: Node]) throws -> [Node] {
    var sorted: [Node] = []
    var state: [String: Bool] = [:]  // false = being visited, true = done
    func visit(_ id: String, _ path: [String]) throws {
      guard let node = made[id], state[id] != true else { return }
      if state[id] == false {
        let cycle = (path.drop { $0 != id } + [id]).joined(separator: " → ")
        throw ConfigError("plan", "its stages wait for each other: \(cycle)", "Break the circle at one connection.")
      }
      state[id] = false
      for input in node.inputs { try visit(input, path + [id]) }
      state[id] = true
      sorted.append(node)
    }
    for id in order { try visit(id, []) }
    return sorted
  }
}
