import CutlineCompute
import CutlineCore
import CutlineCredit
import Foundation
import Testing

@testable import CutlineAllocate

@Suite struct AllocationCertificateTests {
  private static func isProven(_ certificate: AllocationCertificate) throws -> Bool {
    if case .proven = try AllocationChecker(limit: 200_000).verdict(on: certificate) { return true }
    return false
  }

  /// A certificate as somebody would change it, with a checksum that fits.
  private static func changed(
    _ certificate: AllocationCertificate, _ change: (inout [String: Any]) -> Void
  ) throws -> AllocationCertificate {
    let data = try CanonicalJSON.encode(certificate)
    var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    change(&object)
    return try CanonicalJSON.decode(AllocationCertificate.self, from: JSONSerialization.data(withJSONObject: object))
  }

  /// Optima of random instances with limits are proven; any lie is refused.
  @Test func optimaAreProvenAndLiesRefused() throws {
    var stream = RandomStream(seed: 8)
    var (proven, refused) = (0, 0)
    for trial in 0..<90 {
      var segments = (0..<3 + stream.index(below: 3)).map {
        AllocationFixture.random("s\($0)", &stream, points: 2 + stream.index(below: 7), size: 500)
      }
      if trial % 3 == 0 { segments[0].bounds.maxRisk = try DecimalNumber(Double(60 + stream.index(below: 100))) }
      if trial % 4 == 0 { segments[1].bounds.isLockedToToday = true }
      var limits = AllocationLimits(
        target: try DecimalNumber(Double(40 + stream.index(below: 80))),
        weight: trial % 5 == 0 ? .production : .exposure)
      if trial % 2 == 0 { limits.mostChanged = 1 + stream.index(below: segments.count) }
      let input = AllocationFixture.input(segments, limits)
      let allocation = try AllocationFixture.exact(input)
      guard allocation.status == .optimal else { continue }
      let certificate = try AllocationCertificate(allocation, input, runs: [])
      // In pieces, the bytes are those of the whole.
      #expect(try certificate.encoded() == CanonicalJSON.encode(certificate))
      #expect(try certificate.isIntact() && Self.isProven(certificate), "trial \(trial)")
      proven += 1
      // Another total, another target, a choice that another one beats.
      #expect(try !Self.isProven(Self.changed(certificate) { $0["total"] = certificate.total + 1 }))
      let risk = allocation.productionWeightedPercent(segments[0].measure) ?? 0
      if risk > 1 {
        #expect(
          try !Self.isProven(
            Self.changed(certificate) {
              var limits = $0["limits"] as? [String: Any] ?? [:]
              limits["target"] = "1"
              $0["limits"] = limits
            }))
      }
      let worse = try Self.changed(certificate) { object in
        var all = object["segments"] as? [[String: Any]] ?? []
        guard let place = all.firstIndex(where: { ($0["chosen"] as? Int ?? 0) > 0 }) else { return }
        let chosen = all[place]["chosen"] as? Int ?? 0
        all[place]["chosen"] = chosen - 1
        object["segments"] = all
        let points = segments[place].points
        object["total"] = certificate.total - points[chosen].production + points[chosen - 1].production
      }
      if worse.total != certificate.total {
        #expect(try !Self.isProven(worse), "trial \(trial)")
        refused += 1
      }
      // Prices are hints: with others the claim still holds, or is too much work, and is never refused.
      let hint = try Self.changed(certificate) {
        var dual = $0["dual"] as? [String: Any] ?? [:]
        dual["price"] = "0"
        dual["charge"] = "0"
        $0["dual"] = dual
      }
      #expect(try Self.isProven(hint))
    }
    #expect(proven > 35 && refused > 18, "\(proven) \(refused)")
  }

  @Test func whatIsNotProvenHasNone() async throws {
    let input = try AllocationFixture.toy(1.5)
    let greedy = try await AllocationFixture.greedy(input)
    #expect(throws: Faults.self) { try AllocationCertificate(greedy, input, runs: []) }
  }

  /// By a walk that is too long nothing is said.
  @Test func aLimitIsSaid() throws {
    let input = try AllocationFixture.subsets(of: 14)
    let certificate = try AllocationCertificate(AllocationFixture.exact(input), input, runs: [])
    #expect(try Self.isProven(certificate))
    #expect { try AllocationChecker(limit: 10).verdict(on: certificate) } throws: { ($0 as? Faults)?.code == .data }
  }
}
