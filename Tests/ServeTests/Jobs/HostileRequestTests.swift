import CutlineServe
import Foundation
import TestSupport
import Testing

/// What must not be asked for is refused before anything is started, and says nothing of what lies where.
@Suite struct HostileRequestTests {
  let place: JobPlace
  let jobs: Jobs

  init() throws {
    place = try JobPlace()
    try place.write("data/applications.csv", "a,b\n")
    try place.write("outside/secret.csv", "secret-4711\n")
    try place.write("started", "")
    // Whatever is started leaves a trace.
    jobs = try place.jobs(place.program("tool", "echo x >> '\(place.path("started"))'\n"))
  }

  /// The problems of a request; empty where it is taken.
  private func problems(_ request: JobRequest) throws -> [JobProblem] {
    do {
      _ = try jobs.submit(request, by: "anna")
      return []
    } catch let refusal as JobRefusal {
      #expect(refusal.reason == .invalid)
      #expect(!refusal.problems.isEmpty)
      #expect(try place.names("jobs") == [".lock"], "nothing is left")
      #expect(try place.read("started").isEmpty)
      for problem in refusal.problems {
        #expect(!problem.detail.contains("secret-4711") && !problem.detail.contains(place.root), "\(problem)")
      }
      return refusal.problems
    }
  }

  @Test func aSoundOneIsTaken() throws {
    #expect(try problems(place.request("a")).isEmpty)
    #expect(try eventually { try !place.read("started").isEmpty })
    jobs.close()
  }

  @Test func pathsMustLeadIntoTheFolders() throws {
    let file = FileManager.default
    try file.createSymbolicLink(
      atPath: place.path("data/link.csv"), withDestinationPath: place.path("outside/secret.csv"))
    try file.createSymbolicLink(atPath: place.path("data/up"), withDestinationPath: place.path("outside"))
    try file.createSymbolicLink(atPath: place.path("data/good.csv"), withDestinationPath: "applications.csv")
    #expect(mkfifo(place.path("data/pipe"), 0o600) == 0)
    let inside = place.path("data")
    let hostile = [
      "\(inside)/../outside/secret.csv", "outside/secret.csv", "../etc/passwd", "/etc/passwd", "/etc/passwd-not-there",
      "\(inside)/link.csv", "\(inside)/up/secret.csv", "\(inside)/pipe", "/dev/zero", "/dev/stdin", "-", "/dev/fd/0",
      "/proc/self/environ", "/proc/self/fd/0", "/proc/self/root/etc/passwd", "~/x.csv",
      "\(inside)/\(String(repeating: "a/", count: 3000))x",
      "\(inside)/\(String(repeating: "a", count: 300))", "\(inside)/not-there.csv", "\(inside)-beside/x.csv", "/",
      "\(inside)/applications.csv\\u0000.csv", "\(inside)/applications.csv\\u000a",
    ]
    var sentences: Set<String> = []
    for path in hostile {
      let own = place.text().replacing(place.path("data/applications.csv"), with: path)
      let found = try problems(JobRequest(.run, name: "a", configuration: .text(own)))
      #expect(found.contains { $0.source == "configuration" && $0.line == 2 }, "\(path.prefix(60)): \(found)")
      sentences.formUnion(found.map(\.detail))
    }
    // One sentence, whatever is there and whatever is not.
    #expect(sentences.count == 1, "\(sentences)")
    let good = place.text().replacing("applications.csv", with: "good.csv")
    #expect(try problems(JobRequest(.run, name: "a", configuration: .text(good))).isEmpty)
    jobs.close()
  }

