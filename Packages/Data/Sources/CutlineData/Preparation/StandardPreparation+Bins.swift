internal import CutlineCore
internal import CutlineCredit

extension StandardPreparation {
  /// The variables with the edges that methods propose for those which name one.
  ///
  /// The edges come from the booked applications of the main period with a known outcome; months whose outcomes are mostly
  /// unknown are left out, and nothing of a later period is looked at. With `bins_scope = "file"` they are those of the
  /// whole file, so that the segments of a portfolio share one grid.
  ///
  /// - Throws: `Faults` (usage) for a method that `bin_methods` does not name, (gate) where a method leaves a single bin.
  func proposedEdges(
    _ axes: [(name: String, bins: VariableBins)], _ rows: PreparedRows, segment: RowSet, in context: RunContext
  ) async throws -> [(name: String, bins: VariableBins)] {
    guard axes.contains(where: { $0.bins.method != nil }) else {
      if config.binsScope != .file { context.warn("bins_scope has no effect: the edges of no variable are proposed") }
      return axes
    }
    let population = BinPopulation(
      rows, config, scope: config.binsScope == .segment ? segment : rows.portfolio)
    var made: [(name: String, bins: VariableBins)] = []
    for (index, (name, bins)) in axes.enumerated() {
      guard let wanted = bins.method else {
        made.append((name, bins))
        continue
      }
      let method = try config.binMethod(wanted, of: name, at: bins.place)
      let evidence = try population.evidence(of: name, bins, direction: bins.direction)
      let proposal = try await method(Bin.Input(evidence: evidence), in: context.inner(.binProposal, index))
      try say(proposal, of: name, bins, evidence, context)
      made.append((name, bins.with(edges: proposal.edges)))
    }
    return made
  }

  private func say(
    _ proposal: BinProposal, of name: String, _ bins: VariableBins, _ evidence: BinEvidence, _ context: RunContext
  ) throws {
    let conflict =
      "direction contradicts data: without \(bins.direction.rawValue) the bins of \(name) are worth more than \(BinProposal.contradiction) times as much"
    guard !proposal.cuts.isEmpty else {
      throw Faults.gate(
        "variable \(name)",
        "the method \(bins.method ?? "") leaves a single bin"
          + (proposal.contradictsDirection ? ": \(conflict)" : ": \(bins.source) does not tell risks apart"),
        "Correct direction in [preprocessing.bins.\(name)], state edges, or leave the variable out.")
    }
    let total = evidence.total
    let worth: Remark =
      proposal.value.map { ", \(word: proposal.objective ?? "value") \($0)" } ?? ""
    context.note(
      "\(word: name): \(proposal.cuts.count + 1) bins by \(word: bins.method ?? "") from \(total.good + total.bad) outcomes (\(total.bad) bad) of the \(word: config.binsScope == .segment ? "segment" : "whole file")"
        + worth + ": edges = \(word: VariableBins.toml(proposal.edges))")
    if proposal.contradictsDirection { context.warn("\(word: conflict)") }
  }
}

extension Purpose {
  /// What a method that proposes bins may draw.
  static let binProposal: Purpose = "bin-proposal"
}
