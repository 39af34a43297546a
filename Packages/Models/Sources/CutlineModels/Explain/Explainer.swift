internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Explains rows of a design by one method, and checks that each of them adds up.
struct Explainer {
  enum Method: String {
    case auto, linear, exact
    case treeInterventional = "tree-interventional"
    case treePathDependent = "tree-path-dependent"
  }

  let method: Method
  /// The most rows of the background that are used where its cost grows with them.
  let backgroundRows: Int

  /// More evaluations than this are refused, as they would take hours.
  static let evaluationLimit = 1 << 36

  func run(_ input: Explain.Input, in context: RunContext) async throws -> Explanation {
    let model = input.model
    let explained = try ExplainedForm(model.form)
    let rows = try ModelRows(input.rows ?? input.background, model)
    let predictions = try rows.values(of: explained.form, what: "row", workers: context.workers)
    if method == .treePathDependent {
      return try await pathDependent(model, explained, rows, predictions, in: context)
    }
    let parts = try ExplainedPart.parts(of: explained.form, seeing: sight)
    try check(parts)
    let isAdditive = parts.allSatisfy { if case .additive = $0.part { true } else { false } }
    let all = try ModelRows(input.background, model)
    let drawn = all.drawn(isAdditive ? Int.max : backgroundRows, from: context.random(.explanationBackground))
    let background = drawn.rows
    // Refuses rows without a value before any of them is mixed into another.
    let means = try background.values(of: explained.form, what: "background row", workers: context.workers)
    let base = zip(means, background.shares).reduce(0) { $0 + $1.0 * $1.1 }
    let values = try await sum(parts, rows, background, in: context)
    return try Explanation(
      method: parts.reduce(into: []) { if !$0.contains($1.part.method) { $0.append($1.part.method) } }
        .joined(separator: " + "),
      background: .init(
        what: drawn.what, rows: background.count, ofRows: all.count, weighted: background.isWeighted),
      scale: explained.scale, features: rows.features, base: predictions.map { _ in base }, values: values,
      predictions: predictions)
  }

  private var sight: ExplainedPart.Sight {
    ExplainedPart.Sight(
      additive: method == .auto || method == .linear, trees: method == .auto || method == .treeInterventional)
  }

  /// - Throws: `Faults` (usage) where the method does not suit the form.
  private func check(_ parts: [ExplainedPart.Weighted]) throws {
    for part in parts {
      switch (method, part.part) {
      case (.linear, .other), (.linear, .trees):
        throw Faults.usage(
          "explain linear", "the model is no sum of functions of one feature each",
          "Use auto, tree-interventional or exact.")
      case (.treeInterventional, .other), (.treeInterventional, .additive):
        throw Faults.usage("explain tree-interventional", "the model is made of other forms than trees", "Use auto.")
      default: break
      }
    }
  }

  /// Per feature, per row.
  private func sum(
    _ parts: [ExplainedPart.Weighted], _ rows: ModelRows, _ background: ModelRows, in context: RunContext
  ) async throws -> [[Double]] {
    var values = rows.columns.map { _ in [Double](repeating: 0, count: rows.count) }
    for weighted in parts {
      let weight = weighted.weight
      switch weighted.part {
      case .additive(let form):
        let own = try form.contributions(rows.columns, rows: rows.count).values
        let others = try form.contributions(background.columns, rows: background.count).values
        for feature in values.indices {
          let mean = zip(others[feature], background.shares).reduce(0) { $0 + $1.0 * $1.1 }
          for row in 0..<rows.count { values[feature][row] += weight * (own[feature][row] - mean) }
        }
      case .trees(let form, let first, let players):
        // The same values; of cells of a grid in a small part of the time.
        let whole = try first.map { try $0.then(.trees(form)) } ?? .trees(form)
        if method == .auto, whole.sources[0].count <= DistinctEnumeration.limit,
          let distinct = DistinctEnumeration(
            try Enumeration(whole, features: whole.sources[0]), rows: rows.byRow, background: background.weightedRows)
        {
          try await distinct.add(weight: weight, to: &values, in: context)
          continue
        }
        let trees = InterventionalTrees(form, players: players)
        let (own, others) = try (rows.made(first), background.made(first))
        let shares = background.shares
        try await each(rows.count, &values, in: context) { row, sums in
          for (other, share) in zip(others, shares) { trees.add(own[row], other, weight: weight * share, to: &sums) }
        }
      case .other(let form, let features):
        let game = try Enumeration(form, features: features)
        let (own, others) = (rows.byRow, background.weightedRows)
        if let distinct = DistinctEnumeration(game, rows: own, background: others) {
          try await distinct.add(weight: weight, to: &values, in: context)
          continue
        }
        let (total, overflow) = game.evaluations(others).multipliedReportingOverflow(by: rows.count)
        guard !overflow, total <= Self.evaluationLimit else {
          throw Faults.usage(
            "explain exact", "\(rows.count) rows against \(others.count) of the background need too many evaluations",
            "Explain fewer rows, or lower background_rows.")
        }
        try await each(rows.count, &values, in: context) { row, sums in
          try game.add(own[row], others, weight: weight, to: &sums)
        }
      }
    }
    return values
  }

  /// Adds what `body` gives for each row. A row is computed by one thread, so that their number cannot be seen.
  private func each(
    _ rows: Int, _ values: inout [[Double]], in context: RunContext,
    _ body: @escaping @Sendable (Int, inout [Double]) throws -> Void
  ) async throws {
    let features = values.count
    let block = max(1, rows / (8 * context.workers))
    let blocks = stride(from: 0, to: rows, by: block).map { $0..<min($0 + block, rows) }
    let found = try await context.concurrently(blocks) { block in
      try block.map { row in
        try Task.checkCancellation()
        var sums = [Double](repeating: 0, count: features)
        try body(row, &sums)
        return sums
      }
    }
    for (row, sums) in found.joined().enumerated() {
      for feature in 0..<features { values[feature][row] += sums[feature] }
    }
  }

  private func pathDependent(
    _ model: Model, _ explained: ExplainedForm, _ rows: ModelRows, _ predictions: [Double], in context: RunContext
  ) async throws -> Explanation {
    let parts = try ExplainedPart.parts(of: explained.form, seeing: .init(additive: false, trees: true))
    var values = rows.columns.map { _ in [Double](repeating: 0, count: rows.count) }
    var base = 0.0
    for weighted in parts {
      guard case .trees(let form, let first, let players) = weighted.part else {
        throw Faults.usage("explain tree-path-dependent", "the model is made of other forms than trees", "Use auto.")
      }
      let trees = try PathDependentTrees(form, players: players)
      let own = try rows.made(first)
      base += weighted.weight * trees.base
      try await each(rows.count, &values, in: context) { row, sums in
        trees.add(own[row], weight: weighted.weight, to: &sums)
      }
    }
    return try Explanation(
      method: method.rawValue,
      background: .init(what: "training weights inside the trees", rows: 0, ofRows: 0, weighted: true),
      scale: explained.scale, features: rows.features, base: predictions.map { _ in base }, values: values,
      predictions: predictions)
  }
}
