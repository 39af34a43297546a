import CutlineCompute
import CutlineCore
import CutlineCredit
import CutlineFlow
import CutlineRules
import Foundation

extension Benchmark {
  /// One decision after the other, and a batch with one and two workers: 50 rules, 36 features, two models that blend two linear ones each.
  static let flow = Benchmark(name: "flow", usage: "[decisions] [rows] [repetitions]") { arguments in
    let decisions = arguments.count > 0 ? Int(arguments[0]) ?? 100_000 : 100_000
    let rows = arguments.count > 1 ? Int(arguments[1]) ?? 1_000_000 : 1_000_000
    let repetitions = arguments.count > 2 ? Int(arguments[2]) ?? 3 : 3
    var random = RandomStream(seed: 1)
    let flow = try DecisionFlow(DecisionPolicy(PolicySheet(toml: policy, of: "bench"), Parts(&random)))
    let fields = flow.fields
    var times: [Double] = []
    var (open, asked) = (0, 0)
    for _ in 0..<decisions {
      var application: [String: FlowValue] = [:]
      for field in fields { application[field.column] = .number(Double(random.index(below: 1_000_000)) / 1000) }
      let start = ContinuousClock.now
      let decision = try flow.decide(application)
      let took = ContinuousClock.now - start
      times.append(Double(took.components.attoseconds) * 1e-12)
      if decision.decision == .review { open += 1 }
      asked += decision.path.count
    }
    times.sort()
    func text(_ place: Int) -> String { String(format: "%.1f", times[min(place, times.count - 1)]) }
    print(
      "\(fields.count) fields, one decision: median \(text(times.count / 2)) us, p99 \(text(times.count * 99 / 100)) us; \(open) open, \(asked) models asked of \(decisions)"
    )
    let numbers = Dictionary(
      uniqueKeysWithValues: fields.map { field in
        (field.column, (0..<rows).map { _ in Double(random.index(below: 1_000_000)) / 1000 })
      })
    let columns = try FlowColumns(flow, rows: rows) { .number(numbers[$0.column] ?? []) }
    for workers in [1, 2] {
      var count = 0
      let time = Measurement(repetitions: repetitions) { count = flow.decide(columns, workers: workers).count }
      print("\(count) applications, \(workers) worker(s): \(time.text)")
    }
  }

  private static let policy = """
    name = "bench"
    evaluate = "always"
    [rules]
    table = "bench"
    [first]
    model = "first"
    [second]
    model = "second"
    """

  private struct Parts: PolicyParts {
    private let table: RuleTable
    private let models: [ScoringModel]

    init(_ random: inout RandomStream) throws {
      var text = "name = \"b\"\nhit = \"priority\"\ndefault = \"pass\"\n[fields]\n"
      for place in 0..<9 { text += "f\(place) = { type = \"number\", domain = [0, 1000] }\n" }
      for place in 0..<50 {
        let (a, b) = (random.index(below: 9), random.index(below: 9))
        text += "[[rules]]\nid = \"r\(place)\"\nwhen = \"f\(a) < \(random.index(below: 20)) and f\(b) > 950\"\n"
        text += "action = \"\(place % 10 == 0 ? "decline" : "manual")\"\n"
      }
      table = try RuleTable(Array(text.utf8), of: "bench")
      text = "name = \"r\"\n[fields]\n"
      for place in 0..<20 { text += "f\(place) = { type = \"number\" }\n" }
      for place in 0..<36 {
        text += "[[features]]\nname = \"x\(place)\"\nmissing = 0\n"
        switch place % 3 {
        case 0: text += "value = \"f\(place % 20)\"\nclamp = [0, 900]\nmean = 500\nstd = 290\n"
        case 1: text += "when = \"f\(place % 20) > \(random.index(below: 900)) or f\(place % 7) < 20\"\n"
        default: text += "value = \"f\(place % 20) / (1 + f\(place % 11))\"\nclamp = [0, 3]\n"
        }
      }
      let recipe = try RecipeSheet(toml: text, of: "bench")
      let names = (0..<36).map { "x\($0)" }
      var models: [ScoringModel] = []
      for _ in 0..<2 {
        var linear: [ModelForm] = []
        for _ in 0..<2 {
          let own = try ModelForm.linear(
            intercept: 0, coefficients: names.map { _ in random.uniform() - 0.5 }, link: .logit)
          linear.append(
            try own.then(.expand(inputCount: 1, terms: [.link(0, .logit)])).then(
              .linear(intercept: 0, coefficients: [0.7], link: .logit)))
        }
        models.append(
          try ScoringModel(
            model: Model(
              name: "blend", features: names.map { .init($0) }, unit: "fraction",
              form: .blend(linear, weights: [0.5, 0.5])),
            recipe: recipe))
      }
      self.models = models
    }

    func rules(_ reference: PolicyReference) throws -> (table: RuleTable, sha256: String) { (table, "") }
    func model(_ reference: PolicyReference, recipe: String?) throws -> (model: ScoringModel, sha256: String) {
      (reference == .file("first") ? models[0] : models[1], "")
    }
  }
}
