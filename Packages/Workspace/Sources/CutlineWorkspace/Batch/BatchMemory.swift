internal import CutlineCore
internal import CutlineCredit
internal import CutlineRun
internal import Foundation

/// How many segments run at a time within a budget of memory.
///
///     segments = max(1, min(asked for, (budget − table) / per segment))
///     per segment = 96 MiB + table + 2 · (resamples + groups) · 48 · cells
///
/// The table of applications is there once; each run makes columns of its own out of it, which are about as large. Results do
/// not depend on the number.
struct BatchMemory {
  /// MiB.
  let budget: Int
  let table: Int
  let perSegment: Int
  /// Where the budget comes from.
  let origin: String

  /// Of a machine nobody has spoken of: 70 % of what is free.
  static let share = 0.7
  /// Resident before any application is read.
  private static let own = 96

  /// - Parameters:
  ///   - asked: MiB; nil = from the machine.
  ///   - source: nil where it was not read: then its size is 8 times that of the files.
  init(asked: Int?, source: SourceTable?, fileBytes: Int, plans: [Plan]) {
    if let asked {
      (budget, origin) = (asked, "--memory")
    } else {
      let free = Self.free()
      budget = max(256, Int(Double(free ?? 2048) * Self.share))
      origin = free == nil ? "nothing is known of the machine" : "70 % of the memory that is free"
    }
    table = source.map { Self.bytes(of: $0.table) >> 20 } ?? (8 * fileBytes) >> 20
    perSegment = Self.own + table + (plans.map(Self.drawBytes).max() ?? 0) >> 20
  }

  /// - Parameter asked: segments at a time.
  func workers(asked: Int) -> Int { max(1, min(asked, (budget - table) / max(1, perSegment))) }

  var sentence: String {
    "\(budget) MiB (\(origin)), of which the table takes \(table) and each segment at a time about \(perSegment)"
  }

  static func bytes(of table: Table) -> Int {
    table.columns.reduce(0) { total, column in
      switch column.values {
      case .number(let numbers), .moment(let numbers, _): total + 8 * numbers.count
      case .text(let text): total + 4 * text.codes.count + text.bytes.count + 4 * text.offsets.count
      }
    }
  }

  /// What the draws of a run hold.
  private static func drawBytes(_ plan: Plan) -> Int {
    guard let draws = plan.nodes.first(where: { $0.stage.kind == "draws" }) else { return 0 }
    func number(_ key: String) -> Int { draws.settings.first { $0.key == key }.flatMap { Int($0.value) } ?? 0 }
    return 2 * (number("resamples") + number("groups")) * 48 * cells(plan)
  }

  /// Of the grid as far as edges are stated; ten bins for each variable whose edges are proposed.
  private static func cells(_ plan: Plan) -> Int {
    let settings = plan.nodes.lazy.compactMap { $0.settings.first { $0.key == "bins" }?.value }
    guard let text = settings.first,
      // The page of settings is TOML; where it is not, a usual grid is taken.
      let bins = try? ConfigDocument.parse("bins = \(text)\n", source: "bins")["bins"]?.table
    else { return 200 }
    return bins.entries.reduce(1) { product, entry in
      let edges = entry.value.table?["edges"]?.array?.count
      return min(1 << 20, product * max(1, edges.map { $0 - 1 } ?? 10))
    }
  }

  /// MiB that the machine, or the group of processes that this one belongs to, has left; nil where neither says.
  private static func free() -> Int? {
    func number(_ path: String) -> Int? {
      // Without such a file there is no such limit.
      (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { Int($0.filter { !$0.isWhitespace }) }
    }
    // A machine without it says nothing of its memory.
    let lines = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8))?.split(separator: "\n") ?? []
    let machine = lines.first { $0.hasPrefix("MemAvailable:") }.flatMap { Int($0.filter(\.isNumber)) }.map { $0 >> 10 }
    var group: Int?
    if let most = number("/sys/fs/cgroup/memory.max"), let used = number("/sys/fs/cgroup/memory.current") {
      group = max(0, most - used) >> 20
    }
    return [machine, group].compactMap { $0 }.min()
  }
}
