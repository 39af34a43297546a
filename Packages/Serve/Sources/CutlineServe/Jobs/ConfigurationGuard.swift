@_spi(Run) internal import CutlineCore
internal import CutlineRun
internal import CutlineWorkspace
internal import Foundation

/// What a configuration that came over a network must not say, looked for before anything that it names is opened.
///
/// Trusted is what stands in a file of the folder of configurations, which the operator wrote; everything else is a request. A request
/// names no program and no plugin, extends and plans come from the folder of configurations, and every path leads, through all links,
/// to a file or folder that was declared.
struct ConfigurationGuard {
  let folders: DeclaredFolders
  /// From which relative paths are tried first, as the run will do.
  let workingFolder: String
  /// Files that the server itself gives, by exactly these paths.
  var given: Set<String> = []

  /// Keys whose text is a path, whatever it looks like: of sources, of models, of runs that are followed or evaluated.
  static let pathKeys: Set<String> = ["data_path", "path", "run"]
  /// What is part of no path that is allowed.
  private static let mostBytes = 4095

  /// - Parameter settings: what is laid over the file, as `--set` takes it.
  /// - Throws: mistakes of the TOML, and all that is refused, each at its place.
  func check(_ path: String, settings: [String]) throws {
    try checkChain(path, above: [])
    var reading = Reading()
    let root = try ConfigDocument.load(path, settings: settings, table: nil).root
    try checkPrograms(of: path, in: root)
    for entry in root.entries {
      switch entry.key {
      case "plugins":
        // A setting of the request may stand in a table of the operator's.
        if let place = request(in: ConfigTable([entry])) {
          reading.add(
            refusal(
              place, "plugins are libraries that would be loaded",
              "Ask the operator: only files in the folder of configurations may name them."))
        }
      case "plan": if let fault = plan(entry.value) { reading.add(fault) }
      default: look(at: entry, &reading)
      }
    }
    try reading.finish()
  }

  /// What the operator says of stages that run a program stands unchanged: nothing of a request takes one out, or another in its place.
  private func checkPrograms(of path: String, in merged: ConfigTable) throws {
    var trusted = path
    if !isTrusted(source: path) {
      let own = try ConfigDocument.parse(
        String(decoding: try OpenedFile.read(path, limit: ConfigDocument.sizeLimit), as: UTF8.self), source: path)
      guard let base = own.entry("extends")?.value.string else { return }
      trusted = base.hasPrefix("/") ? base : (path.parentFolder as NSString).appendingPathComponent(base)
    }
    let operators = try ConfigDocument.load(trusted, settings: [], table: nil).root
    for place in Self.programs(in: operators, at: [])
    where Self.text(at: place, in: merged) != Self.text(at: place, in: operators) {
      throw refusal(
        Place(source: place.joined(separator: ".")), "is a stage that runs a program, and the request changes it",
        "Only files in the folder of configurations may say what programs are given.")
    }
  }

  /// Paths of the tables that run a program.
  private static func programs(in table: ConfigTable, at path: [String]) -> [[String]] {
    if table["use"]?.string == "process" || table.entry("command") != nil { return [path] }
    return table.entries.flatMap { entry in
      let inner = entry.value.array?.contains { $0.table.map { !programs(in: $0, at: []).isEmpty } ?? false } ?? false
      // A list is compared as a whole.
      if inner { return [path + [entry.key]] }
      return entry.value.table.map { programs(in: $0, at: path + [entry.key]) } ?? []
    }
  }

  private static func text(at path: [String], in table: ConfigTable) -> String? {
    var value = ConfigValue(.table(table), at: .default)
    for key in path {
      guard let next = value.table?[key] else { return nil }
      value = next
    }
    return value.toml
  }

  /// Follows `extends` as the run will do, and looks at each file before it is read.
  private func checkChain(_ path: String, above: [String]) throws {
    let table = try ConfigDocument.parse(
      String(decoding: try OpenedFile.read(path, limit: ConfigDocument.sizeLimit), as: UTF8.self), source: path)
    guard let extends = table.entry("extends") else { return }
    guard let base = extends.value.string else {
      throw Faults.usage(extends.value.place, "extends is \(extends.value.typeName)", "Write the name of a file.")
    }
    let found = base.hasPrefix("/") ? base : (path.parentFolder as NSString).appendingPathComponent(base)
    guard isSound(base), folders.isConfiguration(found, from: []) else {
      throw refusal(
        extends.value.place, "extends names no file in the folder of configurations",
        "Name one of the server's own by its whole path, or write its keys here.")
    }
    // One file may have several names; a circle is spoken of by whoever loads it.
    guard let real = DeclaredFolders.real(found), !above.contains(real), above.count < 50 else { return }
    try checkChain(found, above: above + [real])
  }

