import CutlineCore
import Foundation
import Testing

/// What may stand on a terminal, and which values may be named where something is kept.
@Suite struct TerminalTextTests {
  private static func steers(_ value: UInt32) -> Bool {
    value < 0x20 || (0x7F...0x9F).contains(value) || (0x202A...0x202E).contains(value)
      || (0x2066...0x2069).contains(value) || [0x061C, 0x200E, 0x200F, 0x2028, 0x2029].contains(value)
  }

  /// Every scalar of the basic plane: those that steer are spelled out, all others stay.
  @Test func everyScalar() throws {
    for value in UInt32(0)...0xFFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let text = "a\(Character(scalar))b"
      let shown = TerminalText.escaped(text)
      if Self.steers(value) {
        #expect(shown == "a\\u{\(String(value, radix: 16, uppercase: true))}b", "\(value)")
      } else {
        #expect(Array(shown.utf8) == Array(text.utf8), "\(value)")
      }
      #expect(TerminalText.escaped(shown) == shown, "\(value)")
    }
    #expect(TerminalText.escaped("a\nb\r\n", keepingLines: true) == "a\nb\\u{D}\n")
  }

  @Test func faultsAndRemarksAreSpelledOut() {
    let hostile = "x\u{1B}]0;y\u{7}\n\u{202E}z"
    let fault = Faults.data(
      Place(source: hostile), hostile, found: .personal(hostile), hostile)
    let remark: Remark = "a \(word: hostile) b \(personal: hostile) c \(printed: hostile)"
    for text in [
      fault.text(.full), fault.text(.discreet), fault.text(.log), remark.shown, remark.discreet, remark.masked,
      Remark(word: hostile).shown, Remark(printed: hostile).shown, Remark(fault).shown,
    ] {
      #expect(!text.unicodeScalars.contains { Self.steers($0.value) }, "\(text.debugDescription)")
    }
    #expect(fault.text(.full).contains("found \"x\\u{1B}]0;y\\u{7}\\u{A}\\u{202E}z\""))
  }

  /// What a program has printed and what is personal: nowhere but where it is asked for.
  @Test func whatIsNotAskedForIsNotShown() {
    let printed = Faults(Fault(.data, "x", "failed", found: .printed(["Ann 42", "Bob"]), "Try."))
    #expect(printed.text(.full).contains("  | Ann 42\n  | Bob"))
    #expect(printed.text(.discreet).hasSuffix("  | 2 lines that a program printed"))
    #expect(!printed.text(.log).contains("Ann") && !printed.text(.log).contains("\n"))
    let few: Remark = "\(value: "ann", sharedBy: 9)"
    let many: Remark = "\(value: "ok", sharedBy: 10)"
    #expect(few.shown == "ann" && few.discreet == "aaa" && few.masked == "(not kept)")
    #expect(many.masked == "ok" && many.discreet == "ok")
    #expect(Remark(printed: "Ann").discreet == "(not shown)")
  }

  @Test func tenRowsMakeAWord() {
    let words = (0..<30).map { (word: "w\($0)", rows: $0 + 1) }
    let named = Vocabulary.named(words)
    #expect(named.words.count == 20 && named.others == 10 && named.words.first == "w29" && named.words.last == "w10")
    let some = [(word: "b", rows: 10), (word: "a", rows: 12), (word: "z", rows: 9), (word: "y", rows: 1)]
    #expect(Vocabulary.phrase(some) == "a, b, other values: 2")
  }

  /// Strictly between, and of no more decimals than any other number between.
  @Test func boundariesArePlainAndNobodys() {
    var draws = Seeded()
    for _ in 0..<2000 {
      let a = Double.random(in: -1e4...1e4, using: &draws)
      let b = a + pow(10, Double.random(in: -6...4, using: &draws))
      let cut = Vocabulary.boundary(between: a, and: b)
      #expect(a < cut && cut < b)
      for decimals in 0...6 {
        let power = pow(10, Double(decimals))
        if (cut * power).rounded() / power == cut { break }
        let next = ((a * power).rounded(.down) + 1) / power
        #expect(!(a < next && next < b), "\(a) \(b) \(cut)")
      }
    }
    for (low, high) in [(8.04, 8.08), (32.41, 32.45), (4.06, 4.1), (-0.07, 0), (0, 5e-7)] {
      let cut = Vocabulary.boundary(between: low, and: high)
      #expect(low < cut && cut < high, "\(low) \(high) \(cut)")
    }
    #expect(Vocabulary.boundary(between: 480.21, and: 499.7) == 490)
    #expect(Vocabulary.boundary(between: 1, and: (1.0).nextUp) == 1)
    let last = Vocabulary.boundary(between: 519.000007, and: .infinity)
    #expect(last > 519.000007 && last.isFinite)
  }
}

/// The same numbers in every run.
private struct Seeded: RandomNumberGenerator {
  private var state: UInt64 = 16

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
