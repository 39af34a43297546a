public import CutlineCore
internal import CutlineCredit

/// What the gates of a scorecard found.
public struct CardVerdict: StoredArtifact {
  public static let typeName = "card verdict"
  public let gates: [ScorecardGate]
  /// Whether a gate that fails ends the run.
  public let stops: Bool

  /// How the card does on the applications that it was tested on, and these by their bins; nil where nothing says so.
  public let metrics: CardMetrics?
  public let sample: CardSample?
  /// What the card foretells, and what it was learnt from.
  public let training: CardTraining?

  public init(
    gates: [ScorecardGate], stops: Bool, metrics: CardMetrics? = nil, sample: CardSample? = nil,
    training: CardTraining? = nil
  ) {
    (self.gates, self.stops, self.metrics, self.sample) = (gates, stops, metrics, sample)
    self.training = training
  }
  public var failed: [ScorecardGate] { gates.filter { $0.verdict == .fail } }
}

/// Asks whether a scorecard may be shown to people.
public enum CardGates: GatedKind {
  public struct Input: Sendable {
    public let table: TrainingTable
    public let binning: CardBinning
    public let model: CardModel
    public let card: Scorecard
  }
  public typealias Output = CardVerdict
  public static let name = "card-gates"
  public static let summary = "Asks of a scorecard what must hold before people look at it."
  public static let ports = Ports(
    Input.init, .one("table", \.table), .one("binning", \.binning), .one("model", \.model), .one("card", \.card))

  public static func check(_ output: CardVerdict, against input: Input) throws {
    guard !output.gates.isEmpty, Set(output.gates.map(\.gate)).count == output.gates.count else {
      throw Faults.data("gates", "are none, or one comes twice", "Name each gate once.")
    }
  }

  public static func refusal(_ output: CardVerdict) -> Faults? {
    guard output.stops, !output.failed.isEmpty else { return nil }
    return Faults.gate(
      "scorecard",
      "fails \(output.failed.map(sentence).joined(separator: ", "))",
      "gates.csv says more. Mend it, or say [stages.gates] with = { on_fail = \"report\" } and have another person waive it."
    )
  }

  /// `auc (0.5512, asked is at least 0.6)`.
  private static func sentence(_ gate: ScorecardGate) -> String {
    let value = gate.value.map { "\(NumberText.shortest(($0 * 10_000).rounded() / 10_000)), " } ?? ""
    return "\(gate.gate) (\(value)asked is \(gate.threshold)\(gate.detail.isEmpty ? "" : "; \(gate.detail)"))"
  }

  public static func files(_ output: CardVerdict, of stage: String) throws -> FileSet {
    let gates = ResultFile(
      path: "data/gates.csv", bytes: ScorecardGate.csv(output.gates), columns: ScorecardGate.columns)
    // Few applications may share their bins.
    let sample = output.sample.map {
      ResultFile(
        path: "data/\(CardSample.fileName)", bytes: $0.csv, columns: CardSample.columns($0.characteristics),
        isPersonal: true)
    }
    return FileSet(files: [gates] + (sample.map { [$0] } ?? []))
  }
}

/// Writes a scorecard for people and for other programs.
public enum CardFiles: ExchangedKind {
  public struct Input: Sendable {
    public let card: Scorecard
    public let binning: CardBinning
    public let model: CardModel
    public let verdict: CardVerdict
  }
  public typealias Output = FileSet
  public static let name = "card-files"
  public static let summary = "Writes a scorecard, its bins and its model as files."
  public static let ports = Ports(
    Input.init, .one("card", \.card), .one("binning", \.binning), .one("model", \.model), .one("verdict", \.verdict))

  public static func check(_ output: FileSet, against input: Input) throws { try output.check() }
}
