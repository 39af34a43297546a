internal import CutlineCompute
internal import CutlineCore
internal import CutlineRules

/// The margins of a policy with the least loss on labelled applications, for each number of reviews.
///
/// Loss = FP · margin + FN · LGD · amount + reviews · cost, FP good ones that are declined, FN bad ones that are approved; what people decide
/// is taken as right. Thresholds stay. Of one model the answer is exact over all margins; of two, each is exact given the other, one after the
/// other until neither changes: no margin of one model alone is better, both together might be.
public struct MarginTuning: Sendable {
  /// What mistakes and reviews cost.
  public struct Costs: Sendable {
    /// Lost with a good applicant that is declined; the share of the amount lost with a bad one that is approved; a review.
    public let margin, lgd, review: Double

    /// - Throws: `Faults` (usage) for what is negative or no number.
    public init(margin: Double, lgd: Double, review: Double) throws {
      for (name, own) in [("--margin", margin), ("--lgd", lgd), ("--cost", review)] where !(own >= 0 && own < 1e12) {
        throw Faults.usage(name, "is no amount of 0 or more", "Give a decimal.")
      }
      (self.margin, self.lgd, self.review) = (margin, lgd, review)
    }

    /// The p at which declining and approving lose the same: margin / (margin + LGD · amount); nil where both are free.
    public func breakEven(amount: Double = 1) -> Double? {
      let sum = margin + lgd * amount
      return sum > 0 ? margin / sum : nil
    }
  }

  /// A side that decides by itself, with its mistakes.
  public struct Side: Sendable, Encodable, Equatable {
    public let applications, mistakes: Int
    /// mistakes / applications with 95 % after Wilson; nil without applications.
    public let rate, low, high: Double?

    init(_ applications: Int, _ mistakes: Int) {
      (self.applications, self.mistakes) = (applications, mistakes)
      let interval = BinomialInterval.wilson(successes: mistakes, trials: applications, confidence: 0.95)
      rate = applications > 0 ? Double(mistakes) / Double(applications) : nil
      (low, high) = (interval?.low, interval?.high)
    }
  }

  public struct Margins: Sendable, Encodable, Equatable {
    public let stage: String
    /// As a policy takes them; 1 where that side is best left out.
    public let low, high: String
    /// The greatest p that is approved, the least that is declined; nil where none is.
    public let lower, upper: Double?

    enum CodingKeys: String, CodingKey {
      case stage, lower, upper
      case low = "margin_low"
      case high = "margin_high"
    }
  }

  public struct Point: Sendable, Encodable, Equatable {
    /// At most so many reviews were allowed; nil: any number.
    public internal(set) var capacity: Int?
    public let reviews: Int
    /// Of those that came to the models.
    public let share: Double
    public let loss: Double
    public let margins: [Margins]
    /// Bad ones among the approved, good ones among the declined.
    public let approved, declined: Side
  }

  struct Row: Sendable {
    let first: Double
    let second: Double?
    let isBad: Bool
    let approve, decline: Int64
  }

  static let unit = 10_000.0

  private let flow: DecisionFlow
  private let rows: [Row]
  private let thresholds: [RuleNumber]
  private let reviewCost: Int64
  /// Where the first model gave no probability: people look at them whatever the margins are.
  public let modelErrors: Int
  /// Left out: rules decide about them; their outcome is missing.
  public let byRules, withoutOutcome: Int
  public let meanAmount: Double

