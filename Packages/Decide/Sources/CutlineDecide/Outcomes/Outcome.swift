public import CutlineCore

/// What became of an application.
public struct Outcome: Sendable, Hashable {
  /// Events in the order of how bad they are; the last two end an application without harm.
  public enum Event: String, Sendable, CaseIterable, Codable {
    case none
    case delinquent30 = "delinquent_30"
    case delinquent60 = "delinquent_60"
    case `default`
    case chargeOff = "charge_off"
    case settled, withdrawn

    /// nil for an event that is none of harm.
    var severity: Int? {
      switch self {
      case .none, .settled, .withdrawn: nil
      case .delinquent30: 1
      case .delinquent60: 2
      case .default: 3
      case .chargeOff: 4
      }
    }
  }

  /// What counts as bad: an event of the type or a worse one.
  public enum Kind: String, Sendable, CaseIterable, Codable {
    case `default`
    case delinquent30 = "delinquent_30"
    case delinquent60 = "delinquent_60"
    case chargeOff = "charge_off"

    func counts(_ event: Event) -> Bool {
      let least = Event(rawValue: rawValue)?.severity ?? 0
      return event.severity.map { $0 >= least } ?? false
    }
  }

  /// Who says so.
  public enum Source: String, Sendable, CaseIterable, Codable { case observed, bureau, simulated, model }

  public let applicationID: String
  public let event: Event
  public let occurredOn, seenUntil: CalendarDate
  public let source: Source
  /// The key of the outcome that this one corrects.
  public let supersedes: String?
  /// By which a second report of the same is known.
  public let externalKey: String

  /// Reads one from texts; an empty `seenUntil` is the day of the event, an empty source `observed`.
  ///
  /// - Throws: `Mistake` in words that hold nothing of the application.
  public init(
    applicationID: String, event: String, occurredOn: String, seenUntil: String, externalKey: String,
    source: String = "", supersedes: String = ""
  ) throws(Mistake) {
    try self.init(
      applicationID: applicationID, event: event, occurredOn: occurredOn, seenUntil: seenUntil,
      externalKey: externalKey, source: source, supersedes: supersedes, day: { CalendarDate(iso: $0) })
  }

  /// - Parameter day: of a text; nil for what is none.
  private init(
    applicationID: String, event: String, occurredOn: String, seenUntil: String, externalKey: String,
    source: String, supersedes: String, day: (String) -> CalendarDate?
  ) throws(Mistake) {
    for (name, value) in [("application_id", applicationID), ("external_key", externalKey), ("supersedes", supersedes)]
    {
      guard value.utf8.count <= 200, !value.utf8.contains(where: { $0 < 32 || $0 == 127 }) else {
        throw Mistake("\(name) is longer than 200 bytes, or holds control characters")
      }
    }
    guard !applicationID.isEmpty else { throw Mistake("application_id is empty") }
    guard !externalKey.isEmpty else { throw Mistake("external_key is empty") }
    guard let event = Event(rawValue: event) else {
      throw Mistake("event is none of \(Event.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    guard let occurredOn = day(occurredOn) else { throw Mistake("occurred_on is no day (YYYY-MM-DD)") }
    guard let seenUntil = seenUntil.isEmpty ? occurredOn : day(seenUntil) else {
      throw Mistake("seen_until is no day (YYYY-MM-DD)")
    }
    guard seenUntil >= occurredOn else { throw Mistake("seen_until is before occurred_on") }
    guard let source = source.isEmpty ? .observed : Source(rawValue: source) else {
      throw Mistake("source is none of \(Source.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    guard supersedes != externalKey else { throw Mistake("supersedes names the outcome itself") }
    (self.applicationID, self.event, self.occurredOn, self.seenUntil) = (applicationID, event, occurredOn, seenUntil)
    (self.source, self.supersedes) = (source, supersedes.isEmpty ? nil : supersedes)
    self.externalKey = externalKey
  }

  public struct Mistake: Error, Sendable {
    public let problem: String
    init(_ problem: String) { self.problem = problem }
  }

  // MARK: Tables

  static let columns = ["application_id", "event", "occurred_on", "seen_until", "external_key"]
  private static let optional = ["source", "supersedes"]

  /// Reads a table with the columns application_id, event, occurred_on, seen_until and external_key, and source and supersedes
  /// where they are there.
  ///
  /// - Returns: each outcome with the number of its line.
  /// - Throws: `Faults` (data) with the numbers of all lines that are wrong.
  public static func table(_ bytes: [UInt8], at place: String) throws -> [(line: Int, outcome: Outcome)] {
    let csv = try CsvRecords(bytes, at: place)
    let advice =
      "Give the columns \(columns.joined(separator: ", ")); \(optional.joined(separator: " and ")) may stand beside them."
    let missing = columns.filter { !csv.header.contains($0) }
    guard missing.isEmpty else {
      if csv.header.count == 1, csv.header[0].contains(";") {
        throw Faults.data(place, "is separated by semicolons", "Separate its fields by commas. \(advice)")
      }
      throw Faults.data(place, "has no column \(missing.joined(separator: ", "))", advice)
    }
    let strange = csv.header.filter { !(columns + optional).contains($0) }
    guard strange.isEmpty else {
      throw Faults.data(place, "has \(strange.count) columns that say nothing here", advice)
    }
    guard !csv.records.isEmpty else { throw Faults.data(place, "has no line: there is nothing to append", advice) }
    let places = Dictionary(uniqueKeysWithValues: csv.header.enumerated().map { ($1, $0) })
    var problems = LineProblems()
    var outcomes: [(line: Int, outcome: Outcome)] = []
    outcomes.reserveCapacity(csv.records.count)
    // Days are few.
    var days: [String: CalendarDate?] = [:]
    func day(_ text: String) -> CalendarDate? {
      if let known = days[text] { return known }
      let day = CalendarDate(iso: text)
      if days.count < 100_000 { days[text] = .some(day) }
      return day
    }
    let (application, event, occurred) = (places["application_id"], places["event"], places["occurred_on"])
    let (seen, key) = (places["seen_until"], places["external_key"])
    let (source, supersedes) = (places["source"], places["supersedes"])
    for record in csv.records {
      guard record.fields.count == csv.header.count else {
        problems.add("has \(record.fields.count) fields, not \(csv.header.count)", line: record.line)
        continue
      }
      func text(_ place: Int?) -> String { place.map { record.fields[$0] } ?? "" }
      do {
        outcomes.append(
          (
            record.line,
            try Outcome(
              applicationID: text(application), event: text(event), occurredOn: text(occurred),
              seenUntil: text(seen), externalKey: text(key), source: text(source), supersedes: text(supersedes),
              day: day)
          ))
      } catch { problems.add(error.problem, line: record.line) }
    }
    if let faults = problems.faults(at: place, "Nothing was taken. Correct these lines and give the file again.") {
      throw faults
    }
    return outcomes
  }
}
