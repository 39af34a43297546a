@testable import CutlineServe
@_spi(Run) import CutlineCore
import CutlineRun
import CutlineWorkspace
import Foundation
import Testing

/// Jobs with the real tool: what they leave is what the command line leaves.
@Suite struct JobRunTests {
  /// Everything that runs with a name in its command line.
  private func processes(saying word: String) -> [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.filter { name in
      guard Int32(name) != nil, let line = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(name)/cmdline")) else {
        return false
      }
      return line.range(of: Data(word.utf8)) != nil
    }
  }

  private func files(below folder: String, except: [String] = ["manifest.json", "events.jsonl", "batch.json"]) throws
    -> [String: Data]
  {
    var found: [String: Data] = [:]
    for path in try FileSystem.filesBelow(folder) where !except.contains(String(path.split(separator: "/").last ?? ""))
    {
      found[path] = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(path)"))
    }
    return found
  }

  @Test func aRunIsThatOfTheCommandLine() throws {
    let place = try JobPlace()
    try place.simulate()
    let jobs = try place.jobs()
    var request = place.request("a")
    request.settings = ["optimum_risk=4.5"]
    let id = try #require(JobID(try jobs.submit(request, by: "anna").id))
    #expect(eventually { (try? jobs.job(id).state.isEnd) == true })
    let job = try jobs.job(id)
    #expect(job.state == .succeeded && job.isPublished && job.exitCode == 0 && job.faults.isEmpty, "\(job)")
    #expect(job.progress.stages > 10 && job.progress.stagesDone == job.progress.stages && job.progress.rows == 3000)
    #expect(job.progress.running.isEmpty)
    #expect(try jobs.asked(id).configuration == Array(place.text().utf8))
    #expect(
      try place.run("run", "-c", "jobs/\(id)/config.toml", "-o", "by-hand", "--set", "optimum_risk=4.5").code == 0)
    let (own, hand) = (try Manifest.load(from: place.path("runs/a")), try Manifest.load(from: place.path("by-hand")))
    #expect(own.resultsDigest == hand.resultsDigest)
    #expect(try files(below: place.path("runs/a")) == files(below: place.path("by-hand")))
    // The results that are served are the bytes that the tool printed.
    let shelf = try RunShelf(place.path("runs"))
    let printed = try jobs.text(of: id, errors: false, limit: 1 << 20)
    let run = try shelf.run("a")
    #expect(try Array(run.results()) == printed && !printed.isEmpty)
    for file in run.files {
      #expect(try Data(run.file(file.path).bytes()) == place.read("runs/a/\(file.path)"), "\(file.path)")
    }
    // Row G10, with the tool's own counts.
    let alerts = try DriftAlertCount.all(in: place.path("runs/a"))
    #expect(
      shelf.alerts == alerts && alerts.values.reduce(0, +) == run.entry.alerts.values.flatMap(\.values).reduce(0, +))
    // The same name again is refused, unless it may be replaced.
    do { _ = try jobs.submit(request, by: "ben") } catch { #expect((error as? JobRefusal)?.reason == .conflict) }
    request.options.replaces = true
    request.settings = ["optimum_risk=5.5"]
    let next = try #require(JobID(try jobs.submit(request, by: "ben").id))
    #expect(eventually { (try? jobs.job(next).state) == .succeeded })
    #expect(try Manifest.load(from: place.path("runs/a")).resultsDigest != own.resultsDigest)
    #expect(shelf.list(limit: 10).entries.count == 1)
    jobs.close()
  }

  /// Counts of the files themselves, by another way than the shelf's.
  private enum DriftAlertCount {
    static func all(in folder: String) throws -> [String: Int] {
      var sums = ["info": 0, "warning": 0, "critical": 0]
      for path in try FileSystem.filesBelow(folder) where path.contains("drift_alerts_") {
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(path)")))
        for (severity, count) in ((object as? [String: Any])?["summary"] as? [String: Int]) ?? [:] {
          sums[severity, default: 0] += count
        }
      }
      return sums
    }
  }

  @Test func aRunThatFailsSaysWhy() throws {
    let place = try JobPlace()
    try place.simulate()
    let jobs = try place.jobs()
    // A file that is no table of applications, which no check of a configuration can know.
    try place.write("data/other.csv", "a,b\n1,2\n")
    var request = place.request("a")
    request.configuration = .text(place.text().replacing("applications.csv", with: "other.csv"))
    let id = try #require(JobID(try jobs.submit(request, by: "anna").id))
    #expect(eventually { (try? jobs.job(id).state.isEnd) == true })
    let job = try jobs.job(id)
    #expect(
      job.state == .failed && job.exitCode == ExitCode.data.rawValue && !job.isPublished
        && job.faults.first?.contains("stage") == true, "\(job)")
    #expect(!place.exists("runs/a"))
    jobs.close()
  }

  @Test func aCancelledRunLeavesNothingAndGoesOn() throws {
    let place = try JobPlace()
    try place.simulate(rows: 20_000)
    let jobs = try place.jobs()
    // Minutes of resamples.
    var request = place.request("a")
    request.configuration = .text(place.text().replacing("resamples = 0", with: "resamples = 20000"))
    let id = try #require(JobID(try jobs.submit(request, by: "anna").id))
    #expect(eventually { (try? jobs.job(id).progress.stagesDone) ?? 0 > 2 })
    #expect(try jobs.job(id).state == .running && !processes(saying: id.description).isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path("runs")).contains { $0.hasPrefix(".a.") })
    _ = try jobs.cancel(id, by: "anna")
    #expect(eventually { (try? jobs.job(id).state) == .cancelled })
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path("runs")).isEmpty)
    #expect(processes(saying: id.description).isEmpty)
    let job = try jobs.job(id)
    #expect(job.signal == SIGTERM && job.exitCode == nil && !job.isPublished)
    // Resumed with its own words, cancelled once more; and one with fewer resamples to the end.
    let again = try #require(JobID(try jobs.resume(id, by: "ben").id))
    #expect(try jobs.asked(again).configuration == jobs.asked(id).configuration)
    _ = try jobs.cancel(again, by: "ben")
    #expect(eventually { (try? jobs.job(again).state) == .cancelled })
    request.settings = ["resamples=0"]
    let last = try #require(JobID(try jobs.submit(request, by: "anna").id))
    #expect(eventually { (try? jobs.job(last).state) == .succeeded })
    jobs.close()
  }

  @Test func aBatchIsThatOfTheCommandLineAndGoesOn() throws {
    let place = try JobPlace()
    try place.simulate(rows: 9000)
    let segments = """
      [supersegments.consumer]
      segment_filters = ["CONSUMER_STD", "CONSUMER_PLUS"]
      [segments.std]
      segment_filter = "CONSUMER_STD"
      supersegment = "consumer"
      [segments.plus]
      segment_filter = "CONSUMER_PLUS"
      supersegment = "consumer"
      optimum_risk = 8

      """
    let jobs = try place.jobs()
    let id = try #require(
      JobID(
        try jobs.submit(
          JobRequest(.batch, name: "all", configuration: .text(place.text()), segments: .text(segments)), by: "anna"
        ).id))
    #expect(eventually { (try? jobs.job(id).progress.unitsDone) ?? 0 >= 1 || (try? jobs.job(id).state.isEnd) == true })
    _ = try jobs.cancel(id, by: "anna")
    #expect(eventually { (try? jobs.job(id).state.isEnd) == true })
    var last = id
    if try jobs.job(id).state == .cancelled {
      #expect(processes(saying: id.description).isEmpty)
      #expect(try FileSystem.filesBelow(place.path("runs")).allSatisfy { !$0.contains(".cutline-") })
      last = try #require(JobID(try jobs.resume(id, by: "anna").id))
      #expect(eventually { (try? jobs.job(last).state.isEnd) == true })
    }
    let job = try jobs.job(last)
    #expect(job.state == .succeeded && job.progress.unitsDone == 3 && job.progress.units == 3, "\(job)")
    try place.write("segments.toml", segments)
    #expect(
      try place.run("batch", "-c", "jobs/\(id)/config.toml", "--segments-config", "segments.toml", "-o", "by-hand").code
        == 0)
    for name in ["std", "plus", "_supersegment_consumer"] {
      let (own, hand) = (
        try Manifest.load(from: place.path("runs/all/\(name)")), try Manifest.load(from: place.path("by-hand/\(name)"))
      )
      #expect(
        own.files.filter { $0.path.hasPrefix("data/") }.map(\.sha256)
          == hand.files.filter { $0.path.hasPrefix("data/") }.map(\.sha256), "\(name)")
    }
    let table = "consolidated_risk_production.csv"
    #expect(try place.read("runs/all/\(table)") == place.read("by-hand/\(table)"))
    let shelf = try RunShelf(place.path("runs"))
    #expect(Set(shelf.list(limit: 10).entries.map(\.name)) == ["all/std", "all/plus", "all/_supersegment_consumer"])
    jobs.close()
  }
}
