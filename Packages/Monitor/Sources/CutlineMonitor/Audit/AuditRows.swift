internal import CutlineCore
internal import CutlineCredit

/// The lines of one audit file: one scenario, one period, in the order of the file of applications.
struct AuditRows: Sendable {
  private let source: Table
  private let sample: Sample
  private let origin: SampleOrigin
  private let strategy: Strategy
  private let annual: Double?
  private let scale: AmountScale
  private let requestedShares, productionShares: SwapInShares?
  /// Per axis, the combination of the others' cutoff; per combination, its text.
  private let cutoffs: [[UInt8]]
  private let bins: [[[UInt8]]]
  private let texts: [Column?]
  private let amount: Column?
  private let sums: [[Int64]]
  let columns: [ColumnNote]

  /// - Parameters:
  ///   - shares: of the requested and the produced amount, for rows that a strategy would take in; nil = not predicted.
  ///   - annual: multiplies amounts of the period; nil where its months are not known: nothing is annualised then.
  init(
    source: Table, sample: Sample, origin: SampleOrigin, strategy: Strategy,
    shares: (requested: SwapInShares, production: SwapInShares)?, annual: Double?
  ) throws {
    (self.source, self.sample, self.origin, self.strategy) = (source, sample, origin, strategy)
    self.annual = annual
    (requestedShares, productionShares) = (shares?.requested, shares?.production)
    let grid = sample.grid
    scale = AmountScale(sample.amounts.first { $0 == .requested }?.scale ?? 2)
    sums = try Amount.standard.map { try sample.values(of: $0) }
    cutoffs = strategy.accepted.indices.map { Array((strategy.cutoff($0, in: grid).map(String.init) ?? "").utf8) }
    bins = (0..<grid.cellCount).map { cell in grid.bins(cell).map { Array(String($0 + 1).utf8) } }
    texts = (Self.texts + grid.axes.map(\.source)).map { source[$0] }
    amount = source[Amount.requested.name]
    columns = Self.columns(grid)
  }

  private static let texts = ["authorization_id", "status_name", "reject_reason"]

  private static func columns(_ grid: CellGrid) -> [ColumnNote] {
    var columns = [
      ColumnNote("authorization_id", unit: "text", "Personal: the application, as the file has it."),
      ColumnNote("status_name", unit: "text", "As the file has it."),
      ColumnNote("reject_reason", unit: "text", "As the file has it."),
    ]
    func add(_ name: String, unit: String, _ meaning: String) {
      // A score may have the name of its variable.
      var free = name
      while columns.contains(where: { $0.name == free }) { free += "_bin" }
      columns.append(ColumnNote(free, unit: unit, meaning))
    }
    for axis in grid.axes { add(axis.source, unit: "score", "Personal: raw score, as the file has it.") }
    for axis in grid.axes { add(axis.name, unit: "bin", "Bin of \(axis.source); empty outside the grid.") }
    return columns + [
      ColumnNote("oa_amt", unit: "currency", basis: "period", "Personal: amount requested, as the file has it."),
      ColumnNote(
        "cut_limit", unit: "bin",
        "Riskiest bin of \(grid.axes.last?.name ?? "") that is accepted beside its other bins; empty where none is."),
      ColumnNote(
        "classification", unit: "text",
        "keep, swap_out (booked), swap_in, rejected (by score), rejected_other (another reason, cancelled), unknown "
          + "(outside the grid: keeps its decision), dropped (not looked at)."),
      ColumnNote("passes_cut", unit: "text", "true or false; empty where no strategy decides."),
      ColumnNote(
        "oa_amt_adjusted", unit: "currency", basis: "annualised",
        "Amount requested, of a swap_in what is expected of it; empty for dropped."),
      ColumnNote(
        "oa_amt_h0_adjusted", unit: "currency", basis: "annualised",
        "Production, of a swap_in what is expected; adds up to risk_production_summary by class; empty for the others."),
      ColumnNote(
        "oa_amt_h0_expected", unit: "currency", basis: "period", "The same, not annualised; adds up exactly."),
      ColumnNote("row", unit: "number", "Row of the file, from 1."),
      ColumnNote("period", unit: "text", "main, recent or other, by its date."),
      ColumnNote("status", unit: "text", "How its status was understood."),
      ColumnNote("reason", unit: "text", "Why no strategy decides about it, as in row_waterfall."),
    ]
  }

  /// By the date of a row of the source.
  func period(_ row: Int) -> Period { origin.period[row] }

