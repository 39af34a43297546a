internal import CutlineCompute
public import CutlineCore

/// How the applications of a sample are distributed over each score: per variable, score value × month × state, with the
/// measures of the cube.
///
/// A variable has its distinct values, or where there are more than 4,096, classes between fixed quantiles. One more class
/// holds the applications without the score.
public struct ScoreProfile: BinaryArtifact {
  public static let typeName = "score profile"

  /// One variable of the grid.
  public struct Variable: Sendable, Codable, Hashable {
    public let name: String
    /// The column that holds the score.
    public let source: String
    public let direction: Direction
    /// Ascending: the scores themselves, or the greatest score of each class; where fewer rows than `Vocabulary` asks for have that very
    /// score, a number between it and the next one, which counts the same rows.
    public let values: [Double]
    /// Whether they are classes of scores.
    public let isClassed: Bool

    /// The class of a score: that of the first value that is not below it; `values.count` where it has none.
    public func index(of score: Double) -> Int {
      guard !score.isNaN else { return values.count }
      var (low, high) = (0, values.count)
      while low < high {
        let middle = (low + high) / 2
        if values[middle] < score { low = middle + 1 } else { high = middle }
      }
      return min(low, values.count - 1)
    }
  }

  /// A variable with more distinct values than this is classed.
  public static let valueLimit = 4096
  /// Classes between quantiles, where values repeat there are fewer.
  public static let classCount = 1000

  public let variables: [Variable]
  public let measures: [Measure]
  public let months: [Month]
  /// Per variable: its values and one more × months × states.
  public let slices: [CubeSlice]

  struct Head: Codable {
    let variables: [Variable]
    let measures: [Measure]
    let months: [Month]

    func sizes(_ variable: Int) -> [Int] {
      [variables[variable].values.count + 1, months.count, ApplicationState.all.count]
    }

    /// - Throws: `Faults` (data).
    func check(_ file: String) throws {
      guard !variables.isEmpty, Set(variables.map(\.name)).count == variables.count, variables.count <= 1000,
        variables.allSatisfy({ variable in
          variable.values.count <= ScoreProfile.valueLimit && variable.values.allSatisfy(\.isFinite)
            && zip(variable.values, variable.values.dropFirst()).allSatisfy(<)
        })
      else {
        throw Faults.data(
          file, "its variables cannot be",
          "Give each once, with at most \(ScoreProfile.valueLimit) finite values that ascend.")
      }
      guard Set(measures).count == measures.count, measures.contains(.rows), measures.count <= 1000,
        measures.allSatisfy({ (0...18).contains($0.scale) && !$0.name.isEmpty }), !months.isEmpty,
        zip(months, months.dropFirst()).allSatisfy(<)
      else {
        throw Faults.data(
          file, "its measures or months cannot be", "Give each once, months ascending, rows among the measures.")
      }
    }
  }

  init(_ head: Head, slices: [CubeSlice]) {
    variables = head.variables
    measures = head.measures
    months = head.months
    self.slices = slices
  }

  var head: Head { Head(variables: variables, measures: measures, months: months) }

  public func encode(to writer: inout BinaryWriter) throws {
    try writer.append(json: head)
    for slice in slices { slice.encode(to: &writer) }
  }

  public init(decoding reader: inout BinaryReader) throws {
    let head = try reader.json(Head.self)
    do { try head.check("score profile") } catch let error as Faults {
      throw reader.refusal("\(error.location): \(error.problem)")
    }
    var slices: [CubeSlice] = []
    for variable in head.variables.indices {
      slices.append(try CubeSlice(decoding: &reader, sizes: head.sizes(variable), measures: head.measures.count))
    }
    self.init(head, slices: slices)
  }

  /// Σ of a measure per value of a variable, those without the score last, over applications of `states`.
  ///
  /// - Parameter months: nil = all.
  /// - Throws: `Faults` (data) naming the column when a sum is not an Int64, or for a variable or measure that it does not
  ///   have.
  public func sums(
    of measure: Measure, variable name: String, _ states: [ApplicationState], months wanted: Set<Month>? = nil
  ) throws -> [Int64] {
    guard let variable = variables.firstIndex(where: { $0.name == name }) else {
      throw Faults.data(
        "score profile", "has no variable \(name)\(DidYouMean.phrase(for: name, among: variables.map(\.name)))",
        "It has \(variables.map(\.name).joined(separator: ", ")).")
    }
    guard let index = measures.firstIndex(of: measure) else {
      throw Faults.data(
        "score profile", "has no measure \(measure)", "It has \(measures.map(\.name).joined(separator: ", ")).")
    }
    let count = variables[variable].values.count + 1
    return try slices[variable].sums(
      of: (index, measures[index]), count: count,
      by: [
        Array(0..<count), months.map { wanted?.contains($0) ?? true ? 0 : -1 },
        ApplicationState.all.map { states.contains($0) ? 0 : -1 },
      ])
  }
}

extension ScoreProfile {
  /// Adds the rows of a sample up by score.
  ///
  /// - Throws: as `Cube(of:)`.
  /// - Complexity: O(rows × (measures + log values)) for each variable.
  public init(of sample: Sample, workers: Int = 1) throws {
    let rows = try CubeRows(sample, weights: nil)
    let variables = zip(sample.grid.axes, sample.scores).map { axis, scores in
      let (values, isClassed) = Self.values(scores)
      return Variable(
        name: axis.name, source: axis.source, direction: axis.direction, values: values, isClassed: isClassed)
    }
    let head = Head(variables: variables, measures: rows.head.measures, months: rows.head.months)
    let keys = variables.indices.map { index in
      let codes = sample.scores[index].map { UInt16(variables[index].index(of: $0)) }
      return SliceKeys(sizes: head.sizes(index)) { row in rows.monthKey(row, cell: Int(codes[row])) }
    }
    let slices = try SliceSums(rows, keys, workers: max(1, workers)).made()
    self.init(head, slices: slices)
  }

  /// The distinct scores, or the greatest of each class: of the rows at k/1000 of all, k = 1...1000.
  private static func values(_ scores: [Double]) -> ([Double], isClassed: Bool) {
    let sorted = RadixSort.sorted(scores.filter { !$0.isNaN })
    // Of each distinct score its last place.
    let last = sorted.indices.filter { $0 + 1 == sorted.count || sorted[$0] < sorted[$0 + 1] }
    let isClassed = last.count > valueLimit
    let ends =
      isClassed ? Set((1...classCount).map { sorted[(sorted.count * $0 + classCount - 1) / classCount - 1] }) : []
    var before = -1
    let values = last.compactMap { place -> Double? in
      defer { before = place }
      let score = sorted[place]
      guard !isClassed || ends.contains(score) else { return nil }
      guard !Vocabulary.isShared(by: place - before) else { return score }
      return Vocabulary.boundary(between: score, and: place + 1 < sorted.count ? sorted[place + 1] : .infinity)
    }
    return (values, isClassed)
  }
}
