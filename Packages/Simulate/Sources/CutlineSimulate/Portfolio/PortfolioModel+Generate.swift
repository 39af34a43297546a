internal import CutlineCore
internal import Dispatch
internal import Foundation

extension PortfolioModel {
  /// Draws a portfolio.
  ///
  /// Row *i* is a function of the model, the seed, *i* and the number of rows (which places the months), never of the
  /// number of workers: the same arguments give the same bytes.
  ///
  /// - Parameters:
  ///   - rows: rows of `applications`, 0 or more.
  ///   - seed: any number; another seed gives another portfolio.
  ///   - workers: threads; nil uses every processor.
  /// - Throws: `Faults` (usage) for a parameter, a number of rows or of workers that makes no sense.
  /// - Complexity: O(rows), about 240 bytes a row for both tables, 1 µs a row and thread.
  public func generate(rows: Int, seed: UInt64, workers: Int? = nil) throws -> SimulatedPortfolio {
    try validate()
    guard (0...Int(Int32.max)).contains(rows) else {
      throw Self.refusal("rows", "\(rows) is out of range", "It may be 0 to \(Int32.max).")
    }
    let threads = workers ?? ProcessInfo.processInfo.activeProcessorCount
    try Self.check(threads, in: 1...1024, "workers")

    let sampler = ApplicationSampler(self, seed: seed)
    let blocks = PortfolioBlocks(rows: rows, starts: Self.monthStarts(sampler.months, rows: rows), workers: threads)
    let links = PortfolioLinks(
      PortfolioColumns.make(1, rows: rows) { columns in
        nonisolated(unsafe) let links = columns[0]  // Blocks write disjoint rows.
        blocks.forEach { range, month in
          for row in range { links[row] = PortfolioLinks.link(row, monthStart: blocks.starts[month], sampler) }
        }
      }[0])

    var codes: [[Int32]] = []
    var truthNumbers: [[Double]] = []
    let numbers = PortfolioColumns.make(PortfolioColumns.applications.count, rows: rows) { columns in
      truthNumbers = PortfolioColumns.make(
        PortfolioColumns.truth.count, rows: links.applicationCount
      ) { truthColumns in
        codes = PortfolioColumns.make(4, rows: rows) { codeColumns in
          // Unsafe only in name: blocks write disjoint rows.
          nonisolated(unsafe) let sink = PortfolioSink(
            numbers: columns, truth: truthColumns, codes: codeColumns, model: self)
          blocks.forEach { range, month in
            let state = sampler.months[month]
            for row in range {
              let content = Int(links.content[row])
              let drawn = sampler.application(row: content, person: Int(links.person[row]), month: state)
              sink.write(drawn, row: row, month: state)
              if content == row { sink.writeTruth(drawn, row: Int(links.application[row])) }
            }
          }
        }
      }
    }
    return try tables(links: links, salt: sampler.draws.salt, numbers: numbers, truth: truthNumbers, codes: codes)
  }

  // Keeps the values that occur, in order of first appearance, as a reader of the file would.
  private static func compact(_ values: [String], _ codes: [Int32]) -> TextColumn {
    var renumbered = [Int32](repeating: -1, count: values.count)
    var used: [String] = []
    for code in codes where code >= 0 && renumbered[Int(code)] < 0 {
      renumbered[Int(code)] = Int32(used.count)
      used.append(values[Int(code)])
      if used.count == values.count { break }
    }
    let dictionary = TextColumn(used)
    return TextColumn(
      codes: codes.map { $0 < 0 ? $0 : renumbered[Int($0)] }, bytes: dictionary.bytes, offsets: dictionary.offsets)
  }

  private func tables(
    links: PortfolioLinks, salt: UInt64, numbers: [[Double]], truth: [[Double]], codes: [[Int32]]
  ) throws -> SimulatedPortfolio {
    func text(_ name: String, _ label: String, _ values: [String], _ codes: [Int32]) -> Column {
      Column(name: name, label: label, values: .text(Self.compact(values, codes)))
    }
    func number(_ column: (name: String, label: String), _ values: [Double]) -> Column {
      Column(
        name: column.name, label: column.label,
        values: column.name == "mis_date" ? .moment(values, .date) : .number(values))
    }

    let ids = PortfolioIdentifiers.authorizations(links.applicationCount, salt: salt)
    let idLabel = "Id of the application"
    let decisionLabel = "Decision"
    let decision: Column
    switch decisionColumn {
    case .codes: decision = text("se_decision_id", decisionLabel, PortfolioSink.decisionCodes, codes[3])
    case .identifiers:
      let spelled = PortfolioIdentifiers.decisions(links.decisionCount, salt: salt)
      decision = Column(
        name: "se_decision_id", label: decisionLabel,
        values: .text(TextColumn(codes: links.decision, bytes: spelled.bytes, offsets: spelled.offsets)))
    }
    let measures = zip(PortfolioColumns.applications, numbers).map(number)
    let columns =
      [
        Column(
          name: "authorization_id", label: idLabel,
          values: .text(TextColumn(codes: links.application, bytes: ids.bytes, offsets: ids.offsets))), decision,
        measures[0], text("status_name", "Status", PortfolioSink.statuses, codes[0]),
        text("reject_reason", "Reason of the rejection", PortfolioSink.reasons, codes[1]),
        text("segment_cut_off", "Segment that owns the cutoff", segments.map(\.name), codes[2]),
      ] + measures[1...]
    let known = Column(
      name: "authorization_id", label: idLabel,
      values: .text(
        TextColumn(codes: Array(0..<Int32(links.applicationCount)), bytes: ids.bytes, offsets: ids.offsets)))
    return SimulatedPortfolio(
      applications: try Table(columns: columns, rowCount: links.application.count),
      truth: try Table(
        columns: [known] + zip(PortfolioColumns.truth, truth).map(number), rowCount: links.applicationCount))
  }
}

/// Cuts the rows into blocks that do not cross a month and hands them to threads.
struct PortfolioBlocks: Sendable {
  /// First row of each month, and the number of rows.
  let starts: [Int]
  private let workers: Int
  private let blocks: [(range: Range<Int>, month: Int)]
  private static let size = 16_384

  init(rows: Int, starts: [Int], workers: Int) {
    self.starts = starts
    var blocks: [(range: Range<Int>, month: Int)] = []
    for month in 0..<starts.count - 1 {
      for start in stride(from: starts[month], to: starts[month + 1], by: Self.size) {
        blocks.append((start..<min(start + Self.size, starts[month + 1]), month))
      }
    }
    self.blocks = blocks
    self.workers = max(1, min(workers, blocks.count))
  }

  /// Calls `body` once a block, from several threads; returns when all are done.
  func forEach(_ body: @Sendable (Range<Int>, Int) -> Void) {
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      for index in stride(from: worker, to: blocks.count, by: workers) {
        body(blocks[index].range, blocks[index].month)
      }
    }
  }
}