  /// The class of a row of the source.
  /// - Parameter place: its row of the sample; nil where it has none.
  func classify(_ row: Int, _ place: Int?) -> AuditClass {
    if let reason = origin.reason(of: row) {
      if reason == SampleOrigin.otherRejection || reason == SampleOrigin.cancellation { return .rejectedOther }
      guard let place, Int(sample.cell[place]) >= sample.grid.cellCount, origin.period[row] != .other else {
        return .dropped
      }
      return .unknown
    }
    guard let place, Int(sample.cell[place]) < sample.grid.cellCount else { return .dropped }
    let isAccepted = strategy.accepts(Int(sample.cell[place]), in: sample.grid)
    return sample.status[place] == .booked ? (isAccepted ? .keep : .swapOut) : (isAccepted ? .swapIn : .rejected)
  }

  /// Appends the line of a row.
  /// - Returns: what it adds to the totals of its class.
  func append(_ row: Int, _ place: Int?, to text: inout [UInt8]) -> (AuditClass, CellSums?) {
    let own = classify(row, place)
    let inGrid = place.map { Int(sample.cell[$0]) }.flatMap { $0 < sample.grid.cellCount ? $0 : nil }
    for column in texts {
      if let column { append(column, row, to: &text) }
      text.append(UInt8(ascii: ","))
    }
    for axis in sample.grid.axes.indices {
      if let inGrid { text.append(contentsOf: bins[inGrid][axis]) }
      text.append(UInt8(ascii: ","))
    }
    if let amount { append(amount, row, to: &text) }
    text.append(UInt8(ascii: ","))
    let isDecided = [.keep, .swapOut, .swapIn, .rejected].contains(own)
    if let inGrid, isDecided, let last = sample.grid.axes.last {
      text.append(contentsOf: cutoffs[inGrid / last.binCount])
    }
    text.append(UInt8(ascii: ","))
    text.append(contentsOf: own.rawValue.utf8)
    text.append(UInt8(ascii: ","))
    if isDecided { text.append(contentsOf: (own == .keep || own == .swapIn ? "true" : "false").utf8) }
    text.append(UInt8(ascii: ","))
    let sums = place.flatMap { self.sums(own, $0) }
    if own != .dropped {
      // A row that has no place in the sample has its amount in the source only.
      let requested = place.map { sums?.requested ?? self.sums[1][$0] }
      if let requested, let annual { NumberText.append(Double(requested) * annual / scale.perUnit, to: &text) }
    }
    text.append(UInt8(ascii: ","))
    if let sums, let annual { NumberText.append(Double(sums.production) * annual / scale.perUnit, to: &text) }
    text.append(UInt8(ascii: ","))
    if let sums { text.append(contentsOf: scale.shortText(sums.production).utf8) }
    text.append(UInt8(ascii: ","))
    NumberText.append(row + 1, to: &text)
    text.append(UInt8(ascii: ","))
    text.append(contentsOf: origin.period[row].name.utf8)
    text.append(UInt8(ascii: ","))
    text.append(contentsOf: origin.status[row].name.utf8)
    text.append(UInt8(ascii: ","))
    if let reason = origin.reason(of: row) { text.append(contentsOf: CsvText.field(CsvText.guarded(reason)).utf8) }
    text.append(UInt8(ascii: "\n"))
    return (own, sums)
  }

  /// What the row adds to the totals of its class; nil where it adds nothing, or nobody knows what.
  private func sums(_ own: AuditClass, _ place: Int) -> CellSums? {
    switch own {
    case .keep, .swapOut: return observed(place)
    case .unknown: return sample.status[place] == .booked ? observed(place) : nil
    case .swapIn:
      guard let requestedShares, let productionShares else { return nil }
      return CellSums(requested: requestedShares.share(of: place), production: productionShares.share(of: place))
    case .rejected, .rejectedOther, .dropped: return nil
    }
  }

  private func observed(_ place: Int) -> CellSums {
    CellSums(
      accounts: sums[0][place], requested: sums[1][place], numerator: sums[2][place], denominator: sums[3][place],
      production: sums[4][place])
  }

  private func append(_ column: Column, _ row: Int, to text: inout [UInt8]) {
    switch column.values {
    case .number(let numbers), .moment(let numbers, _):
      if !numbers[row].isNaN { NumberText.append(numbers[row], to: &text) }
    case .text(let words):
      let code = Int(words.codes[row])
      guard code >= 0 else { return }
      let bytes = words.bytes[words.offsets[code]..<words.offsets[code + 1]]
      if bytes.first != UInt8(ascii: "-"), bytes.allSatisfy(Self.isPlain) {
        text.append(contentsOf: bytes)
      } else {
        text.append(contentsOf: CsvText.field(CsvText.guarded(String(decoding: bytes, as: UTF8.self))).utf8)
      }
    }
  }

  /// Letters, digits and marks that neither CSV nor a spreadsheet takes for something else.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: " "): true
    default: false
    }
  }
}
