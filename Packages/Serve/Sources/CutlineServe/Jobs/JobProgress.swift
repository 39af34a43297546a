internal import CutlineCore
internal import CutlineDecide
internal import Foundation

/// How far a job is, from the lines that its program writes while it goes on (`--events`).
public struct JobProgress: Sendable, Encodable, Equatable {
  /// Stages that have ended or were taken over, of all; of a batch those of the segments that run now.
  public private(set) var stagesDone = 0
  public private(set) var stages = 0
  /// Those that run, sorted; in a batch with the name of the segment in front.
  public private(set) var running: [String] = []
  /// 0...1, of the stage that said so last; nil where none does.
  public private(set) var fraction: Double?
  /// Segments and supersegments that have ended, of all; nil in a run.
  public private(set) var unitsDone, units: Int?
  /// Of a batch, those that failed, with why, without any value of an application.
  public private(set) var failures: [String] = []
  /// Rows of the source; nil where it has not said so yet.
  public private(set) var rows: Int?

  /// How the program says that it ended.
  var ending: JobEnding?
  /// Of a run: where each stage stands, and when in seconds since the program began.
  struct Stage: Sendable, Equatable {
    var state: StoredRun.State
    var began, ended: Double?
  }
  private(set) var stagesByID: [String: Stage] = [:]
  /// What stages say of why they failed.
  private(set) var stageFailures: [String] = []

  private struct Line: Decodable {
    let kind: String
    var stage: String?
    var message: String?
    var fraction: Double?
    var unit: String?
    var units: Int?
    var code: Int32?
    var signal: Int32?
    var seconds: Double?
  }

  /// - Parameter lines: the last may be half of one.
  init(_ lines: Data) {
    var active: Set<String> = []
    var counts: [String: (done: Int, all: Int)] = [:]
    var last = ""
    for part in lines.split(separator: UInt8(ascii: "\n")) {
      // A line that is not whole, or that a later version writes, says nothing here.
      guard let line = try? CanonicalJSON.decode(Line.self, from: Data(part)) else { continue }
      let unit = line.unit ?? ""
      let label = (unit.isEmpty ? "" : unit + ": ") + (line.stage ?? "")
      if unit.isEmpty, let stage = line.stage, !stage.isEmpty { follow(stage, line) }
      switch line.kind {
      case "batchStarted": (unitsDone, units) = (0, line.units)
      case "unitStarted": counts[unit] = (0, 0)
      case "unitEnded":
        unitsDone = (unitsDone ?? 0) + 1
        counts[unit] = nil
        active = active.filter { !$0.hasPrefix(unit + ": ") }
        if let code = line.code, code != 0 { failures.append("\(unit): \(line.message ?? "exit \(code)")") }
      case "runStarted": counts[unit] = (0, Int((line.message ?? "").prefix { $0.isNumber }) ?? 0)
      case "stageStarted":
        active.insert(label)
        (last, fraction) = (label, nil)
      case "progress": (last, fraction) = (label, line.fraction)
      case "stageFinished", "stageReused":
        active.remove(label)
        counts[unit]?.done += 1
        if label == last { fraction = nil }
      case "stageFailed":
        active.remove(label)
        if unit.isEmpty { stageFailures.append(line.message ?? "") }
      case "note":
        if rows == nil, let match = (line.message ?? "").prefixMatch(of: /(\d+) rows, \d+ columns/) {
          rows = Int(match.1)
        }
      case "ended": ending = JobEnding(code: line.code, signal: line.signal, message: line.message)
      default: break
      }
    }
    running = active.sorted()
    stagesDone = counts.values.reduce(0) { $0 + $1.done }
    stages = counts.values.reduce(0) { $0 + $1.all }
  }

  private mutating func follow(_ stage: String, _ line: Line) {
    switch line.kind {
    case "stageStarted": stagesByID[stage] = Stage(state: .started, began: line.seconds)
    case "stageFinished", "stageReused":
      stagesByID[stage, default: Stage(state: .success, began: line.seconds)].state = .success
      stagesByID[stage]?.ended = line.seconds
    case "stageFailed":
      stagesByID[stage, default: Stage(state: .failure, began: line.seconds)].state = .failure
      stagesByID[stage]?.ended = line.seconds
    default: break
    }
  }

  enum CodingKeys: String, CodingKey {
    case stages, running, fraction, units, failures, rows
    case stagesDone = "stages_done"
    case unitsDone = "units_done"
  }
}
