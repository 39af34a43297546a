/// The values of a field, or of a number made of fields, in classes that no test of the table tells apart: the numbers that tests and
/// the domain name, and the open intervals between them; of a text its levels, and all others.
///
/// Classes are numbered from 1 in ascending order; 0 is missing, −1 a value that may not be. A test is then a list of ranges of classes,
/// the same for the evaluator and for the proof.
struct ValueClasses: Sendable {
  static let missing: Int32 = 0
  static let failed: Int32 = -1

  /// What tests name, ascending.
  private(set) var cuts: [RuleNumber] = []
  /// The same as doubles: of at most 15 digits each, so that they are in the same order with any double.
  private(set) var cutsAsDoubles: [Double] = []
  /// Of a text: what tests name, or what it may be.
  private(set) var levels: [String] = []
  private(set) var levelNumbers: [String: Int32] = [:]
  let isOfText: Bool
  let isWhole: Bool
  /// Raw place (twice the cuts below, one more on a cut) → class.
  private(set) var numbers: [Int32] = []
  private(set) var count: Int32 = 0
  /// Class − 1 → raw place.
  private(set) var places: [Int] = []

  /// - Parameter cuts: in any order.
  init(cuts: some Collection<RuleNumber>, low: RuleNumber?, high: RuleNumber?, isWhole: Bool) {
    self.isWhole = isWhole
    isOfText = false
    self.cuts = Set(Array(cuts) + [low, high].compactMap { $0 }).sorted()
    cutsAsDoubles = self.cuts.map(\.double)
    // An open interval below the first cut lies outside of a domain that begins there.
    let within = (low.map { 2 * index(of: $0) + 1 } ?? 0)...(high.map { 2 * index(of: $0) + 1 } ?? 2 * self.cuts.count)
    for place in 0...2 * self.cuts.count {
      let isCut = place % 2 == 1
      guard within.contains(place), !isWhole || hasWhole(place, isCut) else {
        numbers.append(Self.failed)
        continue
      }
      count += 1
      numbers.append(count)
      places.append(place)
    }
  }

  /// - Parameter isOpen: whether other levels may come.
  init(levels: [String], isOpen: Bool) {
    (self.levels, isOfText, isWhole) = (levels, true, true)
    levelNumbers = Dictionary(uniqueKeysWithValues: levels.enumerated().map { ($1, Int32($0 + 1)) })
    count = Int32(levels.count + (isOpen ? 1 : 0))
  }

  /// The place of the first cut that is not below.
  private func index(of value: RuleNumber) -> Int {
    var (low, high) = (0, cuts.count)
    while low < high {
      let middle = (low + high) >> 1
      if cuts[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func hasWhole(_ place: Int, _ isCut: Bool) -> Bool {
    let cut = place / 2
    if isCut { return cuts[cut].isWhole }
    guard cut > 0, cut < cuts.count else { return true }
    guard let next = cuts[cut - 1].floor?.adding(RuleNumber(small: 1)) else { return false }
    return next < cuts[cut]
  }

  // MARK: Looking up

  /// The class of a double that is a number.
  @inline(__always)
  func number(of value: Double) -> Int32 {
    if isWhole, value != value.rounded(.towardZero) { return Self.failed }
    var (low, high) = (0, cutsAsDoubles.count)
    while low < high {
      let middle = (low &+ high) >> 1
      if cutsAsDoubles[middle] < value { low = middle &+ 1 } else { high = middle }
    }
    return numbers[2 &* low &+ (low < cutsAsDoubles.count && cutsAsDoubles[low] == value ? 1 : 0)]
  }

  func number(of value: RuleNumber) -> Int32 {
    if isWhole, !value.isWhole { return Self.failed }
    let low = index(of: value)
    return numbers[2 * low + (low < cuts.count && cuts[low] == value ? 1 : 0)]
  }

  /// The class of a text: its level's, else that of all others where there may be some.
  func number(of text: String) -> Int32 {
    levelNumbers[text] ?? (Int(count) > levels.count ? count : Self.failed)
  }

  // MARK: Ranges

  /// An interval of numbers, as tests say it.
  struct Interval: Sendable, Hashable {
    var low, high: RuleNumber?
    var hasLow, hasHigh: Bool

    /// What lies in both.
    func met(_ other: Interval) -> Interval {
      var own = self
      if let end = other.low, low.map({ end > $0 || (end == $0 && !other.hasLow) }) ?? true {
        (own.low, own.hasLow) = (end, other.hasLow)
      }
      if let end = other.high, high.map({ end < $0 || (end == $0 && !other.hasHigh) }) ?? true {
        (own.high, own.hasHigh) = (end, other.hasHigh)
      }
      return own
    }
  }

  /// The classes of an interval; nil where none lies in it.
  func range(of interval: Interval) -> ClosedRange<Int32>? {
    let first = interval.low.map { 2 * index(of: $0) + (interval.hasLow ? 1 : 2) } ?? 0
    let last = interval.high.map { 2 * index(of: $0) + (interval.hasHigh ? 1 : 0) } ?? 2 * cuts.count
    guard first <= last else { return nil }
    guard let low = numbers[first...last].first(where: { $0 > 0 }),
      let high = numbers[first...last].last(where: { $0 > 0 })
    else { return nil }
    return low...high
  }

  /// Ascending, disjoint, not touching.
  static func merged(_ ranges: [ClosedRange<Int32>]) -> [ClosedRange<Int32>] {
    var all: [ClosedRange<Int32>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = all.last, range.lowerBound <= last.upperBound + 1 {
        all[all.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        all.append(range)
      }
    }
    return all
  }

  /// The numbers of a class: from and to, and whether these belong to it; nil without an end.
  func interval(_ number: Int32) -> Interval {
    let place = places[Int(number) - 1]
    let cut = place / 2
    if place % 2 == 1 { return Interval(low: cuts[cut], high: cuts[cut], hasLow: true, hasHigh: true) }
    return Interval(
      low: cut > 0 ? cuts[cut - 1] : nil, high: cut < cuts.count ? cuts[cut] : nil, hasLow: false, hasHigh: false)
  }
}