  /// - Parameters:
  ///   - records: decided by a flow that evaluates every model always.
  ///   - isBad: nil where the outcome is not known.
  ///   - amounts: of each; nil = 1.
  /// - Throws: `Faults` (data) for an amount that is missing or negative, and where no row is left.
  public init(_ records: FlowRecords, isBad: [Bool?], amounts: [Double]?, costs: Costs) throws {
    flow = records.flow
    func units(_ money: Double) -> Int64 { Int64((money * Self.unit).rounded(.toNearestOrEven)) }
    reviewCost = units(costs.review)
    var rows: [Row] = []
    var (errors, rules, missing, sum) = (0, 0, 0, 0.0)
    for row in 0..<records.count {
      if records.stages[row] == .rules {
        rules += 1
        continue
      }
      guard let isBad = isBad[row] else {
        missing += 1
        continue
      }
      let amount = amounts?[row] ?? 1
      guard amount >= 0, amount < 1e12 else {
        throw Faults.data(
          Place(column: "amount", row: row), "the amount is missing, negative or no number", "Give each row one.")
      }
      sum += amount
      guard records.first[row].verdict != .error else {
        errors += 1
        continue
      }
      let second = records.second[row]
      rows.append(
        Row(
          first: records.first[row].p, second: second.verdict == nil || second.verdict == .error ? nil : second.p,
          isBad: isBad, approve: isBad ? units(costs.lgd * amount) : 0, decline: isBad ? 0 : units(costs.margin)))
    }
    guard !rows.isEmpty else {
      throw Faults.data("the table", "has no application that comes to the models with an outcome", "Give others.")
    }
    (self.rows, modelErrors, byRules, withoutOutcome) = (rows, errors, rules, missing)
    meanAmount = sum / Double(rows.count + errors)
    thresholds = try records.flow.policy.stepTexts.map { text in
      guard let number = RuleNumber(spelled: text) else {
        throw Faults.usage("threshold", "is no decimal", "Write it such as 0.5.")
      }
      return number
    }
  }

  // MARK: Searching

  /// Ends of a zone: approve p ≤ lower, decline p ≥ upper.
  private struct Ends: Equatable {
    var lower = -Double.infinity
    var upper = Double.infinity
  }

  private func search(_ rows: [MarginSearch.Row], _ step: Int) throws -> MarginSearch {
    guard let search = MarginSearch(rows, threshold: thresholds[step].double) else {
      throw Faults.data("the losses", "do not fit into 64 bits", "Give amounts in a larger unit.")
    }
    return search
  }

  private static func ends(_ point: MarginSearch.Point, _ search: MarginSearch) -> Ends {
    Ends(
      lower: point.approved == 0 ? -.infinity : search.values[point.approved - 1],
      upper: point.declined == search.values.count ? .infinity : search.values[point.declined])
  }

  /// With the other model's zone as it is.
  private func first(_ second: Ends?, capacity: Int) throws -> Ends {
    let search = try search(
      rows.map { row in
        let open: (Int64, Int)
        if let second, let p = row.second, p <= second.lower {
          open = (row.approve, 0)
        } else if let second, let p = row.second, p >= second.upper {
          open = (row.decline, 0)
        } else {
          open = (reviewCost, 1)
        }
        return .init(p: row.first, approve: row.approve, decline: row.decline, open: open.0, reviews: open.1)
      }, 0)
    return Self.ends(search.best(capacity: capacity), search)
  }

  private func second(_ first: Ends, capacity: Int) throws -> Ends {
    let open = rows.filter { $0.first > first.lower && $0.first < first.upper }
    let search = try search(
      open.compactMap { row in
        row.second.map {
          .init(p: $0, approve: row.approve, decline: row.decline, open: reviewCost, reviews: 1)
        }
      }, 1)
    // Without a probability of the second, people look whatever its margins are.
    let fixed = open.count { $0.second == nil }
    return Self.ends(search.best(capacity: max(0, capacity - fixed)), search)
  }

