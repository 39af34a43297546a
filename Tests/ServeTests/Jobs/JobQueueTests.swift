@testable import CutlineServe
import CutlineCompute
@_spi(Run) import CutlineCore
import Foundation
import Testing

/// The queue, with a program that ends when it is told to.
@Suite struct JobQueueTests {
  let place: JobPlace
  let program: String

  init() throws {
    place = try JobPlace()
    try place.write("data/a.csv", "a\n")
    // The words of a run: run --config C --output O …
    program = try place.program(
      "tool",
      """
      name=$(basename "$5")
      echo "begun $name"
      while [ ! -e "\(place.root)/go-$name" ]; do sleep 0.02; done
      echo "ended $name" >&2
      exit $(cat "\(place.root)/go-$name")
      """)
  }

  /// What takes no time to check.
  private func request(_ name: String) -> JobRequest {
    let own =
      "plan = \"none\"\n[[stage]]\nid = \"source\"\nkind = \"source\"\nuse = \"file\"\nwith = { path = \"\(place.path("data/a.csv"))\" }\n"
    return JobRequest(.run, name: name, configuration: .text(own))
  }

  private func open(_ change: (inout Jobs.Options) -> Void = { _ in }) throws -> Jobs {
    try place.jobs(program, change)
  }
  private func release(_ name: String, code: Int = 0) throws { try place.write("go-\(name)", "\(code)") }

