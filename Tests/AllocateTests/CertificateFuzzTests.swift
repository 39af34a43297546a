import CutlineCompute
import CutlineCore
import CutlineCredit
import Foundation
import Testing

@testable import CutlineAllocate

/// Certificates of somebody who knows the format: whatever a file holds, it is refused, or what it says is true.
@Suite struct CertificateFuzzTests {
  /// What of JSON may stand where a number stood.
  private static let extremes: [Int64] = [
    .max, .min, .max - 1, -1, 0, 1, 1 << 52, (1 << 53) - 1, -(1 << 53), 1 << 62, 62, 63,
  ]
  private static let texts = [
    "0", "-1", "1", "\(Int128(1) << 75)", "\(Int128(1) << 119)", "\((Int128(1) << 120) - 1)", "\(Int128.max)",
    "\(Int128.min)", String(repeating: "9", count: 36), "0." + String(repeating: "9", count: 18), "5", "100", "1e9",
  ]

  /// Changes one value somewhere below `value`.
  private static func mutated(_ value: Any, _ stream: inout RandomStream) -> Any {
    if var table = value as? [String: Any] {
      let keys = table.keys.sorted()
      guard !keys.isEmpty else { return value }
      let key = keys[stream.index(below: keys.count)]
      switch stream.index(below: 12) {
      case 0: table[key] = nil
      case 1: table[keys[stream.index(below: keys.count)]] = table[key]
      default: table[key] = mutated(table[key] ?? "", &stream)
      }
      return table
    }
    if var list = value as? [Any], !list.isEmpty {
      let at = stream.index(below: list.count)
      switch stream.index(below: 12) {
      case 0: list.remove(at: at)
      case 1: list.insert(list[at], at: at)
      case 2: list = [Any](repeating: list[at], count: 1 + stream.index(below: 60))
      default: list[at] = mutated(list[at], &stream)
      }
      return list
    }
    if value is String { return texts[stream.index(below: texts.count)] }
    if let number = value as? Int64, stream.index(below: 4) == 0 { return number &+ Int64(stream.index(below: 5)) &- 2 }
    return extremes[stream.index(below: extremes.count)]
  }

  private static func certificate(
    _ trial: Int, _ stream: inout RandomStream
  ) throws -> AllocationCertificate? {
    var segments = (0..<3).map { AllocationFixture.random("s\($0)", &stream, points: 4, size: 500) }
    if trial % 2 == 0 { segments[0].bounds.maxChange = try DecimalNumber(60) }
    if trial % 3 == 0 { segments[1].bounds.maxRisk = try DecimalNumber(90) }
    var limits = AllocationLimits(target: try DecimalNumber(Double(40 + stream.index(below: 80))))
    if trial % 2 == 1 { limits.mostChanged = 2 }
    if trial % 5 == 0 { limits.weight = .production }
    let input = AllocationFixture.input(segments, limits)
    let allocation = try AllocationFixture.exact(input)
    return allocation.status == .optimal ? try AllocationCertificate(allocation, input, runs: []) : nil
  }

  /// The claim, tried against every choice.
  private static func isTrue(_ certificate: AllocationCertificate) throws -> Bool {
    func point(_ sums: PointSums) -> SegmentFrontier.Point {
      .init(production: sums.production, numerator: sums.numerator, denominator: sums.denominator)
    }
    let segments = certificate.segments.map {
      SegmentFrontier(
        name: $0.name, measure: RiskMeasure(multiplier: certificate.multiplier), scale: certificate.scale,
        points: $0.points.map(point), today: $0.today.map(point), bounds: $0.bounds)
    }
    let input = AllocationFixture.input(segments, certificate.limits)
    let problem = try AllocationProblem(input)
    let active = Set(problem.options.constraints)
    let lists = try segments.indices.map { try problem.options.options($0, active: active) }
    let chosen = zip(certificate.segments, lists).compactMap { own, list in list.first { $0.point == own.chosen } }
    guard chosen.count == lists.count else { return false }
    let counts = certificate.limits.mostChanged
    func keeps(_ choice: [SegmentOptions.Option]) throws -> Bool {
      let production = choice.reduce(Int64(0)) { $0 + $1.sums.production }
      return try problem.budget.keeps(choice.map(\.sums)) && choice.count { !$0.isToday } <= counts ?? .max
        && production >= certificate.limits.leastProduction ?? .min
    }
    let total = chosen.reduce(Int64(0)) { $0 + $1.sums.production }
    guard try keeps(chosen), total == certificate.total else { return false }
    var all: [[SegmentOptions.Option]] = [[]]
    for list in lists { all = all.flatMap { before in list.map { before + [$0] } } }
    return try !all.contains { choice in
      try choice.reduce(Int64(0)) { $0 + $1.sums.production } > total && keeps(choice)
    }
  }

