internal import CutlineCompute
internal import CutlineCore

/// XGBoost's model file. All its trees count, also after an early stop.
enum XGBoostImport {
  private static let links: [String: Link] = [
    "reg:squarederror": .identity, "reg:linear": .identity, "reg:absoluteerror": .identity,
    "reg:pseudohubererror": .identity, "reg:quantileerror": .identity, "binary:logitraw": .identity,
    "binary:logistic": .logit, "reg:logistic": .logit, "count:poisson": .log, "reg:gamma": .log, "reg:tweedie": .log,
  ]

  static func read(_ json: ImportedJSON) throws -> Imported {
    let learner = json["learner"]
    let parameters = learner["learner_model_param"]
    let objective = try learner["objective"]["name"].text()
    guard let link = links[objective] else {
      throw learner["objective"]["name"].fault(
        "is \(objective.prefix(40)), which is not read", "Use one of \(links.keys.sorted().joined(separator: ", ")).")
    }
    for key in ["num_class", "num_target"] where parameters.has(key) {
      guard try parameters[key].whole(0...1_000_000) <= 1 else {
        throw parameters[key].fault("is more than 1", "Export a model of one value.")
      }
    }
    let count = try parameters["num_feature"].whole(0...65_536)
    var nodes = TreesForm.Nodes()
    var roots: [Int32] = []
    for tree in try XGBoostTree.trees(inModel: json) {
      roots.append(try tree.append(to: &nodes) { _, split in SinglePrecision.threshold(below: split) })
    }
    let base = link.sum(of: Double(Float(try baseScore(parameters["base_score"]))))
    guard base.isFinite else {
      throw parameters["base_score"].fault("has no finite value on the scale of \(objective)")
    }
    if roots.isEmpty {
      roots = [0]
      nodes.cover.append(0)
      nodes.appendLeaf(0)
    }
    let names = learner.has("feature_names") ? try learner["feature_names"].texts() : []
    guard names.isEmpty || names.count == count else {
      throw learner["feature_names"].fault("are \(names.count) for \(count) features")
    }
    return Imported(
      features: names.isEmpty ? (0..<count).map { "f\($0)" } : names,
      form: try .trees(inputCount: count, nodes: nodes, roots: roots, base: base, link: link),
      isProbability: link == .logit)
  }

  /// A number as text; newer versions write a list of one.
  private static func baseScore(_ json: ImportedJSON) throws(Faults) -> Double {
    guard json.isText else { return try json.number() }
    let text = try json.text()
    let plain = text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
    guard let number = ExchangeNumber.double(plain) else { throw json.fault("is not one number") }
    return number
  }
}
