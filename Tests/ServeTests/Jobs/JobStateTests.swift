@testable import CutlineServe
import Foundation
import Testing

/// What a job is follows from what is there.
@Suite struct JobStateTests {
  /// All that can be known, in every combination.
  private static let all: [JobState.Evidence] = {
    let endings: [JobEnding?] = [
      nil, JobEnding(), JobEnding(code: 0), JobEnding(code: 3), JobEnding(signal: 9), JobEnding(signal: 15),
    ]
    return [false, true].flatMap { cancelled in
      [false, true].flatMap { begun in
        [false, true].flatMap { running in
          [false, true].flatMap { published in
            endings.map {
              JobState.Evidence(
                isCancelled: cancelled, hasBegun: begun, isRunning: running, ending: $0, isPublished: published)
            }
          }
        }
      }
    }
  }()

  @Test func lawsOfTheFold() {
    #expect(Self.all.count == 96)
    for evidence in Self.all {
      let state = JobState(evidence)
      // Nobody cancelled what nobody asked to end, and nothing that was cancelled is only interrupted.
      if [.cancelled, .cancelling].contains(state) { #expect(evidence.isCancelled) }
      if state == .interrupted { #expect(!evidence.isCancelled && evidence.hasBegun && !evidence.isPublished) }
      // Exit 0 is success and nothing else is failure.
      if evidence.ending?.code == 0 { #expect(state == .succeeded) }
      if state == .failed { #expect(evidence.ending?.code ?? 0 != 0) }
      if state == .running || state == .cancelling {
        #expect(evidence.isRunning && evidence.hasBegun && evidence.ending == nil)
      }
      if state == .queued { #expect(!evidence.hasBegun && evidence.ending?.code == nil) }
      // What has ended does not depend on processes: another one may have its number.
      if evidence.ending != nil {
        var other = evidence
        other.isRunning.toggle()
        #expect(JobState(other) == state)
      }
    }
  }

  @Test func namesGrowAlsoWhereTheClockGoesBack() throws {
    let late = try #require(JobID("ffffffff-f000-7000-8000-000000000000"))
    let maker = JobID.Maker(after: late)
    let names = (0..<1000).map { _ in maker.next() }
    #expect(late < names[0])
    #expect(zip(names, names.dropFirst()).allSatisfy { $0 < $1 })
    #expect(names.allSatisfy { JobID($0.description) == $0 && $0.milliseconds > late.milliseconds })
  }

  @Test func progressIsTheSameForEveryCutOfTheLines() throws {
    let lines = """
      {"kind":"runStarted","message":"3 stages","seconds":0,"stage":""}
      {"kind":"stageStarted","message":"file","seconds":0,"stage":"source"}
      {"kind":"note","message":"20000 rows, 16 columns, csv","seconds":0,"stage":"source"}
      {"kind":"stageFinished","message":"","seconds":0,"stage":"source"}
      {"kind":"stageReused","message":"","seconds":0,"stage":"cube"}
      {"kind":"stageStarted","message":"x","seconds":0,"stage":"search"}
      {"fraction":0.25,"kind":"progress","message":"","seconds":0,"stage":"search"}
      {"code":4,"kind":"ended","message":"stage search: a gate"}

      """
    let whole = JobProgress(Data(lines.utf8))
    #expect((whole.stages, whole.stagesDone, whole.rows) == (3, 2, 20000))
    #expect(whole.running == ["search"] && whole.fraction == 0.25 && whole.ending?.code == 4 && whole.units == nil)
    var last = 0
    for cut in 0...lines.utf8.count {
      let part = JobProgress(Data(lines.utf8.prefix(cut)))
      #expect(part.stagesDone >= last && part.stagesDone <= 2)
      last = part.stagesDone
    }
    #expect(JobProgress(Data([0, 255, 10, 123])) == JobProgress(Data()))
  }

  @Test func aBatchIsCountedByItsUnits() {
    let lines = """
      {"kind":"batchStarted","units":2}
      {"kind":"unitStarted","unit":"a"}
      {"kind":"runStarted","message":"2 stages","seconds":0,"stage":"","unit":"a"}
      {"kind":"stageStarted","message":"","seconds":0,"stage":"train","unit":"a"}
      {"code":3,"condition":"failed","kind":"unitEnded","message":"no rows","unit":"a"}
      {"kind":"unitStarted","unit":"b"}
      {"kind":"stageStarted","message":"","seconds":0,"stage":"cube","unit":"b"}

      """
    let progress = JobProgress(Data(lines.utf8))
    #expect(progress.units == 2 && progress.unitsDone == 1 && progress.running == ["b: cube"])
    #expect(progress.failures == ["a: no rows"])
  }
}
