public import CutlineCore
internal import CutlineRules

extension FlowRecords {
  /// Columns beside a table of applications: `decision`, `stage`, `probability`, `reason`, `queue`, `rule`, `cause`, `fired`, `unknown`,
  /// `failures`, `first_verdict`, `second_verdict`, and the requirement's `final_decision`, `model_used`, `needs_review`, `lr_proba`,
  /// `second_proba`; with a language `message`, too. Lists are joined by `|`.
  ///
  /// - Throws: `Faults` (usage) for a language that there is not.
  /// - Complexity: O(rows).
  public func columns(language: String? = nil) throws -> [Column] {
    if let language { try Self.check(language: language) }
    let rows = 0..<count
    func text(_ name: String, _ label: String, _ of: (Int) -> String?) -> Column {
      Column(name: name, label: label, values: .text(TextColumn(rows.map(of))))
    }
    func number(_ name: String, _ label: String, _ of: (Int) -> Double?) -> Column {
      Column(name: name, label: label, values: .number(rows.map { of($0) ?? Missing.plain.value }))
    }
    let ruled = try ruled.columns(flow.rules)
    // What the rules say stands here under the names that decisions have.
    let taken: Set<String> = ["rule", "cause", "fired", "unknown", "failures"]
    let steps = flow.policy.steps
    var columns = [
      text("decision", "approve, decline or review") { decisions[$0].word },
      text("stage", "Who decided: rules, first, second; models: people do") { stages[$0].word },
      number("probability", "Of the model that decided, or was asked last") { probability($0) },
      text("reason", "Code of the rule, or why the models leave it open") { reason($0) },
      text("queue", "Who looks at it") { queue($0) },
    ]
    columns += ruled.filter { taken.contains($0.name) }
    columns += [
      text("first_verdict", "What the first model said") { first[$0].verdict?.word },
      text("second_verdict", "What the second model said") { second[$0].verdict?.word },
      number("final_decision", "1 decline, 0 approve, missing: review") { decisions[$0].number.map(Double.init) },
      text("model_used", "Business Rules, a model's name, Manual Review") { row in
        if decisions[row] == .review { return "Manual Review" }
        return stages[row] == .rules ? "Business Rules" : steps[stages[row] == .first ? 0 : 1].name(language)
      },
      number("needs_review", "1: people decide") { decisions[$0] == .review ? 1 : 0 },
      number("lr_proba", "Probability of the first model") { self.shown(first[$0]) },
      number("second_proba", "Probability of the second model") { self.shown(second[$0]) },
    ]
    if let language {
      let words = FlowWords(language)
      columns.append(text("message", "Why, as a sentence") { words.message(decision($0)) })
    }
    return columns
  }

  /// - Throws: `Faults` (usage) for a language that there is not.
  public static func check(language: String) throws {
    guard !PolicySheet.languages.contains(language) else { return }
    throw Faults.usage(
      "--lang", "\"\(language)\" is no language of policies",
      "It may be \(PolicySheet.languages.joined(separator: ", ")).")
  }

  private func shown(_ own: Scored) -> Double? { own.verdict == nil || own.verdict == .error ? nil : own.p }
}
