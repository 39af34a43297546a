/// What a number is of: `years`, `EUR`, `EUR/month`; a product of named units with whole powers. Sums and comparisons need equal ones.
public struct RuleUnit: Sendable, Hashable {
  /// Without zeros; empty for a plain number.
  private let powers: [String: Int]

  public static let plain = RuleUnit(powers: [:])
  static let days = RuleUnit(powers: ["days": 1])

  private init(powers: [String: Int]) { self.powers = powers.filter { $0.value != 0 } }

  /// Reads names joined by `*` and `/`; `1` or nothing is a plain number.
  /// - Returns: nil for what is no unit.
  public init?(_ text: String) {
    guard text != "1", !text.isEmpty else {
      self = .plain
      return
    }
    var powers: [String: Int] = [:]
    var sign = 1
    for part in text.split(separator: #/(?=[*\/])/#, omittingEmptySubsequences: false) where !part.isEmpty {
      var name = part[...]
      if name.first == "*" || name.first == "/" {
        sign = name.first == "/" ? -1 : 1
        name = name.dropFirst()
      }
      if name == "1" { continue }
      guard name.wholeMatch(of: /[A-Za-z%][A-Za-z0-9_%]{0,31}/) != nil else { return nil }
      powers[String(name), default: 0] += sign
    }
    guard powers.count <= 8 else { return nil }
    self.init(powers: powers)
  }

  var isPlain: Bool { powers.isEmpty }

  static func * (a: RuleUnit, b: RuleUnit) -> RuleUnit {
    RuleUnit(powers: a.powers.merging(b.powers, uniquingKeysWith: +))
  }
  static func / (a: RuleUnit, b: RuleUnit) -> RuleUnit {
    RuleUnit(powers: a.powers.merging(b.powers.mapValues { -$0 }, uniquingKeysWith: +))
  }

  /// As it is read again.
  public var text: String {
    guard !powers.isEmpty else { return "1" }
    func names(_ sign: Int) -> [String] {
      powers.keys.sorted().flatMap { [String](repeating: $0, count: max(0, sign * (powers[$0] ?? 0))) }
    }
    let (above, below) = (names(1), names(-1))
    return (above.isEmpty ? "1" : above.joined(separator: "*")) + below.map { "/\($0)" }.joined()
  }
}
