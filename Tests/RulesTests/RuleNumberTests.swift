import Foundation
import Testing

@testable import CutlineRules

@Suite struct RuleNumberTests {
  @Test func placeholder() throws {
    #expect(try RuleNumber(0.1)?.adding(#require(RuleNumber(0.2))) == RuleNumber(0.3))
  }
}