  /// The margins with the least loss.
  ///
  /// - Parameter capacity: reviews at most, those included that a model without a probability makes; nil = any number.
  /// - Returns: nil where so few are not possible, as models give no probability.
  /// - Throws: `Faults` (data) where losses do not fit into 64 bits.
  /// - Complexity: O(n log n), of two models that for each round.
  public func best(capacity: Int?) throws -> Point? {
    let room = (capacity ?? rows.count + modelErrors) - modelErrors
    guard room >= 0 else { return nil }
    guard thresholds.count > 1 else { return try point(first(nil, capacity: room), nil, capacity) }
    // From both ends, since each is best only given the other: the second open, and the second deciding all.
    let t = thresholds[1].double
    var best: Point?
    for start in [Ends(), Ends(lower: t.nextDown, upper: t)] {
      var (a, b) = (try first(start, capacity: room), start)
      var last = try point(a, b, capacity)
      while true {
        b = try second(a, capacity: room)
        a = try first(b, capacity: room)
        let next = try point(a, b, capacity)
        // It falls with every round, or is an end.
        guard (next.loss, next.reviews) < (last.loss, last.reviews) else { break }
        last = next
      }
      if best.map({ (last.loss, last.reviews) < ($0.loss, $0.reviews) }) ?? true { best = last }
    }
    return best
  }

  /// From any number of reviews down to none: each step has fewer reviews than the one before, and a greater loss.
  /// - Parameter limit: the most steps.
  /// - Returns: the steps, and whether these are all.
  public func staircase(limit: Int) throws -> (points: [Point], isComplete: Bool) {
    var points: [Point] = []
    var capacity: Int?
    while points.count < limit {
      guard var point = try best(capacity: capacity) else { return (points, true) }
      // Of two models what is found with more room may be worse.
      while let last = points.last, last.loss >= point.loss {
        point.capacity = last.capacity
        points.removeLast()
      }
      points.append(point)
      guard point.reviews > 0 else { return (points, true) }
      capacity = point.reviews - 1
    }
    return (points, false)
  }

  // MARK: Telling

  private func point(_ first: Ends, _ second: Ends?, _ capacity: Int?) throws -> Point {
    var (loss, reviews) = (Int64(modelErrors) * reviewCost, modelErrors)
    var counts = (approved: 0, bad: 0, declined: 0, good: 0)
    for row in rows {
      let ends = row.first <= first.lower || row.first >= first.upper ? first : second
      let p = row.first <= first.lower || row.first >= first.upper ? row.first : row.second
      if let ends, let p, p <= ends.lower {
        (counts.approved, counts.bad) = (counts.approved + 1, counts.bad + (row.isBad ? 1 : 0))
        loss += row.approve
      } else if let ends, let p, p >= ends.upper {
        (counts.declined, counts.good) = (counts.declined + 1, counts.good + (row.isBad ? 0 : 1))
        loss += row.decline
      } else {
        (loss, reviews) = (loss + reviewCost, reviews + 1)
      }
    }
    var margins = [try self.margins("first", first, thresholds[0])]
    if let second { margins.append(try self.margins("second", second, thresholds[1])) }
    return Point(
      capacity: capacity, reviews: reviews, share: Double(reviews) / Double(rows.count + modelErrors),
      loss: Double(loss) / Self.unit, margins: margins, approved: Side(counts.approved, counts.bad),
      declined: Side(counts.declined, counts.good))
  }

  /// Exact decimals: a policy that takes them has these ends, to the last bit.
  private func margins(_ stage: String, _ ends: Ends, _ threshold: RuleNumber) throws -> Margins {
    func text(_ end: Double, _ margin: (RuleNumber) -> RuleNumber?) throws -> String {
      guard end.isFinite else { return "1" }
      guard let number = RuleNumber(end), let found = margin(number) else {
        throw Faults.data("the margins", "do not fit into 127 bits", "Give probabilities of fewer digits.")
      }
      return found.text
    }
    return Margins(
      stage: stage, low: try text(ends.lower) { threshold.subtracting($0) },
      high: try text(ends.upper) { $0.subtracting(threshold) }, lower: ends.lower.isFinite ? ends.lower : nil,
      upper: ends.upper.isFinite ? ends.upper : nil)
  }
}
