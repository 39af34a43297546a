@testable import CutlineServe
@_spi(Run) import CutlineCore
import Foundation
import Testing

/// A server that is killed at any moment: the next one tells the truth right away.
@Suite struct KilledOwnerTests {
  let place: JobPlace
  let program: String

  init() throws {
    place = try JobPlace()
    try place.write("data/a.csv", "a\n")
    program = try place.program(
      "tool",
      """
      echo begun
      while [ ! -e "\(place.root)/go" ]; do sleep 0.02; done
      echo '{"code":'$(cat "\(place.root)/go")',"kind":"ended","message":"said by the program"}' >> "$7"
      exit $(cat "\(place.root)/go")
      """)
    try place.write(
      "config.toml",
      "plan = \"none\"\n[[stage]]\nid = \"source\"\nkind = \"source\"\nuse = \"file\"\nwith = { path = \"\(place.path("data/a.csv"))\" }\n"
    )
  }

  private func owner(_ name: String) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: JobPlace.tool).deletingLastPathComponent().appendingPathComponent(
      "job-owner")
    process.arguments = [place.root, program, place.path("config.toml"), name]
    process.standardInput = FileHandle.nullDevice
    try process.run()
    return process
  }

  private func kill(_ process: Process) {
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// The only job, once its program has been started.
  private func begun() throws -> JobID {
    var id: JobID?
    let isThere = eventually {
      id = ((try? place.names("jobs")) ?? []).compactMap { JobID($0) }.first
      return id.flatMap { try? place.read("jobs/\($0)/stdout") } == Data("begun\n".utf8)
    }
    #expect(isThere)
    return try #require(id)
  }

  @Test func whatRunsGoesOn() throws {
    let server = try owner("a")
    let id = try begun()
    kill(server)
    let child = try #require(DetachedProgram(note: place.path("jobs/\(id)/process")))
    let jobs = try place.jobs(program)
    #expect(try jobs.job(id).state == .running && child.isRunning(saying: id.description))
    try place.write("go", "4")
    #expect(eventually { (try? jobs.job(id).state) == .failed })
    // Nobody's child: how it ended is what it said.
    #expect(try jobs.job(id).exitCode == 4 && jobs.job(id).faults == ["said by the program"])
    jobs.close()
  }

  @Test func whatEndedMeanwhileIsTold() throws {
    let server = try owner("a")
    let id = try begun()
    kill(server)
    let child = try #require(DetachedProgram(note: place.path("jobs/\(id)/process")))
    try place.write("go", "0")
    #expect(eventually { !child.isRunning(saying: id.description) })
    var jobs = try place.jobs(program)
    #expect(try jobs.job(id).state == .succeeded)
    jobs.close()
    jobs = try place.jobs(program)
    #expect(try jobs.job(id).state == .succeeded)
    jobs.close()
  }

  @Test func whatWasKilledWithItIsInterrupted() throws {
    let server = try owner("a")
    let id = try begun()
    kill(server)
    let child = try #require(DetachedProgram(note: place.path("jobs/\(id)/process")))
    child.signal(SIGKILL)
    #expect(eventually { !child.isRunning(saying: id.description) })
    // The same where the machine began anew, or its number is another process's by now.
    let boot = try #require(
      String(decoding: place.read("jobs/\(id)/process"), as: UTF8.self).split(separator: " ").first)
    for note in [nil, "0000-1111 \(child.process) 99999999999999999\n", "\(boot) \(getpid()) 99999999999999999\n"] {
      if let note { try place.write("jobs/\(id)/process", note) }
      let jobs = try place.jobs(program)
      #expect(try jobs.job(id).state == .interrupted)
      jobs.close()
      try FileManager.default.removeItem(atPath: place.path("jobs/\(id)/ended.json"))
    }
    let jobs = try place.jobs(program)
    try place.write("go", "0")
    let again = try #require(JobID(try jobs.resume(id, by: "ben").id))
    #expect(eventually { (try? jobs.job(again).state) == .succeeded })
    jobs.close()
  }

  /// Killed at moments of its first second: every job is whole or not there, runs once, and ends.
  @Test func atAnyMoment() throws {
    try place.write("go", "0")
    for attempt in 0..<12 {
      let server = try owner("n\(attempt)")
      usleep(UInt32(20_000 + 30_000 * attempt))
      kill(server)
    }
    // One more, so that there is something to look at however slow the machine is.
    let last = try owner("last")
    _ = try begun()
    kill(last)
    let jobs = try place.jobs(program)
    #expect(jobs.strangers.isEmpty)
    #expect(eventually { jobs.list(limit: 100).jobs.allSatisfy { $0.state == .succeeded } })
    for job in jobs.list(limit: 100).jobs {
      #expect(String(decoding: try jobs.text(of: JobID(job.id)!, errors: false), as: UTF8.self) == "begun\n", "once")
    }
    #expect(try place.names("jobs").filter { $0.hasPrefix(".new-") }.isEmpty)
    jobs.close()
  }
}
