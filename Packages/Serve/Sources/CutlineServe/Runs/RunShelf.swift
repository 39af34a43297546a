@_spi(Run) internal import CutlineCore
public import CutlineDecide
internal import CutlineRun
internal import Dispatch
internal import Foundation
internal import Synchronization

/// A folder of runs and of batches: what was published there, newest first.
///
/// A run is a folder with a manifest, a batch one with `batch.json` whose folders are runs. The shelf looks at names and at the marks of
/// manifests whenever it is asked, and reads only what is new or has changed: first in the background, by several workers. Links are not
/// followed. What is removed while it is read is not there.
public final class RunShelf: Sendable {
  /// Where a list has ended: the next one begins after it, whatever was published or removed meanwhile.
  public struct Position: Sendable, Hashable {
    public let published: Instant
    public let name: String
    public init(published: Instant, name: String) { (self.published, self.name) = (published, name) }
  }

  public struct Filter: Sendable {
    public var state: RunEntry.State?
    /// Part of the name of the run or of a file that it read, small and large letters alike.
    public var text: String?
    /// Published from, and before.
    public var from, until: Instant?
    /// Only segments of this batch.
    public var batch: String?
    /// Only this run, or the segments of this batch.
    public var only: String?
    public init() {}
  }

  public struct Page: Sendable {
    public let entries: [RunEntry]
    /// Where the next page begins; nil where there is none.
    public let next: Position?
    /// Whether all that lies there has been read: before that, runs may be missing.
    public let isComplete: Bool
    /// Runs that the filter takes, on all pages.
    public let total: Int
    /// Folders with names that cannot be said: not UTF-8, or with characters that steer.
    public let unsayable: Int
  }

  /// The path as it was given.
  public let path: String
  let root: FolderHandle
  private let index = Mutex(ShelfIndex())
  private let isFilling = Mutex(false)
  private let looked = Mutex(Looked())
  private let workers: Int
  /// As many are read at once before an answer; more are left to the workers.
  private static let fewAtOnce = 16

  /// - Parameter workers: that read at a time; nil = as many as the machine has cores.
  /// - Throws: `Faults` (io) where the folder cannot be opened.
  public init(_ path: String, workers: Int? = nil) throws {
    self.path = path
    self.workers = max(1, workers ?? ProcessInfo.processInfo.activeProcessorCount)
    root = try FolderHandle(path)
    refresh()
  }

  // MARK: What is there

  /// When all names and marks were looked at last, and how long it took.
  private struct Looked {
    var ended: ContinuousClock.Instant?
    var took: Duration = .zero
    /// Looking takes no more than a fifth of the time, however many ask; small shelves are looked at each time.
    var isFresh: Bool {
      took > .milliseconds(20) && ended.map { ContinuousClock.now - $0 < took * 4 } ?? false
    }
  }

  /// Looks at all names and marks, and has read what is new.
  ///
  /// - Parameter always: also where that was done a moment ago.
  func refresh(always: Bool = true) {
    if !always, looked.withLock({ $0.isFresh }) { return }
    let start = ContinuousClock.now
    defer { looked.withLock { $0 = Looked(ended: .now, took: .now - start) } }
    let (places, unsayable) = Self.places(in: root)
    let pending = index.withLock { index in
      index.see(places, unsayable: unsayable)
      return Array(index.pending.values)
    }
    if pending.count <= Self.fewAtOnce {
      for place in pending { read(place) }
    } else {
      fill()
    }
  }

  private static func places(in root: FolderHandle) -> ([ShelfIndex.Place], unsayable: Int) {
    var places: [ShelfIndex.Place] = []
    var (names, unsayable) = root.folders()
    for name in names {
      if let mark = root.mark("\(name)/\(FolderNames.manifest)") {
        places.append(.init(name: name, batch: nil, mark: mark))
      } else if root.mark("\(name)/\(FolderNames.batch)") != nil, let batch = root.folder(name) {
        let (inner, others) = batch.folders()
        unsayable += others
        for segment in inner {
          guard let mark = batch.mark("\(segment)/\(FolderNames.manifest)") else { continue }
          places.append(.init(name: "\(name)/\(segment)", batch: name, mark: mark))
        }
      }
    }
    return (places, unsayable)
  }

