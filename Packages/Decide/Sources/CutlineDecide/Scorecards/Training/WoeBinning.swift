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
    var binsFrom: String?
    static let fields: [Field<Self>] = [
      .stage("method", \.method, "What proposes the edges or groups of variables that state none."),
      .double("smoothing", \.smoothing, in: 0...100, "Added to good and bad of each bin before shares are taken."),
      .texts(
        "required", \.required,
        "Variables without which there is no scorecard; others are dropped where no bins can be made."),
      .shared(
        .optionalText(
          "bins_from", \.binsFrom,
          "A scorecard.json whose bins are taken for its characteristics, so that the new card can be blended with it; left out = the method proposes all."
        )),
    ]
  }
  let config: Config
  var externalInputs: [String] { config.binsFrom.map { [$0] } ?? [] }

  func run(_ input: CardBinnings.Input, in context: RunContext) async throws -> CardBinning {
    let table = input.table
    let rows = (0..<table.rowCount).filter { !table.isTest[$0] }
    let base = try base(table.variables)
    var (variables, dropped): ([CardBinning.Variable], [CardBinning.Dropped]) = ([], [])
    for (index, variable) in table.variables.enumerated() {
      let column = table.columns[index]
      do {
        variables.append(
          try await binned(
            variable, column, table.isBad, rows, base[variable.name], in: context.inner(.cardBins, index)))
      } catch let error as CancellationError {
        throw error
      } catch {
        let fault = Faults(error)
        // A mistake of the configuration is none of the data.
        guard !config.required.contains(variable.name), fault.code != .usage else { throw error }
        context.warn("\(word: variable.name) is dropped: \(word: fault.problem)")
        let own = column.taken(rows)
        dropped.append(
          CardBinning.Dropped(
            name: variable.name, reason: fault.problem, area: SingleArea(own, rows.map { table.isBad[$0] })))
      }
    }
    guard !variables.isEmpty else {
      throw Faults.gate(
        "scorecard", "no variable has bins: \(dropped.map { "\($0.name): \($0.reason)" }.joined(separator: "; "))",
        "State edges, or lower the least sizes of the method.")
    }
    for variable in variables where variable.informationValue > Self.leakValue {
      context.warn(
        "\(word: variable.name): its information value is \(printed: NumberText.fixed(variable.informationValue, 2)): look whether it was known at the decision"
      )
    }
    for variable in variables where variable.contradictsDirection {
      context.warn(
        "\(word: variable.name): the data says that the other end is safe (its information value is more than \(BinProposal.contradiction) times that of the declared direction)"
      )
    }
    return CardBinning(variables: variables, dropped: dropped, smoothing: config.smoothing)
  }

  /// Levels that are told one by one.
  private static let mostTold = 10

  /// Beyond these a variable mostly knows what was to be foretold.
  private static let (leakPercent, leakValue) = (95, 2.0)

  private func binned(
    _ variable: CardVariable, _ column: CardColumn, _ isBad: [Bool], _ rows: [Int], _ base: CharacteristicBins?,
    in context: RunContext
  ) async throws -> CardBinning.Variable {
    let own = column.taken(rows)
    let labels = rows.map { isBad[$0] }
    var (bins, contradicts): (CharacteristicBins, Bool)
    switch (base, own) {
    case (let base?, _): (bins, contradicts) = (base, false)
    case (nil, .numbers(let numbers)): (bins, contradicts) = try await intervals(variable, numbers, labels, context)
    case (nil, .words(let words)): (bins, contradicts) = try await groups(variable, words, labels, context)
    }
    let reasons = try reasons(variable, bins)
    let missing = (0..<own.count).count { own[$0] == .missing }
    guard missing == 0 || bins.missingBin != nil else {
      throw Faults.data(
        "characteristic \(variable.name)", "is missing in \(missing) training rows, and refuses such",
        "Complete them, or say missing = \"own-bin\" or \"neutral\".")
    }
    var (good, bad) = ([Int64](repeating: 0, count: bins.count), [Int64](repeating: 0, count: bins.count))
    for (bin, isBad) in zip(try bins.bins(own, of: variable.column), labels) {
      if isBad { bad[bin] += 1 } else { good[bin] += 1 }
    }
    guard zip(good, bad).count(where: { $0 + $1 > 0 }) > 1 else {
      let leak = SingleArea(own, labels).flatMap { $0.isAtLeast(percent: Self.leakPercent) ? $0.value : nil }
      throw Faults.data(
        "characteristic \(variable.name)",
        leak.map {
          "parts good from bad nearly wholly (area \(NumberText.fixed($0, 3))), so that no two bins hold both: it knows the outcome"
        } ?? "has all applications in one bin: it tells nobody apart",
        "Leave it out, or state its edges or groups.")
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
      name: variable.name, column: variable.column, bins: bins, good: good, bad: bad, woe: bins.evidence(woe),
      informationValue: woe.informationValue, reason: variable.reason, binReasons: reasons,
      isProtected: variable.isProtected, contradictsDirection: contradicts)
  }

  /// Bins of the card that is named, by characteristic.
  private func base(_ variables: [CardVariable]) throws -> [String: CharacteristicBins] {
    guard let path = config.binsFrom else { return [:] }
    let card = try Scorecard.read(path)
    let bins = Dictionary(card.characteristics.map { ($0.name, $0.bins) }, uniquingKeysWith: { a, _ in a })
    guard variables.contains(where: { bins[$0.name] != nil }) else {
      throw Faults.usage(
        path, "has none of these characteristics: no bins can be taken from it",
        "Name it in bins_from as it was made, its characteristics being \(card.characteristics.map(\.name).joined(separator: ", "))."
      )
    }
    if let both = variables.first(where: { bins[$0.name] != nil && ($0.edges != nil || $0.groups != nil) }) {
      throw Faults.usage(
        "characteristics.\(both.name)", "has bins of its own and those of bins_from", "Leave its edges or groups out.")
    }
    return bins
  }

  /// Stated reasons by bin.
  private func reasons(_ variable: CardVariable, _ bins: CharacteristicBins) throws -> [Characteristic.ReasonText?] {
    guard !variable.binReasons.isEmpty else { return [] }
    var reasons = [Characteristic.ReasonText?](repeating: nil, count: bins.count)
    for own in variable.binReasons {
      guard let bin = bins.bin(meant: own.bin) else {
        throw Faults.usage(
          "characteristics.\(variable.name).reasons", "\(own.bin.debugDescription) names no bin",
          "Its bins are \((0..<bins.count).map(bins.label).joined(separator: ", ")).")
      }
      guard reasons[bin] == nil else {
        throw Faults.usage(
          "characteristics.\(variable.name).reasons", "has two reasons of the bin \(bins.label(of: bin))",
          "Keep one.")
      }
      reasons[bin] = own.reason
    }
    return reasons
  }

  private func intervals(
    _ variable: CardVariable, _ numbers: [Double], _ isBad: [Bool], _ context: RunContext
  ) async throws -> (CharacteristicBins, Bool) {
    let specials = try variable.specials(ofWords: false)
    var (edges, contradicts) = (variable.edges, false)
    if edges == nil {
      let evidence = VariableEvidence(variable, specials, numbers, isBad)
      let proposal = try await config.method(Bin.Input(evidence: evidence.found), in: context)
      (edges, contradicts) = (proposal.cuts, proposal.contradictsDirection)
    }
    return (
      try CharacteristicBins(edges: edges ?? [], specials: specials, missing: variable.missing, of: variable.name),
      contradicts
    )
  }

  private func groups(
    _ variable: CardVariable, _ words: TextColumn, _ isBad: [Bool], _ context: RunContext
  ) async throws -> (CharacteristicBins, Bool) {
    let specials = try variable.specials(ofWords: true)
    let levels = LevelOrder(words, isBad, apart: Set(specials.flatMap(\.words)))
    if levels.alike > 0 {
      context.warn(
        "\(word: variable.name): \(levels.alike) levels differ from another in case or spaces only; they are told apart"
      )
    }
    if let direction = variable.direction {
      context.warn(
        "\(word: variable.name): column \(word: variable.column) holds words, of which direction = \(word: direction.rawValue) says nothing: levels are ordered by their bad rates"
      )
    }
    let known = variable.groups == nil ? [] : Set(words.distinctValues.map { Array($0.utf8) })
    if let strange = variable.groups?.flatMap(\.self).filter({ !known.contains(Array($0.utf8)) }), !strange.isEmpty {
      let told = strange.prefix(Self.mostTold).map(\.debugDescription).joined(separator: ", ")
      let rest = strange.count > Self.mostTold ? " and \(strange.count - Self.mostTold) more" : ""
      context.warn(
        "\(word: variable.name): groups name \(word: told + rest), which no row of column \(word: variable.column) has"
      )
    }
    var groups = variable.groups.map(levels.ordered)
    if groups == nil {
      guard !levels.shared.isEmpty else {
        throw Faults.data(
          "characteristic \(variable.name)",
          "has no level that \(Vocabulary.fewestRows) training rows share", "Leave it out, or state its groups.")
      }
      let proposal = try await config.method(Bin.Input(evidence: levels.evidence(variable, specials)), in: context)
      groups = try levels.groups(proposal.cuts)
    }
    if levels.rareRows > 0, variable.groups == nil {
      context.note("\(word: variable.name): \(levels.rareRows) training rows of rare levels are in the bin other")
    }
    let bins = try CharacteristicBins(
      groups: groups ?? [], specials: specials, missing: variable.missing, of: variable.name)
    return (bins, false)
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
