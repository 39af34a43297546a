/// The same picture of several runs on the same scales: at each place of their specifications a number is drawn over the span
/// that it has in all of them.
enum SharedScales {
  private typealias Span = ClosedRange<Double>
  private static let channels = ["x", "y", "color", "size"]

  static func applied(to specifications: [Specification]) -> [Specification] {
    var all: [String: Span] = [:]
    for own in specifications {
      for (place, span) in spans(of: own, at: "", values: nil) {
        let other = all[place] ?? span
        all[place] = min(other.lowerBound, span.lowerBound)...max(other.upperBound, span.upperBound)
      }
    }
    return specifications.map { spread(all, over: $0, at: "") }
  }

  /// Stated domains, and those of the data where none is stated, by the place of their channel.
  private static func spans(of part: Specification, at place: String, values: [Specification]?) -> [String: Span] {
    guard case .object(let members) = part else { return [:] }
    var values = values
    if case .object(let data)? = members["data"], case .list(let own)? = data["values"] { values = own }
    var found: [String: Span] = [:]
    if case .object(let encoding)? = members["encoding"] {
      for channel in channels {
        if let channelPart = encoding[channel], let span = span(of: channelPart, channel, encoding, values ?? []) {
          found["\(place)/encoding/\(channel)"] = span
        }
      }
    }
    for (name, child) in members where name != "encoding" && name != "data" {
      switch child {
      case .object: found.merge(spans(of: child, at: "\(place)/\(name)", values: values)) { $1 }
      case .list(let parts) where ["layer", "hconcat", "vconcat"].contains(name):
        for (number, part) in parts.enumerated() {
          found.merge(spans(of: part, at: "\(place)/\(name)/\(number)", values: values)) { $1 }
        }
      default: break
      }
    }
    return found
  }

  private static func span(
    of channelPart: Specification, _ channel: String, _ encoding: [String: Specification], _ values: [Specification]
  ) -> Span? {
    guard case .object(let own) = channelPart, own["type"] == "quantitative", case .text(let field)? = own["field"]
    else {
      return nil
    }
    var numbers: [Double] = []
    if case .object(let scale)? = own["scale"] {
      if case .list(let ends)? = scale["domain"] {
        numbers = ends.compactMap { if case .number(let end) = $0 { end } else { nil } }
        return numbers.count == 2 && ends.count == 2 ? range(numbers) : nil
      }
      if scale["zero"] == true { numbers.append(0) }
    }
    var fields = [field]
    if case .object(let second)? = encoding[channel + "2"], case .text(let name)? = second["field"] {
      fields.append(name)
    }
    for case .object(let row) in values {
      for name in fields { if case .number(let value)? = row[name] { numbers.append(value) } }
    }
    return range(numbers)
  }

  private static func range(_ numbers: [Double]) -> Span? {
    guard let low = numbers.min(), let high = numbers.max(), low < high else { return nil }
    return low...high
  }

  private static func spread(_ spans: [String: Span], over part: Specification, at place: String) -> Specification {
    guard case .object(var members) = part else { return part }
    if case .object(var encoding)? = members["encoding"] {
      for channel in channels {
        guard let span = spans["\(place)/encoding/\(channel)"], let own = encoding[channel] else { continue }
        encoding[channel] = own.merging([
          "scale": ["domain": [.number(span.lowerBound), .number(span.upperBound)]]
        ])
      }
      members["encoding"] = .object(encoding)
    }
    for (name, child) in members where name != "encoding" && name != "data" {
      switch child {
      case .object: members[name] = spread(spans, over: child, at: "\(place)/\(name)")
      case .list(let parts) where ["layer", "hconcat", "vconcat"].contains(name):
        members[name] = .list(
          parts.enumerated().map { spread(spans, over: $1, at: "\(place)/\(name)/\($0)") })
      default: break
      }
    }
    return .object(members)
  }
}
