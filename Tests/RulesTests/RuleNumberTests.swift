import CutlineCompute
import Foundation
import Testing

@testable import CutlineRules

/// Exact decimals against whole numbers of 128 bits, and against what is known.
@Suite struct RuleNumberTests {
  private static func number(_ text: String) throws -> RuleNumber { try #require(RuleNumber(spelled: text)) }

  @Test func whatBinaryNumbersGetWrong() throws {
    let sum = try #require(try Self.number("0.1").adding(Self.number("0.2")))
    #expect(sum == RuleNumber(0.3) && RuleNumber(0.1 + 0.2) != RuleNumber(0.3))
    #expect(try Self.number("1.15").multiplied(by: Self.number("100")) == Self.number("115"))
    #expect(RuleNumber(-0.0) == .zero && RuleNumber(.infinity) == nil && RuleNumber(.nan) == nil)
    #expect(RuleNumber(Double.leastNonzeroMagnitude)?.text.hasSuffix("5") == true && RuleNumber(1e300)?.double == 1e300)
  }

  /// Sums, products and the order of m/10ⁱ and n/10ʲ are those of whole numbers over one power of ten.
  @Test func lawsOfWholeNumbers() throws {
    var stream = RandomStream(seed: 11)
    func power(_ places: Int) -> Int128 { (0..<places).reduce(1) { own, _ in own * 10 } }
    for _ in 0..<5000 {
      let (m, n) = (
        Int128(stream.index(below: 2_000_001)) - 1_000_000, Int128(stream.index(below: 2_000_001)) - 1_000_000
      )
      let (i, j) = (stream.index(below: 9), stream.index(below: 9))
      let (x, y) = (try #require(RuleNumber(m, -i)), try #require(RuleNumber(n, -j)))
      #expect(x.adding(y) == RuleNumber(m * power(j) + n * power(i), -i - j))
      #expect(x.multiplied(by: y) == RuleNumber(m * n, -i - j))
      let order = m * power(j) - n * power(i)
      #expect(x.order(to: y) == Int(order.signum()) && (x < y) == (order < 0))
      #expect(RuleNumber(spelled: x.text) == x)
      // q·y is within half a unit of the 34th digit of x.
      guard n != 0, let q = x.divided(by: y), let back = q.multiplied(by: y) else { continue }
      let error = try #require(back.adding(x.negated)).magnitude
      let unit = try #require(RuleNumber(1, -33))
      #expect(try error <= #require(x.magnitude.multiplied(by: unit)))
    }
  }

  @Test func doublesAreTheirShortestDecimals() throws {
    var stream = RandomStream(seed: 12)
    for round in 0..<20_000 {
      let value: Double =
        round % 2 == 0
        ? Double(stream.index(below: 1_000_000_000)) / [1, 10, 100, 1e4, 1e7][stream.index(below: 5)]
        : Double(bitPattern: UInt64(stream.index(below: 1 << 62)))
      guard value.isFinite else { continue }
      let own = try #require(RuleNumber(value))
      #expect(own == RuleNumber(spelled: value.description) && own.double == value)
      // Doubles and decimals are in the same order.
      let other = value.nextUp
      if other.isFinite { #expect(try own < #require(RuleNumber(other))) }
    }
  }

  @Test func quotientsHave34DigitsHalfToEven() throws {
    for (a, b, text) in [
      ("1", "3", "0." + String(repeating: "3", count: 34)), ("2", "3", "0." + String(repeating: "6", count: 33) + "7"),
      ("1", "8", "0.125"), ("-10", "4", "-2.5"), ("1", "0.0625", "16"),
      ("1", "7", "0.1428571428571428571428571428571429"),
    ] { #expect(try Self.number(a).divided(by: Self.number(b)) == Self.number(text), "\(a)/\(b)") }
    // 39 digits before the division, so that digits are dropped: to even.
    let wide = try #require(RuleNumber((Int128(1) << 126) - 1, 0))
    let half = try #require(wide.divided(by: RuleNumber(small: 1)))
    #expect(half.text == "85070591730234615865843651857942050000")
  }

  @Test func whatDoesNotFitIsNone() throws {
    let wide = try #require(RuleNumber(Int128.max - 6, 0))
    #expect(wide.adding(wide) == nil && wide.multiplied(by: wide) == nil)
    #expect(try Self.number("1e30").adding(Self.number("1e-30")) == nil)
    #expect(RuleNumber(1, 10_001) == nil && RuleNumber(1, -10_001) == nil)
    #expect(RuleNumber(spelled: ".") == nil && RuleNumber(spelled: "1.2.3") == nil && RuleNumber(spelled: "") == nil)
    let large = try #require(RuleNumber(1, 9_999))
    #expect(large > wide && large.multiplied(by: large) == nil && large.order(to: large.negated) == 1)
  }

  @Test func units() throws {
    let (money, years) = (try #require(RuleUnit("EUR")), try #require(RuleUnit("years")))
    #expect(
      (money / years).text == "EUR/years" && (money / money).text == "1" && RuleUnit("EUR/years") == money / years)
    #expect((money * money / years).text == "EUR*EUR/years" && RuleUnit("1/years")?.text == "1/years")
    #expect(RuleUnit("9x") == nil && RuleUnit("a b") == nil)
  }
}
