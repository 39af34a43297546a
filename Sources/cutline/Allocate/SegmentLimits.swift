internal import CutlineCore
internal import CutlineCredit
internal import CutlineWorkspace
internal import Foundation

/// What is asked of single segments, from `segments.toml` and the command line; the command line wins.
struct SegmentLimits {
  struct Own {
    var minRisk, maxRisk, maxChange: DecimalNumber?
    /// In currency a year, as it is written and printed.
    var leastProduction: DecimalNumber?
    /// A solution's number, or `today`.
    var lock: String?
  }

  private(set) var bySegment: [String: Own] = [:]
  /// What is to be said beside the result: limits of the file, each with its place, and segments that have no run.
  private(set) var remarks: [String] = []
  /// Where a segment is limited first.
  private var places: [String: Place] = [:]
  /// Of all segments together, in currency a year.
  private(set) var leastProduction: DecimalNumber?
  /// Whether anything but the target is asked for.
  var areThere: Bool { leastProduction != nil || !bySegment.isEmpty }
  static let today = "today"

  static let options: [Option] = [
    .value(
      "segments-config", "PATH",
      "Limits of segments: min_risk, max_risk … under [segments.NAME] (default segments.toml where it is there)."),
    .value("min-risk", "SEGMENT:PCT", repeats: true, "Least risk of a segment."),
    .value("max-risk", "SEGMENT:PCT", repeats: true, "Greatest risk of a segment."),
    .value(
      "min-production", "[SEGMENT:]AMOUNT", repeats: true, "Least production a year of a segment, or of all together."),
    .value(
      "max-change", "[SEGMENT:]PCT", repeats: true,
      "By how much production may differ from today's, of a segment or of each."),
    .value(
      "lock", "SEGMENT:SOLUTION", repeats: true, "A segment's strategy by its sol_fac, or today: what is booked now."),
  ]

  /// - Parameter known: the segments that there are.
  /// - Throws: `Faults` (usage) for every limit that cannot be one, and for those of segments that are not there.
  init(_ arguments: Arguments, known: [String]) throws {
    var reading = Reading()
    let path = arguments["segments-config"]
    if path != nil || PathKind.isFile("segments.toml") {
      let file = try SegmentsFile(path ?? "segments.toml", allowsNone: true)
      if file.segments.isEmpty { remarks.append("\(file.path) holds no segment, and so no limit") }
      for segment in file.segments {
        try read(segment, &reading)
        remarks += segment.allocation.map { "\(segment.name): \($0.key) = \($0.value.toml) (\($0.value.place))" }
      }
      let missing = file.segments.map(\.name).filter { !known.contains($0) }
      if !missing.isEmpty {
        remarks.append(
          "\(file.path) has segments that are not there: \(missing.joined(separator: ", ")); they are left out")
      }
    }
    for option in ["min-risk", "max-risk", "min-production", "max-change", "lock"] {
      for text in arguments.all(option) {
        try reading.attempt { try read(text, option: option, known: known) }
      }
    }
    for (name, place) in places.sorted(by: { ($0.value.line, $0.key) < ($1.value.line, $1.key) })
    where !known.contains(name) {
      reading.add(
        Faults.usage(
          place, "limits the segment \(name), which is not there\(DidYouMean.phrase(for: name, among: known))",
          "There are \(known.joined(separator: ", ")). Run it first, or leave the limit out."))
    }
    try reading.finish()
  }

  private mutating func read(_ segment: SegmentsFile.Segment, _ reading: inout Reading) throws {
    for entry in segment.allocation {
      var own = bySegment[segment.name] ?? Own()
      try reading.attempt {
        let place = entry.value.place
        if entry.key == "lock" {
          guard let lock = entry.value.string ?? entry.value.integer.map(String.init) else {
            throw Faults.usage(place, "lock is \(entry.value.typeName)", "Give a solution's number, or \"today\".")
          }
          own.lock = try Self.lock(lock, at: place)
          return
        }
        Self.set(entry.key, try ExactDecimal.read(entry.value, entry.key), in: &own)
      }
      bySegment[segment.name] = own
      if places[segment.name] == nil { places[segment.name] = entry.value.place }
    }
  }

  private mutating func read(_ text: String, option: String, known: [String]) throws {
    let place = Place(source: "--\(option) \(text)")
    let key = option.replacing("-", with: "_")
    // A name may hold the sign, a number may not.
    guard let colon = text.lastIndex(of: ":") else {
      guard ["min-production", "max-change"].contains(option) else {
        throw Faults.usage(place, "is not SEGMENT:VALUE", "Write for instance --\(option) \(known.first ?? "a"):1.")
      }
      let number = try ExactDecimal.read(text, key, at: place)
      guard option == "max-change" else {
        leastProduction = number
        return
      }
      for name in known {
        var own = bySegment[name] ?? Own()
        if own.maxChange == nil { Self.set(key, number, in: &own) }
        bySegment[name] = own
      }
      return
    }
    let (name, value) = (String(text[..<colon]), String(text[text.index(after: colon)...]))
    var own = bySegment[name] ?? Own()
    if option == "lock" {
      own.lock = try Self.lock(value, at: place)
    } else {
      Self.set(key, try ExactDecimal.read(value, key, at: place), in: &own)
    }
    bySegment[name] = own
    if places[name] == nil { places[name] = place }
  }

  private static func set(_ key: String, _ number: DecimalNumber, in own: inout Own) {
    switch key {
    case "min_production": own.leastProduction = number
    case "min_risk": own.minRisk = number
    case "max_risk": own.maxRisk = number
    default: own.maxChange = number
    }
  }

  private static func lock(_ text: String, at place: Place) throws -> String {
    guard text == today || Int(text).map({ $0 >= 0 }) ?? false else {
      throw Faults.usage(place, "\"\(text)\" is no solution", "Give its number (sol_fac), or \(today).")
    }
    return text
  }
}