  @Test func theFirstComesFirst() throws {
    let jobs = try open { $0.waiting = 2 }
    let first = try jobs.submit(request("a"), by: "anna")
    #expect(eventually { (try? jobs.job(JobID(first.id)!).state) == .running })
    let second = try jobs.submit(request("b"), by: "ben")
    let third = try jobs.submit(request("c"), by: "ben")
    #expect(second.state == .queued && second.before == 0 && third.before == 1 && second.by == "ben")
    #expect(throws: JobRefusal.self) { try jobs.submit(request("d"), by: "anna") }
    do { _ = try jobs.submit(request("b"), by: "anna") } catch { #expect((error as? JobRefusal)?.reason == .conflict) }
    try release("a")
    #expect(eventually { (try? jobs.job(JobID(second.id)!).state) == .running })
    let ended = try jobs.job(JobID(first.id)!)
    #expect(ended.state == .succeeded && ended.exitCode == 0 && ended.startedAt != nil && ended.endedAt != nil)
    #expect(String(decoding: try jobs.text(of: JobID(first.id)!, errors: false), as: UTF8.self) == "begun a\n")
    #expect(String(decoding: try jobs.text(of: JobID(first.id)!, errors: true), as: UTF8.self) == "ended a\n")
    let (page, hasMore) = jobs.list(limit: 2)
    #expect(page.map(\.name) == ["c", "b"] && hasMore)
    #expect(jobs.list(limit: 5, before: JobID(page[1].id)).jobs.map(\.name) == ["a"])
    #expect(jobs.list(limit: 5, state: .running).jobs.map(\.name) == ["b"])
    for name in ["b", "c"] { try release(name, code: 4) }
    #expect(eventually { (try? jobs.job(JobID(third.id)!).state) == .failed })
    #expect(try jobs.job(JobID(third.id)!).exitCode == 4)
    jobs.close()
  }

  @Test func whatDoesNotEndIsKilled() throws {
    // It does not hear what it is told.
    let deaf = try place.program("deaf", "trap '' TERM\nwhile true; do sleep 0.05; done\n")
    let jobs = try place.jobs(deaf) { $0.graceSeconds = 0.5 }
    let id = try #require(JobID(try jobs.submit(request("a"), by: "anna").id))
    #expect(eventually { (try? jobs.job(id).state) == .running })
    let process = try #require(DetachedProgram(note: place.path("jobs/\(id)/process")))
    #expect(try jobs.cancel(id, by: "ben").state == .cancelling)
    #expect(try jobs.cancel(id, by: "carl").cancelledBy == "ben", "asking twice changes nothing")
    #expect(eventually { (try? jobs.job(id).state) == .cancelled })
    #expect(!process.isRunning(saying: id.description))
    #expect(try jobs.job(id).signal == SIGKILL)
    #expect(try jobs.cancel(id, by: "anna").state == .cancelled)
    jobs.close()
  }

  @Test func whatIsPrintedIsBounded() throws {
    let loud = try place.program(
      "loud", "i=0\nwhile [ $i -lt 300 ]; do head -c 10000 /dev/zero; i=$((i+1)); sleep 0.005; done\n")
    let jobs = try place.jobs(loud) { $0.textLimit = 100_000 }
    let id = try #require(JobID(try jobs.submit(request("a"), by: "anna").id))
    #expect(eventually { (try? jobs.job(id).state) == .succeeded })
    let size = try FileManager.default.attributesOfItem(atPath: place.path("jobs/\(id)/stdout"))[.size] as? Int ?? 0
    #expect(size <= 100_000)
    #expect(try jobs.text(of: id, errors: false, limit: 1000).count == 1000)
    jobs.close()
  }

  /// 300 operations, drawn with a seed, against a model that holds a list and nothing else.
  @Test func randomOperationsAgainstAModel() throws {
    var jobs = try open { $0.atOnce = 2 }
    var random = RandomStream(seed: 17)
    var model: [(id: JobID, name: String, state: JobState)] = []
    func advance() {
      for at in model.indices where model[at].state == .queued && model.count(where: { $0.state == .running }) < 2 {
        model[at].state = .running
      }
    }
    func agree(_ what: String) -> Bool {
      eventually(20) { model.allSatisfy { (try? jobs.job($0.id).state) == $0.state } }
        || {
          print(what, model.map { "\($0.name) \($0.state) \(String(describing: try? jobs.job($0.id).state))" });
          return false
        }()
    }
    for step in 0..<300 {
      let running = model.indices.filter { model[$0].state == .running }
      switch random.index(below: 20) {
      case 0..<7 where model.count(where: { !$0.state.isEnd }) < 8:
        let name = "n\(step)"
        let id = try #require(JobID(try jobs.submit(request(name), by: "anna").id))
        model.append((id, name, .queued))
      case 7..<14 where !running.isEmpty:
        let at = running[random.index(below: running.count)]
        let code = random.index(below: 3) == 0 ? 3 : 0
        try release(model[at].name, code: code)
        model[at].state = code == 0 ? .succeeded : .failed
      case 14..<17 where !model.isEmpty:
        let at = random.index(below: model.count)
        _ = try jobs.cancel(model[at].id, by: "ben")
        if !model[at].state.isEnd { model[at].state = .cancelled }
      case 17 where !model.isEmpty:
        let at = random.index(below: model.count)
        let isFree = !model.contains { $0.name == model[at].name && !$0.state.isEnd }
        if model[at].state.mayResume, isFree {
          try? FileManager.default.removeItem(atPath: place.path("go-\(model[at].name)"))  // it may not be there
          let again = try jobs.resume(model[at].id, by: "anna")
          #expect(again.resumes == model[at].id.description)
          model.append((try #require(JobID(again.id)), model[at].name, .queued))
        } else {
          #expect(throws: JobRefusal.self) { try jobs.resume(model[at].id, by: "anna") }
        }
      case 18 where step % 4 == 0:
        jobs.close()
        jobs = try open { $0.atOnce = 2 }
      default: continue
      }
      advance()
      guard agree("step \(step)") else {
        Issue.record("step \(step) does not agree")
        break
      }
    }
    #expect(model.count > 60 && Set(model.map(\.state)).isSuperset(of: [.succeeded, .failed, .cancelled]))
    #expect(jobs.list(limit: 1000).jobs.map(\.id) == model.reversed().map(\.id.description))
    for job in model where !job.state.isEnd { try release(job.name) }
    #expect(eventually { jobs.list(limit: 1000).jobs.allSatisfy { $0.state.isEnd } })
    #expect(try place.names("jobs").count == model.count + 1, "no staging is left")
    jobs.close()
  }

  @Test func theNextOneFindsWhatTheLastHasLeft() throws {
    var jobs = try open()
    let a = try #require(JobID(try jobs.submit(request("a"), by: "anna").id))
    let b = try #require(JobID(try jobs.submit(request("b"), by: "anna").id))
    #expect(eventually { (try? jobs.job(a).state) == .running })
    expectIntegrity { try open() }
    jobs.close()
    #expect(try jobs.job(a).state == .running, "it goes on")
    // Half of a request, a job that is none, a link, a damaged one.
    try FileManager.default.createDirectory(atPath: place.path("jobs/.new-x"), withIntermediateDirectories: true)
    try FileManager.default.createDirectory(atPath: place.path("jobs/what"), withIntermediateDirectories: true)
    let odd = ["0190b3a0-0000-7000-8000-000000000000", "0190b3a0-0000-7000-8000-000000000001"]
    try FileManager.default.createSymbolicLink(
      atPath: place.path("jobs/\(odd[0])"), withDestinationPath: place.path("jobs/\(a)"))
    try FileManager.default.createDirectory(atPath: place.path("jobs/\(odd[1])"), withIntermediateDirectories: true)
    try place.write("jobs/\(odd[1])/job.json", "{\"format\":\"cutline-job-1\"")
    try release("a")
    jobs = try open()
    #expect(jobs.strangers == odd + ["what"] && !place.exists("jobs/.new-x"))
    #expect(eventually { (try? jobs.job(a).state.isEnd) == true && (try? jobs.job(b).state) == .running })
    // Whoever is not its parent learns of no exit code where the program says none.
    #expect([.succeeded, .interrupted].contains(try jobs.job(a).state))
    _ = try jobs.cancel(b, by: "anna")
    #expect(eventually { (try? jobs.job(b).state) == .cancelled })
    jobs.close()
  }

  @Test func otherBytesThanWereCheckedAreNotRun() throws {
    let jobs = try open()
    let a = try #require(JobID(try jobs.submit(request("a"), by: "anna").id))
    let b = try #require(JobID(try jobs.submit(request("b"), by: "anna").id))
    let c = try #require(JobID(try jobs.submit(request("c"), by: "anna").id))
    #expect(eventually { (try? jobs.job(a).state) == .running })
    try place.write("jobs/\(b)/config.toml", "plan = \"none\"\n")
    // What it names leads elsewhere by now.
    try FileManager.default.removeItem(atPath: place.path("data/a.csv"))
    try place.write("outside/x.csv", "x\n")
    try FileManager.default.createSymbolicLink(
      atPath: place.path("data/a.csv"), withDestinationPath: place.path("outside/x.csv"))
    try release("a")
    #expect(eventually { (try? jobs.job(c).state) == .failed })
    #expect(try jobs.job(b).exitCode == ExitCode.integrity.rawValue && jobs.job(c).exitCode == ExitCode.usage.rawValue)
    #expect(try jobs.job(b).startedAt == nil && jobs.job(c).startedAt == nil && jobs.job(c).faults.count == 1)
    jobs.close()
  }

  private func expectIntegrity(_ body: () throws -> Jobs) {
    do {
      _ = try body()
      Issue.record("two servers have one folder")
    } catch { #expect((error as? Faults)?.code == .integrity) }
  }
}