  private func plan(_ value: ConfigValue) -> Faults? {
    // What is no text is spoken of where plans are read.
    guard let name = value.string, name != "none", !BuiltInPlan.all.contains(where: { $0.name == name }) else {
      return nil
    }
    guard isSound(name), folders.isConfiguration(name, from: places(of: value.place)) else {
      return refusal(
        value.place, "plan names neither a plan of the tool nor a file in the folder of configurations",
        "Use \(BuiltInPlan.all.map { "\"\($0.name)\"" }.joined(separator: ", ")), or ask the operator.")
    }
    return nil
  }

  private func look(at entry: ConfigTable.Entry, _ reading: inout Reading) {
    if entry.key == "command", !isTrusted(entry.place) {
      reading.add(
        refusal(
          entry.place, "command names a program",
          "Only files in the folder of configurations may have stages of programs."))
      return
    }
    look(at: entry.value, of: entry.key, &reading)
  }

  private func look(at value: ConfigValue, of key: String, _ reading: inout Reading) {
    switch value.content {
    case .table(let table):
      if table["use"]?.string == "process", let place = request(in: table) {
        reading.add(
          refusal(
            place, "sets something of a stage that runs a program",
            "Only files in the folder of configurations may say what programs are given."))
      }
      for entry in table.entries { look(at: entry, &reading) }
    case .array(let values): for value in values { look(at: value, of: key, &reading) }
    case .string(let text):
      if let fault = look(at: text, value.place, of: key) { reading.add(fault) }
    case .integer, .float, .boolean, .temporal: break
    }
  }

  /// Where something below a table was not written by the operator; nil where all of it was.
  private func request(in table: ConfigTable) -> Place? {
    for entry in table.entries {
      let inner = [entry.value] + (entry.value.array ?? [])
      if let value = inner.first(where: { !isTrusted($0.place) }) { return value.place }
      for own in inner.compactMap(\.table) { if let place = request(in: own) { return place } }
    }
    return nil
  }

  private func look(at text: String, _ place: Place, of key: String) -> Faults? {
    if text == "process", !isTrusted(place) {
      return refusal(
        place, "\(key) names a stage that runs a program",
        "Only files in the folder of configurations may have such stages.")
    }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let isPath = Self.pathKeys.contains(key)
    guard isPath || text.hasPrefix("/") || text.hasPrefix("~") || parts.contains("..") || text.utf8.contains(0) else {
      return nil
    }
    if given.contains(text) { return nil }
    // One sentence, whatever is there: nobody learns what lies outside.
    guard isSound(text), folders.isData(text, from: places(of: place)) else {
      return refusal(
        place, "\(key) names no file in the folders of data",
        "Name one by its whole path; links must not lead out of them.")
    }
    return nil
  }

  /// The folders from which a relative path is tried.
  private func places(of place: Place) -> [String] {
    let isInFile = place.line > 0 && !place.source.hasPrefix("--")
    return [workingFolder] + (isInFile ? [place.source.parentFolder].filter { !$0.isEmpty } : [])
  }

  private func isSound(_ path: String) -> Bool {
    (1...Self.mostBytes).contains(path.utf8.count) && !path.utf8.contains { $0 < 32 || $0 == 127 }
      && !path.hasPrefix("~")
  }

  /// Whether the operator wrote what stands there.
  private func isTrusted(_ place: Place) -> Bool { place.line > 0 && isTrusted(source: place.source) }

  private func isTrusted(source: String) -> Bool {
    !source.hasPrefix("--") && folders.isConfiguration(source, from: [])
  }

  private func refusal(_ place: Place, _ problem: String, _ advice: String) -> Faults {
    Faults.usage(place, problem, advice)
  }

  // MARK: What is bound

  /// Looks at a plan whose settings are read: the files that it will open, and the programs that it will run.
  ///
  /// - Parameter target: the folder of results; what will lie below it may be read, as models of a batch's supersegments.
  func check(_ plan: Plan, target: String) throws {
    var reading = Reading()
    for node in plan.nodes {
      for path in node.externalInputs
      where !isInstalled(path) && !isResult(path, below: target)
        && !given.contains(path)
      {
        guard folders.isData(path, from: [workingFolder]) else {
          reading.add(
            refusal(
              Place(source: "stage \(node.id)"), "reads a file outside of the folders of data",
              "Name files by their whole path; links must not lead out of the folders."))
          continue
        }
      }
      guard !node.programs.isEmpty else { continue }
      for setting in node.settings where !isOwn(setting.origin) {
        reading.add(
          refusal(
            Place(source: "stage \(node.id)"), "runs a program, and \(setting.key) is set by the request",
            "Only files in the folder of configurations may say what programs are given."))
      }
    }
    try reading.finish()
  }

  /// Whether a setting is a default, or stands in a file of the operator or of the tool.
  private func isOwn(_ origin: String) -> Bool {
    if origin == Place.default.description { return true }
    guard let match = origin.wholeMatch(of: /(.+):\d+:\d+/) else { return false }
    return BuiltInPlan.all.contains { $0.source == match.1 } || isTrusted(source: String(match.1))
  }

  /// What belongs to the tool: a library that it draws with.
  private func isInstalled(_ path: String) -> Bool {
    let executable = InstalledPlaces.executable
    let own =
      ["\(executable.parentFolder.parentFolder)/lib/cutline"] + InstalledPlaces.roots().map { "\($0)/.dependencies" }
    // Where a folder of the installation is a link, its files are named behind it.
    return (own + own.compactMap(DeclaredFolders.real)).contains { path.hasPrefix($0 + "/") }
      && !path.split(separator: "/").contains("..")
  }

  private func isResult(_ path: String, below target: String) -> Bool {
    path.hasPrefix(target + "/") && !path.split(separator: "/").contains("..") && DeclaredFolders.real(path) == nil
  }
}
