@_spi(Run) internal import CutlineCore
public import CutlineRun
internal import Foundation

/// What the stages of a run that look for drift have to say: its files `drift_alerts_{scenario}.json`.
public struct DriftAlerts: Sendable {
  /// From which severity on somebody wants to be stopped.
  public enum Severity: String, Sendable, CaseIterable, Comparable {
    case info, warning, critical

    public static func < (a: Self, b: Self) -> Bool {
      allCases.firstIndex(of: a) ?? 0 < allCases.firstIndex(of: b) ?? 0
    }
  }

  private struct File: Decodable {
    struct Alert: Decodable, Hashable {
      let severity, variable, status, message, period: String
    }
    let scenario: String
    let alerts: [Alert]
    let notLookedAt: [String]

    enum CodingKeys: String, CodingKey {
      case scenario, alerts
      case notLookedAt = "not_looked_at"
    }
  }

  private let files: [File]

  /// - Throws: `Faults` (data) where the run has no such file, or one that cannot be read.
  public init(in folder: String, _ manifest: Manifest) throws {
    let paths = manifest.files.map(\.path).filter { path in
      let name = path.split(separator: "/").last ?? ""
      return name.hasPrefix("drift_alerts_") && name.hasSuffix(".json")
    }
    guard !paths.isEmpty else {
      throw Faults.usage(
        folder, "holds no drift_alerts_*.json: its plan has no stage that gathers alerts",
        "Add stages of the kinds stability, trends, recent and alerts, as the plan portfolio has them.")
    }
    files = try paths.map { path in
      let fault = Faults.integrity("\(folder)/\(path)", "cannot be read as alerts", "Run again, or verify the folder.")
      let data = try FileSystem.read(folder + "/" + path)
      let file: File
      do { file = try CanonicalJSON.decode(File.self, from: data) } catch { throw fault }
      guard file.alerts.allSatisfy({ Severity(rawValue: $0.severity) != nil }) else { throw fault }
      // What a terminal would obey is not handed to it.
      func plain(_ text: String) -> String {
        String(text.unicodeScalars.map { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) ? "?" : Character($0) })
      }
      return File(
        scenario: file.scenario,
        alerts: file.alerts.map {
          .init(
            severity: $0.severity, variable: plain($0.variable), status: plain($0.status), message: plain($0.message),
            period: plain($0.period))
        }, notLookedAt: file.notLookedAt.map(plain))
    }
  }

  /// Whether there is an alert of at least this severity.
  public func reach(_ severity: Severity) -> Bool {
    files.contains { file in file.alerts.contains { (Severity(rawValue: $0.severity) ?? .critical) >= severity } }
  }

  /// What a run says of them: the worst first, a handful; nothing where all is quiet.
  public var brief: String {
    var seen: Set<File.Alert> = []
    let loud = Severity.allCases.reversed().filter { $0 > .info }.flatMap { severity in
      files.flatMap(\.alerts).filter { $0.severity == severity.rawValue && seen.insert($0).inserted }
    }
    guard !loud.isEmpty else { return "" }
    let lines = loud.prefix(5).map { "  \($0.severity): \($0.message) (\($0.period))\n" }
    return "\nAlerts (cutline stability shows all)\n" + lines.joined()
      + (loud.count > 5 ? "  and \(loud.count - 5) more\n" : "")
  }

  /// The alerts from warnings on, then what was not looked at.
  public var text: String {
    var table = TextTable(["Severity", "What", "Period", ""], textColumns: 4)
    var seen: Set<File.Alert> = []
    var quiet = 0
    for severity in Severity.allCases.reversed() {
      for file in files {
        for alert in file.alerts where alert.severity == severity.rawValue && seen.insert(alert).inserted {
          if severity == .info {
            quiet += 1
          } else {
            table.add([alert.severity, alert.variable, alert.period, alert.message])
          }
        }
      }
    }
    let loud = seen.count - quiet
    var text = loud > 0 ? table.text : "No warnings and nothing critical.\n"
    text += "\(quiet) distributions and tests without a finding\n"
    for reason in Set(files.flatMap(\.notLookedAt)).sorted() { text += "not looked at: \(reason)\n" }
    return text
  }
}