  private func read(_ place: ShelfIndex.Place) {
    let entry = root.folder(place.name).flatMap { folder in
      RunEntry(name: place.name, batch: place.batch, in: folder, moment: place.published)
    }
    index.withLock { $0.keep(entry, of: place) }
  }

  /// Has the workers read all that is pending, unless they are at it.
  private func fill() {
    let isNew = isFilling.withLock { isFilling in
      defer { isFilling = true }
      return !isFilling
    }
    guard isNew else { return }
    // A place that cannot be kept is looked at no more than once a round: another mark comes with the next look.
    DispatchQueue.global(qos: .utility).async { [weak self] in
      while let self, case let pending = self.index.withLock({ Array($0.pending.values) }), !pending.isEmpty {
        let share = (pending.count + self.workers - 1) / self.workers
        DispatchQueue.concurrentPerform(iterations: self.workers) { worker in
          for place in pending.dropFirst(worker * share).prefix(share) { self.read(place) }
        }
      }
      self?.isFilling.withLock { $0 = false }
    }
  }

  /// Waits until all that lies there now has been read, at most `seconds`.
  ///
  /// - Returns: whether it has.
  @discardableResult
  public func filled(within seconds: Double = 60) -> Bool {
    refresh()
    let end = ContinuousClock.now + .seconds(seconds)
    while !index.withLock({ $0.isComplete }) {
      guard ContinuousClock.now < end else { return false }
      usleep(2000)
    }
    return true
  }

  // MARK: Lists

  /// Runs that were published, newest first, of one moment by name.
  ///
  /// - Complexity: O(folders) system calls, O(runs) comparisons; a run is read once.
  public func list(limit: Int, after position: Position? = nil, filter: Filter = Filter()) -> Page {
    refresh(always: false)
    let (all, isComplete, unsayable) = index.withLock { ($0.inOrder(), $0.isComplete, $0.unsayable) }
    let start = Self.start(after: position, in: all)
    var (total, page, hasMore) = (0, [RunEntry](), false)
    for (place, entry) in all.enumerated() where filter.takes(entry) {
      total += 1
      guard place >= start else { continue }
      if page.count < limit { page.append(entry) } else { hasMore = true }
    }
    return Page(
      entries: page, next: hasMore ? page.last.map { Position(published: $0.published, name: $0.name) } : nil,
      isComplete: isComplete, total: total, unsayable: unsayable)
  }

  /// The first that comes after a position, by halving. O(log n).
  private static func start(after position: Position?, in all: [RunEntry]) -> Int {
    guard let position else { return 0 }
    var (low, high) = (0, all.count)
    while low < high {
      let middle = (low + high) / 2
      let entry = all[middle]
      let isAfter = (entry.published.microseconds, position.name) < (position.published.microseconds, entry.name)
      if isAfter { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// Alerts of all runs that are complete, by severity: the sum of what their files `drift_alerts_*.json` hold, for metrics.
  public var alerts: [String: Int] {
    refresh(always: false)
    return index.withLock { $0.inOrder() }.reduce(
      into: Dictionary(uniqueKeysWithValues: AlertCounts.severities.map { ($0, 0) })
    ) { sums, entry in
      guard entry.state == .complete else { return }
      for counts in entry.alerts.values { sums.merge(counts, uniquingKeysWith: +) }
    }
  }

  /// Runs by their state, for metrics.
  public var counts: [RunEntry.State: Int] {
    index.withLock { $0.inOrder() }.reduce(into: [:]) { $0[$1.state, default: 0] += 1 }
  }

  /// The place of a run by its name; nil where there is none now.
  func place(of name: String) -> ShelfIndex.Place? {
    let known = index.withLock { $0.pending[name] ?? $0.places[name] }
    if let known, root.mark("\(name)/\(FolderNames.manifest)") == known.mark { return known }
    refresh()
    return index.withLock { $0.pending[name] ?? $0.places[name] }
  }
}

extension RunShelf.Filter {
  func takes(_ entry: RunEntry) -> Bool {
    if let state, entry.state != state { return false }
    if let batch, entry.batch != batch { return false }
    if let only, entry.name != only, entry.batch != only { return false }
    if let from, entry.published < from { return false }
    if let until, entry.published >= until { return false }
    guard let text, !text.isEmpty else { return true }
    let wanted = text.lowercased()
    return entry.name.lowercased().contains(wanted) || entry.inputs.contains { $0.path.lowercased().contains(wanted) }
  }
}
