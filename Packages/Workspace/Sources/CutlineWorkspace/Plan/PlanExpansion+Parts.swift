public import CutlineCore
public import CutlineRun

extension PlanExpansion {
  /// The part of `whole` that leads to some stages, each named by its id or by a goal of the plan.
  ///
  /// - Throws: `Faults` (usage) at `place` for a name that is neither.
  public func part(of whole: Plan, until names: [String], at place: Place) throws -> Plan {
    try whole.until(stages(names, of: whole, at: place), at: place)
  }

  /// The ids that `names` stand for.
  ///
  /// - Throws: `Faults` (usage) at `place` for a name that is neither a stage nor a goal.
  public func stages(_ names: [String], of whole: Plan, at place: Place) throws -> [String] {
    try names.flatMap { name -> [String] in
      if whole[name] != nil { return [name] }
      if let goal = plan.goals.first(where: { $0.name == name }) { return goal.stages }
      let (ids, goals) = (whole.nodes.map(\.id), plan.goals.map(\.name))
      throw Faults.usage(
        place, "the plan has no stage \(name)\(DidYouMean.phrase(for: name, among: ids + goals))",
        (ids.isEmpty ? "It has none." : "Its stages: \(ids.joined(separator: ", ")).")
          + (goals.isEmpty ? "" : " Its goals: \(goals.joined(separator: ", "))."))
    }
  }

  /// The keys of the plan's table that only stages outside of `part` take, as one sentence; nil where there are none.
  public func note(on part: Plan) -> String? {
    let ids = Set(part.nodes.map(\.id))
    let idle = takers.filter { !$0.stages.isEmpty && $0.stages.isDisjoint(with: ids) }.map(\.key)
    guard !idle.isEmpty else { return nil }
    return
      "\(idle.joined(separator: ", ")): no effect, as no stage of this part takes \(idle.count == 1 ? "it" : "them")"
  }
}
