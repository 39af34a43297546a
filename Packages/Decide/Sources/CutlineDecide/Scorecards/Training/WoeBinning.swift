internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit

/// Bins by a method that a setting names, with weights of evidence of the training rows.
struct WoeBinning: Stage {
  typealias Kind = CardBinnings
  static let name = "woe"
  static let summary = "Bins that a method proposes, with the weight of evidence of each on the training rows."

  struct Config: StageConfig {
    var method = Chosen<Bin>("optimal", with: [("objective", .string("iv"))])
    var smoothing = 0.5
    var required: [String] = []
    static let fields: [Field<Self>] = [
      .stage("method", \.method, "What proposes the edges of variables that state none."),
      .double("smoothing", \.smoothing, in: 0...100, "Added to good and bad of each bin before shares are taken."),
      .texts(
        "required", \.required,
        "Variables without which there is no scorecard; others are dropped where no bins can be made."),
    ]
  }
  let config: Config

  func run(_ input: CardBinnings.Input, in context: RunContext) async throws -> CardBinning {
    let table = input.table
    let rows = (0..<table.rowCount).filter { !table.isTest[$0] }
    var (variables, dropped): ([CardBinning.Variable], [CardBinning.Dropped]) = ([], [])
    for (index, variable) in table.variables.enumerated() {
      let column = table.columns[index]
      do {
        variables.append(
          try await binned(variable, column, table.isBad, rows, in: context.inner(.cardBins, index)))
      } catch let error as CancellationError {
        throw error
      } catch {
        let fault = Faults(error)
        guard !config.required.contains(variable.name) else { throw error }
        context.warn("\(word: variable.name) is dropped: \(word: fault.problem)")
        dropped.append(CardBinning.Dropped(name: variable.name, reason: fault.problem))
      }
    }
    guard !variables.isEmpty else {
      throw Faults.gate(
        "scorecard", "no variable has bins: \(dropped.map { "\($0.name): \($0.reason)" }.joined(separator: "; "))",
        "State edges, or lower the least sizes of the method.")
    }
    for variable in variables where variable.contradictsDirection {
      context.warn(
        "\(word: variable.name): the data says that the other end is safe (its information value is more than \(BinProposal.contradiction) times that of the declared direction)"
      )
    }
    return CardBinning(variables: variables, dropped: dropped, smoothing: config.smoothing)
  }

  private func binned(
    _ variable: CardVariable, _ column: [Double], _ isBad: [Bool], _ rows: [Int], in context: RunContext
  ) async throws -> CardBinning.Variable {
    var edges = variable.edges
    var contradicts = false
    if edges == nil {
      let proposal = try await config.method(
        Bin.Input(evidence: evidence(variable, column, isBad, rows)), in: context)
      edges = proposal.cuts
      contradicts = proposal.contradictsDirection
    }
    let own = edges ?? []
    let count = own.count + 1 + variable.specials.count + 1
    var (good, bad) = ([Int64](repeating: 0, count: count), [Int64](repeating: 0, count: count))
    let bins = try Characteristic(
      name: variable.name, edges: own, specials: variable.specials,
      attributes: (0..<count).map { _ in Characteristic.Attribute(good: 0, bad: 0, woe: 0, exact: 0, points: 0) },
      coefficient: 0)
    for row in rows {
      let bin = bins.bin(of: column[row])
      if isBad[row] { bad[bin] += 1 } else { good[bin] += 1 }
    }
    guard zip(good, bad).count(where: { $0 + $1 > 0 }) > 1 else {
      throw Faults.data(
        "characteristic \(variable.name)", "has all applications in one bin: it tells nobody apart",
        "Leave it out, or state its edges.")
    }
    guard let woe = WoeTable(good: good, bad: bad, smoothing: config.smoothing) else {
      let pure = WoeTable.pureBin(good: good, bad: bad)
      throw Faults.data(
        "variable \(variable.name)",
        pure.map { "bin \(bins.label(of: $0)) has applications of one class only" }
          ?? "the training rows are of one class",
        "Set smoothing, such as 0.5.")
    }
    return CardBinning.Variable(
      name: variable.name, column: variable.column, edges: own, specials: variable.specials, good: good, bad: bad,
      woe: woe.woe, informationValue: woe.informationValue, isProtected: variable.isProtected,
      contradictsDirection: contradicts)
  }

  /// Good and bad by value, as methods of binning take them.
  private func evidence(
    _ variable: CardVariable, _ column: [Double], _ isBad: [Bool], _ rows: [Int]
  ) -> BinEvidence {
    func sums(_ rows: some Sequence<Int>) -> BinEvidence.Sums {
      var sums = BinEvidence.Sums()
      for row in rows {
        sums.rows += 1
        if isBad[row] { sums.bad += 1 } else { sums.good += 1 }
      }
      (sums.numerator, sums.denominator) = (sums.bad, sums.rows)
      return sums
    }
    let isSpecial = { (value: Double) in variable.specials.contains { $0.values.contains(value) } }
    let numbers = rows.filter { column[$0].isFinite && !isSpecial(column[$0]) }.sorted { column[$0] < column[$1] }
    var (values, counts): ([Double], [BinEvidence.Sums]) = ([], [])
    var first = 0
    while first < numbers.count {
      let value = column[numbers[first]]
      var last = first
      while last < numbers.count, column[numbers[last]] == value { last += 1 }
      // Zero has two signs and is one value.
      values.append(value == 0 ? 0 : value)
      counts.append(sums(numbers[first..<last]))
      first = last
    }
    var apart = variable.specials.map { special in
      BinEvidence.Group(name: special.name, sums: sums(rows.lazy.filter { special.values.contains(column[$0]) }))
    }
    apart.append(BinEvidence.Group(name: "infinite", sums: sums(rows.lazy.filter { column[$0].isInfinite })))
    apart.append(BinEvidence.Group(name: "missing", sums: sums(rows.lazy.filter { column[$0].isNaN })))
    return BinEvidence(
      variable: variable.name, source: variable.column, direction: variable.direction, closed: .right, values: values,
      sums: counts, apart: apart.filter { $0.sums.rows > 0 }, mostBins: variable.mostBins)
  }
}

extension Purpose {
  /// The bins of a scorecard's variable.
  static let cardBins: Purpose = "card-bins"
  /// The model of a scorecard.
  static let cardModel: Purpose = "card-model"
  /// Which applications are held back from learning, where no time parts them.
  static let cardTest: Purpose = "card-test"
}
