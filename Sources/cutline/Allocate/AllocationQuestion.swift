internal import CutlineAllocate
internal import CutlineCore
internal import CutlineCredit
internal import Foundation

/// What `cutline allocate` is asked, before anything is read.
struct AllocationQuestion {
  enum Method: String, CaseIterable { case exact, greedy, milp, joint }

  let method: Method
  let scenario: String
  let target: DecimalNumber
  let weight: AllocationLimits.RiskWeight
  let objective: AllocationLimits.Objective
  let mostChanged: Int?
  /// Percent; empty where no range is asked for.
  let targets: [DecimalNumber]
  let labels: Int?
  private static let mostTargets = 10_000

  init(_ arguments: Arguments) throws {
    guard let text = arguments["target"] else {
      throw Faults.usage(
        "--target", "is missing", "Give the limit on the risk of all segments in percent: --target 1.0.")
    }
    target = try Self.percent(text, option: "--target")
    method = try arguments.choice("method", Method.self) ?? .exact
    weight = try arguments.choice("risk-weight", AllocationLimits.RiskWeight.self) ?? .exposure
    objective = try arguments.choice("objective", AllocationLimits.Objective.self) ?? .production
    scenario = arguments["scenario"] ?? "base"
    mostChanged = try arguments.integer("max-changed", in: 0...1_000_000)
    labels = try arguments.integer("labels", in: 1000...1_000_000_000)
    if method == .joint, objective == .value {
      throw Faults.usage("--objective value", "is not what --method joint can make most", "Use --method exact.")
    }
    if method == .greedy, mostChanged != nil {
      throw Faults.usage("--max-changed", "cannot be kept by --method greedy", "Use --method exact.")
    }
    if method == .greedy, labels != nil {
      throw Faults.usage("--labels", "has no effect with --method greedy", "Leave it out.")
    }
    if arguments["certificate"] != nil, method != .exact {
      throw Faults.usage("--certificate", "is of what --method exact proves", "Use --method exact.")
    }
    if let range = arguments["what-if"] {
      targets = try Self.range(range)
    } else if arguments["curve"] != nil {
      let (middle, target) = (Double("\(target)") ?? 0, target)
      // In four decimals, but for the target itself.
      targets = try Set(
        (20...60).map { $0 == 40 ? target : try DecimalNumber((middle * Double($0) / 40 * 1e4).rounded() / 1e4) }
      ).filter { $0.mantissa > 0 }.sorted()
    } else {
      targets = []
    }
  }

  /// What is to be most, of a choice.
  func worth(_ point: SegmentFrontier.Point) -> Int64 { objective == .value ? point.value ?? 0 : point.production }

  private static func percent(_ text: String, option: String) throws -> DecimalNumber {
    let value = try ExactDecimal.read(text, "the risk in percent", at: option)
    guard value.mantissa > 0, value <= (try DecimalNumber(1e6)) else {
      throw Faults.usage(option, "\"\(text)\" is no risk in percent", "Give a number above 0, such as 1.0.")
    }
    return value
  }

  /// `0.8..1.6/0.1`
  private static func range(_ text: String) throws -> [DecimalNumber] {
    let parts = text.components(separatedBy: "/")
    let ends = parts[0].components(separatedBy: "..")
    guard parts.count == 2, ends.count == 2 else {
      throw Faults.usage("--what-if", "\"\(text)\" is no range", "Write it FROM..TO/STEP, such as 0.8..1.6/0.1.")
    }
    let (from, to) = (try percent(ends[0], option: "--what-if"), try percent(ends[1], option: "--what-if"))
    let step = try percent(parts[1], option: "--what-if")
    var targets: [DecimalNumber] = []
    var next = from
    while next <= to {
      guard targets.count < mostTargets else {
        throw Faults.usage("--what-if", "\"\(text)\" is more than \(mostTargets) targets", "Give a larger step.")
      }
      targets.append(next)
      next = next + step
    }
    guard !targets.isEmpty else {
      throw Faults.usage("--what-if", "\"\(text)\" ends before it begins", "Give the lower target first.")
    }
    return targets
  }
}