  @Test func settingsAreLookedAtAsTheFileIs() throws {
    for setting in [
      "data_path=/etc/passwd", "data_path=../outside/secret.csv", "preprocessing.data_path=\"/dev/zero\"",
      "stages.train.use=process", "stages.train.with.command=[\"sh\"]", "stages.train.with={ path = \"/etc\" }",
      "plugins.load=[\"evil.so\"]", "plan=\"\(place.path("outside/plan.toml"))\"", "plan=/etc/passwd",
      "stages.track.with.run=/etc", "reject_inference_method=process",
    ] {
      var request = place.request("a")
      request.settings = [setting]
      let found = try problems(request)
      #expect(!found.isEmpty && found.allSatisfy { $0.source.hasPrefix("--set") }, "\(setting): \(found)")
    }
    var many = place.request("a")
    many.settings = Array(repeating: "seed=1", count: 101)
    #expect(try problems(many).count == 1)
    many.settings = ["seed=" + String(repeating: "1", count: 5000)]
    #expect(try problems(many).count == 1)
  }

  @Test func programsAndPluginsAreTheOperators() throws {
    for more in [
      "[stages.quality]\nuse = \"process\"\nwith = { command = [\"sh\", \"-c\", \"id\"] }",
      "[[stage]]\nid = \"x\"\nkind = \"quality\"\nuse = \"process\"\nfrom = { source = \"source\" }\nwith = { command = [\"id\"] }",
      "[stages.train]\nwith = { estimators = [\"ridge\", { use = \"process\", with = { command = [\"id\"] } }] }",
      "[stages.train]\nwith = { estimators = [\"ridge\", \"process\"] }",
      "[plugins]\nload = [\"\(place.path("data/evil.so"))\"]",
    ] {
      let found = try problems(place.request("a", more))
      #expect(
        !found.isEmpty && found.allSatisfy { $0.source == "configuration" && $0.line ?? 0 > 20 }, "\(more): \(found)")
    }
  }

  @Test func filesAreExtendedFromTheOperatorsFolderOnly() throws {
    let sound = place.text()
    try place.write("configurations/base.toml", sound)
    try place.write("configurations/circle.toml", "extends = \"circle.toml\"\n")
    try place.write("configurations/chain.toml", "extends = \"\(place.path("outside/secret.csv"))\"\n")
    try place.write("data/in-data.toml", sound)
    try FileManager.default.createSymbolicLink(
      atPath: place.path("configurations/link.toml"), withDestinationPath: place.path("outside/secret.csv"))
    for base in [
      place.path("outside/secret.csv"), place.path("data/in-data.toml"), "../outside/secret.csv", "/etc/passwd",
      place.path("configurations/link.toml"), place.path("configurations/chain.toml"), "base.toml", "",
      place.path("configurations/circle.toml"), "/dev/stdin", place.path("configurations"),
    ] {
      let found = try problems(JobRequest(.run, name: "a", configuration: .text("extends = \"\(base)\"\n")))
      #expect(!found.isEmpty, "\(base)")
    }
    let good = JobRequest(
      .run, name: "a", configuration: .text("extends = \"\(place.path("configurations/base.toml"))\"\n"))
    #expect(try problems(good).isEmpty)
    jobs.close()
  }

  /// A stage of a program that the operator wrote is taken, as it stands there.
  @Test func theOperatorMayNamePrograms() throws {
    let program = "[stages.quality]\nuse = \"process\"\nwith = { command = [\"cat\"], config = { a = 1 } }\n"
    try place.write("configurations/own.toml", place.text(program))
    var request = JobRequest(.run, name: "a", configuration: .named("own.toml"))
    try place.write("configurations/plugged.toml", place.text("[plugins]\nload = []\n"))
    for name in ["own.toml", "plugged.toml"] {
      request.configuration = .named(name)
      request.settings = ["plugins.load=[\"\(place.path("data/evil.so"))\"]"]
      #expect(try problems(request).contains { $0.detail.contains("plugins") }, "\(name)")
    }
    request.configuration = .named("own.toml")
    for setting in [
      "stages.quality.with.config.a=2", "stages.quality.with.time_limit=5.0", "stages.quality.with.command=[\"id\"]",
      "stages.quality.with={ command = [\"id\"] }", "stages={}", "stages.quality={use=\"standard\"}",
      "stages={quality={use=\"standard\"}}", "stages.quality.use=standard",
    ] {
      request.settings = [setting]
      #expect(try !problems(request).isEmpty, "\(setting)")
    }
    let over =
      "extends = \"\(place.path("configurations/own.toml"))\"\n[stages.quality]\nwith = { config = { a = 2 } }\n"
    #expect(try !problems(JobRequest(.run, name: "a", configuration: .text(over))).isEmpty)
    for name in ["../outside/secret.csv", "/etc/passwd", "not-there.toml", "..", "", "own.toml/", "own.toml\0"] {
      #expect(try !problems(JobRequest(.run, name: "a", configuration: .named(name))).isEmpty, "\(name)")
    }
    request.settings = ["optimum_risk=4.5"]
    #expect(try problems(request).isEmpty)
    jobs.close()
  }

  @Test func allMistakesComeAtOnceWithTheirPlaces() throws {
    let own = place.text("[stages.nowhere]\nuse = \"x\"\n", table: "optimum_rsk = 1\nrisk_step = \"x\"")
      .replacing("risk_step = 0.5\n", with: "")
    let found = try problems(JobRequest(.run, name: "a", configuration: .text(own)))
    #expect(
      found.count >= 3 && found.allSatisfy { $0.source == "configuration" && $0.line != nil && $0.column != nil },
      "\(found)")
    #expect(found.contains { $0.detail.contains("optimum_rsk") } && found.contains { $0.detail.contains("nowhere") })
    let broken = try problems(JobRequest(.run, name: "a", configuration: .text("a = [\n")))
    #expect(broken.first?.source == "configuration" && broken.first?.line != nil)
    let large = String(repeating: "#", count: JobRequest.byteLimit + 1)
    #expect(try problems(JobRequest(.run, name: "a", configuration: .text(large))).count == 1)
  }

  @Test func namesOfResultsAreOfAClosedAlphabet() throws {
    for name in [
      "", ".", "..", "../x", "a/b", "/x", ".hidden", "-x", "a b", "a\0b", "ä", "a\n", "x.failed", "x.track", "x.kept-1",
      "a<b>", "manifest.json", "Batch.json",
      String(repeating: "a", count: 81),
    ] {
      var request = place.request("a")
      request.name = name
      #expect(try problems(request).first?.source == "name", "\(name.debugDescription)")
    }
    for text in ["0190b3a0-0000-7000-8000-00000000000", "../../etc", "0190B3A0-0000-7000-8000-000000000000", ""] {
      #expect(JobID(text) == nil)
    }
  }

  @Test func segmentsAreLookedAtToo() throws {
    func batch(_ segments: String) -> JobRequest {
      JobRequest(.batch, name: "a", configuration: .text(place.text()), segments: .text(segments))
    }
    for segments in [
      "[segments.a]\nsegment_filter = \"a\"\ndata_path = \"/etc/passwd\"\n", "extends = \"/etc/passwd\"\n",
      "[segments.a]\nsegment_filter = \"a\"\nreject_inference_method = \"process\"\n",
      "[segments.\"../x\"]\nsegment_filter = \"a\"\n", "",
    ] { #expect(try !problems(batch(segments)).isEmpty, "\(segments)") }
    var only = batch("[segments.a]\nsegment_filter = \"a\"\n")
    only.only = ["--output=/tmp/x"]
    #expect(try !problems(only).isEmpty)
    only.only = ["a"]
    #expect(try problems(only).isEmpty)
    jobs.close()
  }

  /// What an operator must not declare.
  @Test func foldersAreApart() throws {
    func declared(_ data: [String], _ configurations: String?, _ runs: String) throws {
      _ = try DeclaredFolders(
        data: data.map(place.path), configurations: configurations.map(place.path), runs: place.path(runs))
    }
    expectFaults(.usage) { try declared(["data"], "runs", "runs") }
    expectFaults(.usage) { try declared(["data"], "", "runs") }
    expectFaults(.usage) { try declared(["nowhere"], nil, "runs") }
    expectFaults(.usage) { try DeclaredFolders(data: ["/"], configurations: nil, runs: place.path("runs")) }
    expectFaults(.usage) { try Jobs(place.path("runs/jobs"), folders: place.folders(), registry: JobPlace.registry) }
    expectFaults(.integrity) { try place.jobs() }
  }
}
