@_spi(Run) internal import CutlineCore
internal import CutlineFlow
internal import CutlineWorkspace

/// `cutline decide tune`: margins by what mistakes and reviews cost.
enum DecideTuning {
  static let options: [Option] = [
    .value("outcome", "COLUMN", "tune: the column that holds 1 of a bad and 0 of a good application."),
    .value("amount", "COLUMN", "tune: the column with the amount (default: 1 each)."),
    .value("margin", "X", "tune: what is lost with a good applicant that is declined."),
    .value("lgd", "X", "tune: the share of the amount that is lost with a bad one that is approved."),
    .value("cost", "X", "tune: what a review costs."),
    .value("capacity", "N", repeats: true, "tune: reviews of TABLE's applications at most (default: every step)."),
    .value("steps", "N", "tune: the most steps that are looked for (default 1000)."),
  ]

  private struct Answer: Encodable {
    let points: [MarginTuning.Point]
    let isComplete: Bool
    let breakEven, meanAmount: Double?
    let byRules, withoutOutcome, modelErrors: Int

    enum CodingKeys: String, CodingKey {
      case points
      case isComplete = "complete"
      case breakEven = "break_even"
      case meanAmount = "mean_amount"
      case byRules = "decided_by_rules"
      case withoutOutcome = "without_outcome"
      case modelErrors = "model_errors"
    }
  }

  static func run(_ flow: DecisionFlow, _ arguments: Arguments) throws {
    let path = try StoreOptions.operand(2, "TABLE", arguments)
    guard let outcome = arguments["outcome"] else {
      throw Faults.usage("--outcome", "is not given", "Name the column that says who was bad.")
    }
    let costs = try MarginTuning.Costs(
      margin: number("margin", arguments), lgd: number("lgd", arguments), review: number("cost", arguments))
    let capacities = try arguments.all("capacity").map { text in
      guard let count = Int(text), count >= 0 else {
        throw Faults.usage("--capacity", "\"\(text)\" is no number of reviews", "Give a whole number, such as 200.")
      }
      return count
    }
    let steps = try arguments.integer("steps", in: 1...100_000) ?? 1000
    let table = try TableInput(arguments).read(path)
    let always = try DecisionFlow(flow.policy.evaluatingAlways)
    let records = always.decide(try DecideCommand.columns(always, table, of: path, arguments))
    let amounts = try arguments["amount"].map { name -> [Double] in
      guard case .number(let own) = try AnsweredTable.column(name, table, of: path).values else {
        throw Faults.data("column \(name)", "holds no amounts", "State its form with --type \(name)=number.")
      }
      return own
    }
    let tuning = try MarginTuning(
      records, isBad: ScoredTable.outcome(outcome, table, of: path), amounts: amounts, costs: costs)
    var (points, isComplete): ([MarginTuning.Point], Bool) = ([], true)
    if capacities.isEmpty {
      (points, isComplete) = try tuning.staircase(limit: steps)
    } else {
      for capacity in capacities {
        guard let point = try tuning.best(capacity: capacity) else {
          throw Faults.usage(
            "--capacity", "\(capacity) is below the \(tuning.modelErrors) applications without a probability",
            "Give more, or mend the models.")
        }
        points.append(point)
      }
    }
    let answer = Answer(
      points: points, isComplete: isComplete, breakEven: costs.breakEven(amount: tuning.meanAmount),
      meanAmount: tuning.meanAmount, byRules: tuning.byRules, withoutOutcome: tuning.withoutOutcome,
      modelErrors: tuning.modelErrors)
    try StoreOptions.print(answer, arguments) { text(answer) }
  }

  private static func number(_ name: String, _ arguments: Arguments) throws -> Double {
    guard let text = arguments[name] else {
      throw Faults.usage("--\(name)", "is not given", "Say what it costs; see cutline decide --help.")
    }
    guard let number = Double(text), number.isFinite else {
      throw Faults.usage("--\(name)", "\"\(text)\" is no number", "Give a decimal.")
    }
    return number
  }

  /// Lines of a staircase that are printed.
  private static let mostLines = 20

  private static func text(_ answer: Answer) -> String {
    let names = answer.points.first?.margins.map(\.stage) ?? []
    var table = TextTable(
      ["capacity", "reviews", "people %", "loss", "bad of approved %", "good of declined %"]
        + names.map { "\($0): low, high" }, textColumns: 0)
    // First, last and as many between as fit, evenly.
    let count = answer.points.count
    let shown = min(count, mostLines)
    for line in 0..<shown {
      let own = answer.points[shown == 1 ? 0 : line * (count - 1) / (shown - 1)]
      table.add(
        [
          own.capacity.map { "\($0)" } ?? "any", "\(own.reviews)", percent(own.share), NumberText.shortest(own.loss),
          side(own.approved), side(own.declined),
        ] + own.margins.map { "\($0.low), \($0.high)" })
    }
    var text = table.text
    if shown < count { text += "\(count - shown) steps are not listed; --json lists all\n" }
    if !answer.isComplete { text += "there are more steps with fewer reviews; see --steps and --capacity\n" }
    text += "t* = margin / (margin + LGD * mean amount) = \(NumberText.shortest(answer.breakEven))\n"
    text +=
      "left out: \(answer.byRules) that rules decide, \(answer.withoutOutcome) without an outcome; \(answer.modelErrors) go to people in any case, as a model gave no probability\n"
    if names.count > 1 { text += "of two models each is best given the other; both together might be better\n" }
    return text
  }

  private static func percent(_ share: Double?) -> String {
    share.map { NumberText.shortest(($0 * 10_000).rounded() / 100) } ?? ""
  }

  private static func side(_ own: MarginTuning.Side) -> String {
    own.applications == 0
      ? "none" : "\(percent(own.rate)) (\(percent(own.low)) to \(percent(own.high))) of \(own.applications)"
  }
}
