internal import CutlineCore

extension Store {
  /// A draft by blending: of which model, from which version.
  public struct RefinementRequest: Sendable {
    public var model: String
    public var base: VersionName
    /// 0 keeps the base, 1 takes the model's advice.
    public var alpha = 0.5
    /// Of an expert card's weights.
    public var decimals = 2
    /// Nil for the next of v1, v2, …
    public var name: String?
    public var notes = ""
    public var approvalsRequired = 1
    /// Applications to judge it by; nil = those that came with the model.
    public var table: RefinementTable?

    public init(model: String, base: VersionName) { (self.model, self.base) = (model, base) }
  }

  /// Applications, in columns by the names that cards read them by.
  public struct RefinementTable: Sendable {
    public let name: String
    public let columns: [String: CardColumn]
    public let rowCount: Int
    /// Per application; nil without an outcome. Empty where no outcome is known of any.
    public let isBad: [Bool?]

    public init(name: String, columns: [String: CardColumn], rowCount: Int, isBad: [Bool?]) {
      (self.name, self.columns, self.rowCount, self.isBad) = (name, columns, rowCount, isBad)
    }
  }

  /// The draft, and what it changes.
  public struct Refined: Sendable, Encodable {
    public let version: VersionSheet
    public let model: String
    public let alpha: Double
    public let changes: [CardRefinement.Change]
    public let gates: [ScorecardGate]
  }

  /// Makes a draft from a version in use and a model that advises (`CardRefinement`), with its gates against that version as
  /// evidence. The base stays as it is, and nothing comes into force. The same again changes nothing.
  ///
  /// - Throws: `Refusal` (not found, forbidden, conflict), `Faults` (usage) for a card that cannot be blended, (data) for a table that
  ///   lacks a column, (gate) where no coefficient is usable.
  public func refine(_ request: RefinementRequest, by caller: Caller) throws -> Refined {
    try write { transaction in
      let base = try DecidingCard(content(of: request.base), at: request.base.description)
      let row = try modelRow(request.model)
      guard row.text("product") == request.base.product else {
        throw Refusal(.conflict, "model", "is of another product than the base", "Name a model of that product.")
      }
      let file = try modelFile(request.model)
      let refined = try CardRefinement(base, file, alpha: request.alpha, decimals: request.decimals)
      let population =
        try request.table.map { try Self.population($0, base, refined.card) }
        ?? modelSample(request.model).flatMap { Self.population($0, base, refined.card) }
      let gates = refined.gates(against: base, on: population, decimals: request.decimals)
      var draft = Draft(content: try refined.card.content)
      draft.mediaType = refined.card.mediaType
      draft.source = "ml_refined"
      draft.baseVersion = request.base.version
      draft.runDigest = row.text("run_digest").isEmpty ? nil : row.text("run_digest")
      draft.approvalsRequired = request.approvalsRequired
      draft.notes =
        request.notes.isEmpty ? "alpha \(NumberText.shortest(request.alpha)) of \(request.model)" : request.notes
      draft.modelID = request.model
      draft.evidence = [
        Evidence(name: GateReport.evidenceName, bytes: ScorecardGate.csv(gates), madeAt: transaction.now)
      ]
      let sheet = try create(product: request.base.product, kind: .scorecard, version: request.name, draft, by: caller)
      return Refined(
        version: sheet, model: request.model, alpha: request.alpha, changes: refined.changes, gates: gates)
    }
  }

  private static func population(_ sample: CardSample, _ base: DecidingCard, _ new: DecidingCard)
    -> RefinementPopulation?
  {
    guard case .points(let old) = base, case .points(let card) = new,
      let (a, b) = sample.scores(old).flatMap({ a in sample.scores(card).map { (a, $0) } })
    else { return nil }
    return RefinementPopulation(
      name: "test rows of the model (\(sample.split))", old: a, new: b, isBad: sample.isBad,
      isTraining: sample.split == "none", isRecent: sample.split == "time" && a.count >= fewRecent)
  }

  /// Applications below which a comparison of scores is no one of recent ones.
  private static let fewRecent = 1000

  private static func population(_ table: RefinementTable, _ base: DecidingCard, _ new: DecidingCard) throws
    -> RefinementPopulation
  {
    func scores(_ card: DecidingCard, _ rows: [Int]) throws -> [Int64] {
      let columns = try card.columns.map { name in
        guard let column = table.columns[name] else {
          throw Faults.data(table.name, "has no column \(name)", "It must hold all that both cards score.")
        }
        return column.taken(rows)
      }
      return try card.scores(columns, rows: rows.count)
    }
    let rows = (0..<table.rowCount).filter { table.isBad.isEmpty || table.isBad[$0] != nil }
    return RefinementPopulation(
      name: "\(table.name), of which the model may know rows", old: try scores(base, rows), new: try scores(new, rows),
      isBad: table.isBad.isEmpty ? [] : rows.map { table.isBad[$0] == true }, isTraining: false,
      isRecent: rows.count >= fewRecent)
  }
}
