import CutlineCore
import CutlineRun
import TestSupport
import Testing

@Suite struct FaultTests {
  @Test func sentencesHideWhatIsPersonal() {
    let faults = Faults.data(
      Place(column: "income", row: 6), "holds text where a number is needed", found: .personal("12,5"), "Correct it.")
    #expect("\(faults)" == "column income, row 7: holds text where a number is needed, found \"12,5\". Correct it.")
    #expect(!faults.masked.contains("12,5") && faults.masked.contains("column income, row 7"))
    let failure = StageFailure(stage: "prepare", cause: faults)
    #expect("\(failure)".hasPrefix("stage prepare: column income, row 7: ") && failure.exitCode == .data)
    #expect(!failure.masked.contains("12,5"))
    let run = RunFailure(failures: [failure], skipped: [], finished: 0, kept: nil)
    #expect("\(run)".contains("12,5") && !run.masked.contains("12,5"))
    let word = Faults.usage("search", "there is no such name", found: .word("serch"), "Look again.")
    #expect(word.masked == "\(word)" && word.masked.contains("serch"))
  }

  @Test func mistakesAreCollectedInTheOrderOfTheirPlaces() throws {
    var reading = Reading()
    for line in [9, 3, 5] {
      try reading.attempt {
        throw Faults.usage(Place(source: "a.toml", line: line, column: 1), "is wrong", "Correct it.")
      }
    }
    #expect(try reading.attempt { 7 } == 7)
    try reading.attempt { throw Faults.usage(Place(source: "a.toml", line: 3, column: 1), "is wrong", "Correct it.") }
    #expect(!reading.isClean)
    let faults = expectFaults(.usage) { try reading.finish() }
    #expect(faults?.all.map(\.place.line) == [3, 5, 9], "each once")
  }

  @Test func atMostTwentyAreListed() throws {
    var reading = Reading()
    for line in 1...2000 {
      try reading.attempt { throw Faults.usage(Place(source: "a", line: line, column: 1), "is wrong", "Correct it.") }
    }
    let faults = expectFaults(.usage) { try reading.finish() }
    #expect(faults?.all.count == 20 && faults?.all.first?.place.line == 1 && faults?.leftOut == 1980)
    #expect("\(faults.map(String.init(describing:)) ?? "")".hasSuffix("\nThere are 1980 mistakes more."))
    #expect(throws: Never.self) { try Reading().finish() }
  }

  @Test func remarksTakeNumbersAndNamedWords() {
    let remark: Remark = "\(3) rows of \(word: "income") begin with \(personal: "Ann"), mean \(1.5)"
    #expect(remark.shown == "3 rows of income begin with Ann, mean 1.5")
    #expect(remark.masked == "3 rows of income begin with (not kept), mean 1.5")
    #expect(remark.discreet == "3 rows of income begin with Aaa, mean 1.5")
    let heard = Remark(printed: "Ann is 42")
    #expect(heard.shown == "Ann is 42" && heard.discreet == "(not shown)" && heard.masked == "(not kept)")
  }
}
