internal import CutlineCore
internal import CutlineCredit

/// Why no strategy that accepts anything keeps a risk limit: the limit itself, or which of the constraints.
struct BindingConstraint {
  let cells: CellTable
  let frontier: Frontier
  let context: RunContext

  /// The end of a sentence that begins with what is infeasible.
  func reason(_ limit: DecimalNumber) async throws -> String {
    let risk = "a risk of at most \(limit) %"
    let nothing = "no strategy that accepts anything"
    guard let constraints = frontier.constraints, !constraints.isEmpty else {
      return "\(nothing) has \(risk)\(leastRisk)"
    }
    let words = constraints.map { $0.replacing("\n", with: ", ") }
    let whole = "\(nothing) keeps both \(risk) and \(words.joined(separator: ", "))"
    guard let isFree = try await isFeasible([], limit) else { return whole }
    guard isFree else { return "\(nothing) has \(risk), with or without \(words.joined(separator: ", "))" }
    // Alone it is the one that binds; otherwise each whose going would help, or which cannot be kept by itself.
    guard constraints.count > 1 else { return "\(words[0]) binds: without it \(risk) can be kept" }
    var helpful: [String] = []
    var impossible: [String] = []
    for place in constraints.indices {
      var others = constraints
      others.remove(at: place)
      if try await isFeasible(others, limit) == true { helpful.append(words[place]) }
      if try await isFeasible([constraints[place]], limit) == false { impossible.append(words[place]) }
    }
    if helpful.count == 1 { return "\(helpful[0]) binds: without it \(risk) can be kept with what else is asked" }
    if !helpful.isEmpty {
      return "\(helpful.joined(separator: " and ")) bind together: without either of them \(risk) can be kept"
    }
    return impossible.isEmpty
      ? whole : "\(impossible.joined(separator: " and ")) bind, each by itself: \(risk) cannot be kept with any of them"
  }

  /// Of a complete frontier without constraints its first point that accepts anything has the least risk of all.
  private var leastRisk: String {
    guard frontier.answers.isEmpty, frontier.open.isEmpty, frontier.statedBy == nil,
      let first = frontier.points.first(where: { !$0.isEmpty }),
      let percent = cells.measure.strategyPercent(first.sums)
    else { return "" }
    return "; the least is \(NumberText.fixed(percent, 4)) %"
  }

  /// Nil where it is not known: a search that stopped, or no solver for such a constraint.
  private func isFeasible(_ constraints: [String], _ limit: DecimalNumber) async throws -> Bool? {
    let table = try ConfigDocument.parse(constraints.joined(separator: "\n"), source: "constraints")
    let input = try Search.ports.make(PortValues(["cells": cells]))
    let answers: [Frontier.Answer]
    do {
      var milp = MilpSearchConfig()
      milp.constraints = try ConstraintConfig.read(table.entries, at: .default, origin: "constraints").config
      milp.limits = [Double("\(limit)") ?? 0]
      let isPlain =
        milp.constraints.swapInProductionLimit == nil && milp.constraints.swapInRiskLimit == nil
        && milp.constraints.changesLimit == nil
      if isPlain {
        var threshold = ThresholdSearchConfig()
        threshold.constraints = milp.constraints
        threshold.constraints.nesting = .none
        threshold.limits = milp.limits
        threshold.timeLimitSeconds = Self.seconds
        answers = try ThresholdSearchStage(config: threshold).answers(of: cells, in: context.inner(Self.binding))
          .answers
      } else {
        milp.constraints.nesting = .none
        milp.timeLimitSeconds = Self.seconds
        answers = try await MilpSearchStage(config: milp).run(input, in: context.inner(Self.binding)).answers
      }
    } catch let error as CancellationError {
      throw error
    } catch {
      // It is only the explanation that cannot be had; that nothing fits is known.
      return nil
    }
    switch answers.first?.status {
    case .optimal: return true
    case .infeasible: return false
    case .unproven, nil: return answers.first?.point == nil ? nil : true
    }
  }

  private static let binding = Purpose("binding")
  /// For each question.
  private static let seconds = 20.0
}
