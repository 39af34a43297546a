public import CutlineCore
internal import Foundation

/// What an estimator is fitted to: a matrix of features with a target and a weight for each row.
public struct Design: ExchangedArtifact {
  public static let typeName = "design"

  /// Names of the features, in order.
  public let features: [String]
  /// Per feature, per row; NaN where missing.
  public let columns: [[Double]]
  /// Per row; finite.
  public let target: [Double]
  /// What the target is measured in, such as `fraction`.
  public let targetUnit: String
  /// Per row, not negative, not all 0.
  public let weights: [Double]
  /// Per row, added to the linear predictor; empty where there is none.
  public let offset: [Double]
  /// Per row: rows of one group belong together, as those of one customer; empty where there are none.
  public let groups: [Int64]
  /// Per row, in order of time; empty where there are none.
  public let times: [Int64]
  /// Per feature: 1 where the target must not fall as the feature grows, −1 where it must not rise, 0 where neither is
  /// known; empty where nothing is known of any. What is bound to be monotone keeps to it.
  public let directions: [Int]

  public init(
    features: [String], columns: [[Double]], target: [Double], targetUnit: String, weights: [Double],
    offset: [Double] = [], groups: [Int64] = [], times: [Int64] = [], directions: [Int] = []
  ) {
    self.features = features
    self.columns = columns
    self.target = target
    self.targetUnit = targetUnit
    self.weights = weights
    self.offset = offset
    self.groups = groups
    self.times = times
    self.directions = directions
  }

  public var rowCount: Int { target.count }

  /// What every estimator takes for granted: lengths, finite targets, weights, names that differ.
  /// - Throws: `Faults` (data).
  public func check() throws {
    guard columns.count == features.count, Set(features).count == features.count, !features.contains("") else {
      throw Faults.data("design", "features and columns do not go together", "Give each feature one column and a name.")
    }
    let directionsFit = directions.isEmpty || directions.count == features.count
    guard directionsFit, directions.allSatisfy((-1...1).contains) else {
      throw Faults.data(
        "design", "its directions are not one a feature", "Give each feature −1, 0 or 1, or none at all.")
    }
    let optional = [offset.count, groups.count, times.count].filter { $0 > 0 }
    guard (columns.map(\.count) + [weights.count] + optional).allSatisfy({ $0 == rowCount }) else {
      throw Faults.data("design", "its columns have different lengths", "Give every column one value a row.")
    }
    guard target.allSatisfy(\.isFinite), offset.allSatisfy(\.isFinite),
      weights.allSatisfy({ $0.isFinite && $0 >= 0 }), weights.contains(where: { $0 > 0 })
    else {
      throw Faults.data(
        "design", "target, offset or weights hold a value that cannot be, or no row has weight",
        "Give finite targets, and weights that are not negative and not all 0.")
    }
  }
}

/// `design.csv`, a row each with the features by name, `target`, `weight` and where there are any `offset`, `group` and
/// `time`; `design.json` with the names of the features and the unit of the target.
extension Design {
  private struct Head: Codable {
    let features: [String]
    let targetUnit: String
    let hasOffset, hasGroups, hasTimes: Bool
    /// Absent where none is known.
    let directions: [Int]?
  }

  private static func columns(_ head: Head) throws -> [String] {
    let columns =
      head.features + ["target", "weight"] + (head.hasOffset ? ["offset"] : []) + (head.hasGroups ? ["group"] : [])
      + (head.hasTimes ? ["time"] : [])
    if let twice = columns.indices.first(where: { columns[..<$0].contains(columns[$0]) }) {
      throw Faults.data("design", "the name \(columns[twice]) of a feature is that of another column", "Rename it.")
    }
    return columns
  }

  public func write(to folder: String) throws {
    let head = Head(
      features: features, targetUnit: targetUnit, hasOffset: !offset.isEmpty, hasGroups: !groups.isEmpty,
      hasTimes: !times.isEmpty, directions: directions.isEmpty ? nil : directions)
    let json = try CanonicalJSON.encode(head, pretty: true)
    try json.withUnsafeBytes { try ExchangeFolder.write($0, to: folder + "/design.json") }
    let writer = try ExchangeWriter(folder + "/design.csv")
    try writer.append(try Self.columns(head).map(CsvText.field).joined(separator: ",") + "\n")
    for row in 0..<rowCount {
      var fields = columns.map { NumberText.shortest($0[row]) }
      fields += [NumberText.shortest(target[row]), NumberText.shortest(weights[row])]
      if head.hasOffset { fields.append(NumberText.shortest(offset[row])) }
      if head.hasGroups { fields.append(String(groups[row])) }
      if head.hasTimes { fields.append(String(times[row])) }
      try writer.append(fields.joined(separator: ",") + "\n")
    }
    try writer.finish()
  }

  public init(readingFrom folder: ExchangeFolder) throws {
    let head = try folder.json(Head.self, from: "design.json")
    var rows = try folder.csv("design.csv", columns: Self.columns(head))
    let count = head.features.count
    var columns = [[Double]](repeating: [], count: count)
    var (target, weights, offset) = ([Double](), [Double](), [Double]())
    var (groups, times) = ([Int64](), [Int64]())
    while let row = try rows.next() {
      for index in 0..<count { columns[index].append(row.fields[index].isEmpty ? .nan : try row.number(index)) }
      target.append(try row.number(count))
      weights.append(try row.number(count + 1))
      var place = count + 2
      if head.hasOffset {
        offset.append(try row.number(place))
        place += 1
      }
      if head.hasGroups {
        groups.append(Int64(try row.whole(place, in: Int.min...Int.max)))
        place += 1
      }
      if head.hasTimes { times.append(Int64(try row.whole(place, in: Int.min...Int.max))) }
    }
    self.init(
      features: head.features, columns: columns, target: target, targetUnit: head.targetUnit, weights: weights,
      offset: offset, groups: groups, times: times, directions: head.directions ?? [])
    try check()
  }
}
