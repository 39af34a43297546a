internal import CutlineCompute

/// What leaves of the program throw: one fault, or several of one code that were collected.
public struct Faults: EndingError, Hashable {
  /// In the order of their places; at least one.
  public let all: [Fault]
  /// How many more there are beyond those that are listed.
  public let leftOut: Int
  public let code: ExitCode

  /// The most that is listed.
  public static let limit = 20

  public init(_ fault: Fault) {
    all = [fault]
    leftOut = 0
    code = fault.code
  }

  /// - Parameters:
  ///   - faults: at least one; those of another code than the first are left out, as they will be met again.
  ///   - leftOut: how many were not even kept.
  init?(_ faults: [Fault], leftOut: Int = 0) {
    guard let first = faults.first else { return nil }
    code = first.code
    let own = faults.filter { $0.code == first.code }
    all = Array(own.prefix(Self.limit))
    self.leftOut = leftOut + own.count - all.count
  }

  public var exitCode: ExitCode { code }

  public func text(_ disclosure: Disclosure) -> String {
    var lines = all.map { $0.text(disclosure) }
    if leftOut > 0 { lines.append("There are \(leftOut) mistakes more.") }
    return lines.joined(separator: "\n")
  }

  /// The first one's, for an error that is put into another sentence.
  public var location: String { all[0].place.description }
  public var problem: String { all[0].problem }
  public var advice: String { all[0].advice }

  /// The same with `place` in front of each place.
  public func inside(_ place: String) -> Faults {
    recoded(code) {
      Fault(
        code, Place(source: "\(place): \($0.place)"), $0.problem, found: $0.found, $0.advice,
        giver: $0.giver.map { "\(place): \($0)" })
    }
  }

  /// The same, of what `giver` has given, a program perhaps: its files may hold anything, names of columns and keys too.
  func given(by giver: String) -> Faults {
    recoded(code) {
      Fault(code, Place(source: "\(giver): \($0.place)"), $0.problem, found: $0.found, $0.advice, giver: giver)
    }
  }

  /// The same as faults of `code`, such as those of a program's output, which is data here.
  public func recoded(_ code: ExitCode) -> Faults {
    recoded(code) { Fault(code, $0.place, $0.problem, found: $0.found, $0.advice, giver: $0.giver) }
  }

  private func recoded(_ code: ExitCode, _ change: (Fault) -> Fault) -> Faults {
    Faults(all.map(change), leftOut: leftOut) ?? self
  }
}

extension Faults {
  /// The command line or the configuration is wrong.
  public static func usage(
    _ place: some Location, _ problem: String, found: Fault.Found? = nil, _ advice: String
  ) -> Faults { Faults(Fault(.usage, place.place, problem, found: found, advice)) }

  /// The data is unusable, or a computation has no usable answer.
  public static func data(
    _ place: some Location, _ problem: String, found: Fault.Found? = nil, _ advice: String
  ) -> Faults { Faults(Fault(.data, place.place, problem, found: found, advice)) }

  /// A gate refused to let the run go on.
  public static func gate(_ place: some Location, _ problem: String, _ advice: String) -> Faults {
    Faults(Fault(.gate, place.place, problem, advice))
  }

  /// A stored file is not what it should be.
  public static func integrity(_ place: some Location, _ problem: String, _ advice: String) -> Faults {
    Faults(Fault(.integrity, place.place, problem, advice))
  }

  /// A file could not be read or written.
  public static func io(_ place: some Location, _ problem: String, _ advice: String) -> Faults {
    Faults(Fault(.io, place.place, problem, advice))
  }

  /// Any error as faults: those of modules that know no exit codes get theirs here, and nothing else is expected.
  public init(_ error: any Error) {
    switch error {
    case let faults as Faults: self = faults
    case let failure as any ComputeFailure:
      let code: ExitCode =
        switch failure.cause {
        case .settings, .device: .usage
        case .data: .data
        case .system: .io
        }
      self.init(Fault(code, Place(source: failure.origin), failure.problem, failure.advice))
    default:
      self.init(Fault(.data, "unexpected error", "\(error)", "This is a fault of the program; please report it."))
    }
  }
}
