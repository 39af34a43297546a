internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit
internal import CutlineWorkspace
internal import Foundation

/// What `cutline frontier` asks of a search, as the settings of a stage.
struct FrontierSettings {
  let search: String
  /// Percent.
  let thresholds: [DecimalNumber]
  let workers: Int
  let device: DeviceChoice
  /// Pins, limits on swap-ins and changes, the floor, nesting.
  private(set) var constraints: [ConfigTable.Entry] = []
  private var tolerance: [ConfigTable.Entry] = []
  private let limits: ConfigTable.Entry?

  init(_ arguments: Arguments, _ input: FrontierInput) throws {
    let place = Place(source: "--thresholds")
    let percents = try arguments["thresholds"].map { text in
      try WordList.words(text).map { word in
        guard let value = Double(word), value.isFinite, value >= 0 else {
          throw Faults.usage("--thresholds", "\"\(word)\" is not a risk in percent", "Write for instance 1.0,1.1.")
        }
        return value
      }
    }
    let thresholds = try (percents ?? []).map { value in
      // Beyond 18 digits a limit is no decimal number.
      guard let limit = try? DecimalNumber(value) else {
        throw Faults.usage("--thresholds", "\(value) has no exact short decimal form", "Use at most 18 decimals.")
      }
      return limit
    }
    if let twice = thresholds.indices.first(where: { thresholds[..<$0].contains(thresholds[$0]) }) {
      throw Faults.usage("--thresholds", "\(thresholds[twice]) % is given twice", "Give each limit once.")
    }
    self.thresholds = thresholds
    limits = percents.map { list in
      let values = list.map { ConfigValue(.float($0), at: place) }
      return .init(key: "limits", place: place, value: ConfigValue(.array(values), at: place))
    }
    search = arguments["search"] ?? (percents == nil ? "frontier" : "threshold")
    workers = try arguments.integer("threads", in: 1...1024) ?? ProcessInfo.processInfo.activeProcessorCount
    device = try arguments.choice("device", DeviceChoice.self) ?? .auto

    func entry(_ key: String, _ option: String, _ content: ConfigValue.Content) -> ConfigTable.Entry {
      let place = Place(source: "--\(option)")
      return .init(key: key, place: place, value: ConfigValue(content, at: place))
    }
    let pins = try Self.pins(arguments, input.labels)
    if !pins.isEmpty { constraints.append(entry("pins", "pin", .array(pins))) }
    for (option, key) in [
      ("production-floor", "production_floor"), ("swap-in-limit", "swap_in_production_limit"),
      ("swap-in-risk", "swap_in_risk_limit"),
    ] {
      guard let value = try arguments.number(option) else { continue }
      if key.hasPrefix("swap"), !input.hasSwapIn {
        throw Faults.usage(
          "--\(option)", "limits what comes from rejected applications, and no column says what that is",
          "Name its columns with --swap-in.")
      }
      constraints.append(entry(key, option, .float(value)))
    }
    constraints += try Self.changes(arguments, input).map { entry($0.key, $0.option, $0.content) }
    if let nesting = arguments["nesting"] { constraints.append(entry("nesting", "nesting", .string(nesting))) }
    if let value = try arguments.number("tolerance") { tolerance = [entry("tolerance", "tolerance", .float(value))] }
  }

  /// The settings for a search: limits only where it takes them, since others give the whole frontier.
  /// - Throws: `Faults` (usage) for a search that answers limits, without any.
  func entries(for stage: StageDescription, _ resources: FrontierLimits) throws -> [ConfigTable.Entry] {
    let takesLimits = stage.fields.contains { $0.key == "limits" }
    if takesLimits, limits == nil {
      throw Faults.usage(
        "--search", "\(stage.name) answers risk limits, and none is given", "Add --thresholds, such as 1.0,1.1.")
    }
    return constraints + tolerance + resources.entries(thresholds: thresholds.count)
      + (takesLimits ? [limits].compactMap { $0 } : [])
  }

  /// The pins as a stage takes them: bins by position instead of by the numbers of the file.
  private static func pins(_ arguments: Arguments, _ labels: [[Int]]) throws -> [ConfigValue] {
    try arguments.all("pin").map { text in
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      let numbers = WordList.words(parts.first ?? "").map { Int($0) }
      guard parts.count == 2, numbers.count == labels.count, ["accept", "reject"].contains(parts[1]) else {
        throw Faults.usage("--pin \(text)", "is not a cell and a decision", "Write for instance --pin 3,7=accept.")
      }
      let bins = try zip(numbers, labels).map { number, own in
        guard let number, let bin = own.firstIndex(of: number) else {
          throw Faults.usage(
            "--pin \(text)", "names a bin that the cells do not have",
            "Bins: \(own.map(String.init).joined(separator: ", ")).")
        }
        return String(bin + 1)
      }
      return ConfigValue(.string(bins.joined(separator: ",") + "=" + parts[1]), at: Place(source: "--pin \(text)"))
    }
  }

  private static func changes(
    _ arguments: Arguments, _ input: FrontierInput
  ) throws -> [(key: String, option: String, content: ConfigValue.Content)] {
    let limit = try arguments.integer("changes", in: 0...1_000_000_000)
    guard let path = arguments["current"] else {
      if limit != nil {
        throw Faults.usage("--changes", "counts changes against a strategy that is not given", "Add --current FILE.")
      }
      return []
    }
    guard let limit else {
      throw Faults.usage("--current", "has no effect without --changes", "Give both, or none.")
    }
    let file = try CutoffsFile(
      path, labels: CutoffLabels(grid: input.grid, labels: input.labels),
      read: input.reader.readBeside)
    guard file.strategies.count == 1, let strategy = file.strategies.first?.strategy else {
      throw Faults.usage("--current", "\(path) holds \(file.strategies.count) strategies", "Keep the one in force.")
    }
    let cutoffs = strategy.accepted.indices.map { combination in
      ConfigValue(
        .integer(Int64(strategy.cutoff(combination, in: input.grid) ?? 0)), at: Place(source: "--current"))
    }
    return [
      ("changes_limit", "changes", .integer(Int64(limit))), ("current_cutoffs", "current", .array(cutoffs)),
    ]
  }
}