  /// Numbers replaced by extremes, members dropped, doubled and exchanged, one to three at a time.
  @Test func noFileEndsTheCheckNorPassesUntrue() throws {
    var stream = RandomStream(seed: 14)
    var (tried, read, proven) = (0, 0, 0)
    for trial in 0..<12 {
      guard let certificate = try Self.certificate(trial, &stream) else { continue }
      let object = try JSONSerialization.jsonObject(with: CanonicalJSON.encode(certificate))
      for _ in 0..<90 {
        tried += 1
        var forged = object
        for _ in 0...stream.index(below: 3) { forged = Self.mutated(forged, &stream) }
        let data = try JSONSerialization.data(withJSONObject: forged)
        // Most of what is dropped makes it no certificate.
        guard let other = try? CanonicalJSON.decode(AllocationCertificate.self, from: data) else { continue }
        read += 1
        guard case .proven? = try? AllocationChecker(limit: 20_000).verdict(on: other) else { continue }
        proven += 1
        #expect(try Self.isTrue(other), "trial \(trial): \(String(decoding: data, as: UTF8.self))")
      }
    }
    #expect(tried > 600 && read > 300 && proven > 20, "\(tried) \(read) \(proven)")
  }

  /// Sizes that have once ended it.
  @Test func knownForgeriesAreRefused() throws {
    var stream = RandomStream(seed: 2)
    let certificate = try #require(try Self.certificate(1, &stream))
    let object = try #require(
      try JSONSerialization.jsonObject(with: CanonicalJSON.encode(certificate)) as? [String: Any])
    let segment = try #require((object["segments"] as? [[String: Any]])?.first)
    func isProven(_ change: (inout [String: Any]) -> Void) throws -> Bool {
      var forged = object
      change(&forged)
      let data = try JSONSerialization.data(withJSONObject: forged)
      // A fault is an answer, too.
      guard let other = try? CanonicalJSON.decode(AllocationCertificate.self, from: data) else { return false }
      if case .proven? = try? AllocationChecker(limit: 20_000).verdict(on: other) { return true }
      return false
    }
    func dual(_ price: Int128, _ charge: Int128, _ shift: Int) -> [String: Any] {
      ["price": "\(price)", "charge": "\(charge)", "shift": shift]
    }
    func copies(_ count: Int, _ point: [Int64], _ bounds: [String: Any] = ["isLockedToToday": false]) -> [[String: Any]]
    {
      (0..<count).map { ["name": "s\($0)", "points": [point], "bounds": bounds, "chosen": 0] }
    }
    #expect(try isProven { _ in })
    // More may change than there are segments: true, and the charge is for no more than there are.
    #expect(
      try isProven {
        $0["limits"] = ["target": "1000000", "weight": "exposure", "objective": "production", "mostChanged": Int64.max]
        $0["segments"] = [segment].map { own in own.merging(["chosen": 3]) { $1 } }
        $0["total"] = certificate.segments[0].points[3].production
        $0["dual"] = dual(0, Int128(1) << 119, 0)
      })
    let limits: [String: Any] = ["target": "5", "weight": "exposure", "objective": "production"]
    let wide = Int64(1) << 52
    #expect(
      try !isProven {
        $0["limits"] = limits
        $0["segments"] = copies(40, [wide, 0, Int64(1) << 47])
        $0["dual"] = dual(Int128(1) << 75, 0, 62)
      })
    #expect(
      try !isProven {
        $0["limits"] = limits
        $0["segments"] = copies(1100, [2 * wide - 1, 0, 1])
      })
    let bounds: [String: Any] = ["isLockedToToday": false, "maxChange": String(repeating: "9", count: 36)]
    for today in [nil, [wide, 0, 1]] {
      #expect(
        try !isProven {
          $0["limits"] = limits
          $0["segments"] = copies(1, [wide, 0, 1], bounds).map { own in
            today.map { value in own.merging(["today": value]) { $1 } } ?? own
          }
          $0["total"] = wide
        })
    }
    // The same segment twice counts its applications twice.
    #expect(
      try !isProven {
        $0["limits"] = limits
        $0["segments"] = [copies(1, [7, 0, 9])[0], copies(1, [7, 0, 9])[0]]
        $0["total"] = 14
      })
    // Many segments: no stack is needed for them.
    #expect(
      try isProven {
        $0["limits"] = limits
        $0["segments"] = copies(15_000, [7, 0, 9])
        $0["total"] = 7 * 15_000
        $0["dual"] = dual(0, 0, 1)
      })
  }

  /// Whatever amounts and targets there are, an allocation is found and proven, or refused; nothing ends it.
  @Test func anySizesAreAnswered() async throws {
    var stream = RandomStream(seed: 41)
    var (proven, refused) = (0, 0)
    for trial in 0..<160 {
      func amount() -> Int64 {
        let bits = stream.index(below: 54)
        return max(1, Int64(1) << Int64(bits) - Int64(stream.index(below: 2)))
      }
      let segments = (0..<1 + stream.index(below: 4)).map { number in
        let points = (0..<1 + stream.index(below: 4)).map { _ in (amount(), amount(), amount()) }
        return AllocationFixture.segment(
          "s\(number)", points, today: (amount(), amount(), amount()),
          multiplier: [7, 1, 0.001, 123_456.789][stream.index(below: 4)])
      }
      let digits = (0..<1 + stream.index(below: 17)).map { _ in String(1 + stream.index(below: 9)) }.joined()
      let text = trial % 3 == 0 ? digits : "\(stream.index(below: 90)).\(digits)"
      let target = try CanonicalJSON.decode(DecimalNumber.self, from: Data("\"\(text)\"".utf8))
      var limits = AllocationLimits(target: target, weight: trial % 2 == 0 ? .exposure : .production)
      if trial % 4 == 1 { limits.mostChanged = stream.index(below: 3) }
      let input = AllocationFixture.input(segments, limits)
      do {
        let allocation = try AllocationFixture.exact(input)
        if limits.mostChanged == nil { _ = try await AllocationFixture.greedy(input) }
        guard allocation.status == .optimal else { continue }
        let certificate = try AllocationCertificate(allocation, input, runs: [])
        let verdict = try AllocationChecker(limit: 200_000).verdict(on: certificate)
        guard case .proven = verdict else {
          Issue.record("trial \(trial): \(verdict)")
          continue
        }
        proven += 1
      } catch let fault as Faults {
        #expect([.data, .usage].contains(fault.code), "\(fault)")
        refused += 1
      }
    }
    #expect(proven > 20 && refused > 20, "\(proven) \(refused)")
  }

  /// By production slacks are a billion times as large: what they would cut off is refused.
  @Test func slacksByProductionAreNotCutOff() throws {
    let wide = Int64(1) << 52
    let limits = AllocationLimits(
      target: try CanonicalJSON.decode(DecimalNumber.self, from: Data("\"1.2345678901234567\"".utf8)),
      weight: .production)
    let segments = ["a", "b"].map { AllocationFixture.segment($0, [(wide, 1, wide)]) }
    #expect(throws: Faults.self) { try AllocationFixture.exact(AllocationFixture.input(segments, limits)) }
  }
}
