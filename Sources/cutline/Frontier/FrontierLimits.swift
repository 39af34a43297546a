internal import CRefusal
internal import CutlineCore
internal import CutlineOptimize
internal import Foundation

/// The limits of `cutline frontier`: they hold for the command, so that reading counts.
struct FrontierLimits {
  /// Of a frontier, or of each threshold; nil for none.
  private let seconds: Double?
  /// Nil where nothing is said: the searches' own limit, for what they hold.
  private let mebibytes: Int?
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant

  /// What the tool holds before it has read anything.
  private static let ownBytes = 48 << 20
  /// A search gets this much at least.
  private static let leastMebibytes = 16

  init(_ arguments: Arguments) throws {
    start = clock.now
    seconds = try arguments.number("time-limit")
    mebibytes = try arguments.integer("memory", in: 64...1_000_000)
    if mebibytes != nil { cutline_memory_returned() }
  }

  /// - Throws: `Faults` (data) for a grid whose table and search do not fit.
  func check(bins: [Int], search: String) throws {
    let needed = SearchMemory.leastBytes(bins: bins, search: search)
    let allowed = mebibytes ?? 4096
    guard needed > Double(allowed << 20) else { return }
    throw Faults.data(
      "--memory",
      "a grid of \(bins.map(String.init).joined(separator: " × ")) cells needs at least "
        + "\(Int((needed / 0x1p20).rounded(.up))) MiB, and \(allowed) are allowed",
      "Allow more, or use fewer bins.")
  }

  /// Until when everything must be done, a certificate, too; nil for as long as it takes.
  func deadline(thresholds: Int) -> ContinuousClock.Instant? {
    seconds.map { start + .seconds($0 * Double(max(1, thresholds))) }
  }

  /// What is left for the search, as settings of a stage that answers this many thresholds, or gives a frontier.
  func entries(thresholds: Int) -> [ConfigTable.Entry] {
    func entry(_ key: String, _ option: String, _ content: ConfigValue.Content) -> ConfigTable.Entry {
      let place = Place(source: "--\(option)")
      return .init(key: key, place: place, value: ConfigValue(content, at: place))
    }
    var entries: [ConfigTable.Entry] = []
    if let seconds {
      // A limit that is out of range stays so, and is refused.
      let spent = (clock.now - start) / .seconds(1) / Double(max(1, thresholds))
      entries.append(entry("time_limit", "time-limit", .float(seconds < 0.001 ? seconds : max(0.001, seconds - spent))))
    }
    if let mebibytes {
      let taken = max(0, Self.residentBytes - Self.ownBytes) >> 20
      entries.append(entry("memory_limit", "memory", .integer(Int64(max(Self.leastMebibytes, mebibytes - taken)))))
    }
    return entries
  }

  /// 0 where the system does not say.
  private static var residentBytes: Int {
    // A file of the system that may be missing.
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }
}
