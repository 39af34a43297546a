internal import Synchronization

/// Counts of what the server has done, in the text form of Prometheus. No label is a value of a request.
final class Metrics: Sendable {
  private struct Key: Hashable {
    let method, route: String
    let status: Int
  }
  private struct Durations {
    var counts = [Int](repeating: 0, count: Metrics.bounds.count + 1)
    var sum = 0.0
  }
  private struct State {
    var requests: [Key: Int] = [:]
    var durations: [String: Durations] = [:]
  }
  private let state = Mutex(State())

  /// Seconds.
  static let bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

  func note(method: String, route: String, status: Int, seconds: Double) {
    state.withLock { state in
      state.requests[Key(method: method, route: route, status: status), default: 0] += 1
      let place = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
      state.durations[route, default: Durations()].counts[place] += 1
      state.durations[route, default: Durations()].sum += seconds
    }
  }

  /// A number that something else knows.
  struct Gauge {
    let name, help: String
    var kind = "gauge"
    var labels: [(String, String)] = []
    let value: Int
  }

  /// - Parameter gauges: those of one name stand together.
  func text(_ gauges: [Gauge]) -> String {
    let state = state.withLock { $0 }
    var text = Self.head("cutline_http_requests_total", "counter", "Requests that were answered.")
    let keys = state.requests.keys.sorted { ($0.route, $0.method, $0.status) < ($1.route, $1.method, $1.status) }
    for key in keys {
      let labels = [("method", key.method), ("route", key.route), ("status", "\(key.status)")]
      text += "cutline_http_requests_total\(Self.labels(labels)) \(state.requests[key] ?? 0)\n"
    }
    let name = "cutline_http_request_seconds"
    text += Self.head(name, "histogram", "From the header of a request to the end of its answer.")
    for (route, durations) in state.durations.sorted(by: { $0.key < $1.key }) {
      var total = 0
      for (count, bound) in zip(durations.counts, Self.bounds.map { "\($0)" } + ["+Inf"]) {
        total += count
        text += "\(name)_bucket\(Self.labels([("route", route), ("le", bound)])) \(total)\n"
      }
      text += "\(name)_sum\(Self.labels([("route", route)])) \(durations.sum)\n"
      text += "\(name)_count\(Self.labels([("route", route)])) \(total)\n"
    }
    var last = ""
    for gauge in gauges {
      if gauge.name != last { text += Self.head(gauge.name, gauge.kind, gauge.help) }
      last = gauge.name
      text += "\(gauge.name)\(Self.labels(gauge.labels)) \(gauge.value)\n"
    }
    return text
  }

  private static func head(_ name: String, _ kind: String, _ help: String) -> String {
    "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
  }

  private static func labels(_ labels: [(String, String)]) -> String {
    guard !labels.isEmpty else { return "" }
    let parts = labels.map { name, value in
      let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
      return "\(name)=\"\(escaped)\""
    }
    return "{" + parts.joined(separator: ",") + "}"
  }
}
