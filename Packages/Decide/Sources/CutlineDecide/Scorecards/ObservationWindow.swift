public import CutlineCore

/// What the outcome of an application says of it: good or bad within a window after the decision, or nothing yet.
///
/// With the decision on day d, the window W, data complete to day a, the first event on day f and the last day on which the
/// application was seen s:
///
/// 1. f ≤ d: refused, an event before the decision is an error of the data;
/// 2. d + W > a: immature, whatever f is, as early bads whose good neighbours are missing would inflate the rate;
/// 3. f ≤ d + W: bad;
/// 4. s < d + W: unobserved, it left the data before the window closed;
/// 5. else good. An event after the window is good for this window.
///
/// Both ends count: day W is in the window, day W + 1 is not.
public struct ObservationWindow: Sendable, Hashable {
  public enum Label: String, Sendable, Hashable, CaseIterable {
    case good, bad, immature, unobserved, refused
  }

  public let days: Int
  /// The last day for which outcomes are complete.
  public let asOf: CalendarDate

  /// - Throws: `Faults` (usage) for a window that is none.
  public init(days: Int, asOf: CalendarDate) throws {
    guard (1...3660).contains(days) else {
      throw Faults.usage("observation_window_days", "\(days) is not in 1...3660", "180 days are usual.")
    }
    (self.days, self.asOf) = (days, asOf)
  }

  /// - Parameters:
  ///   - event: the first one; nil where there is none.
  ///   - seen: the last day on which the application was in the data.
  public func label(decided: CalendarDate, event: CalendarDate?, seen: CalendarDate) -> Label {
    if let event, event <= decided { return .refused }
    let end = decided.daysSince1960 + days
    if end > asOf.daysSince1960 { return .immature }
    if let event, event.daysSince1960 <= end { return .bad }
    return seen.daysSince1960 < end ? .unobserved : .good
  }
}
