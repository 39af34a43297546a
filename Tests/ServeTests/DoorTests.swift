import CutlineCore
import Testing

@testable import CutlineDecide
@testable import CutlineServe

/// Names of hosts, cursors, problems and counts.
@Suite struct DoorTests {
  @Test func aServerHasFewNames() {
    let here = AllowedHosts(address: "127.0.0.1", port: 8052, declared: [])
    for right in ["127.0.0.1:8052", "localhost:8052", "LocalHost:8052", "[::1]:8052"] {
      #expect(here.allow(right), "\(right)")
    }
    for wrong in [
      "", "127.0.0.1", "localhost", "127.0.0.1:80", "evil.example", "evil.example:8052", "127.0.0.1:8052.evil.example",
      "localhost.evil.example:8052", "127.0.0.1:8052@evil.example", "192.0.2.7:8052", "127.0.0.1:08052",
    ] { #expect(!here.allow(wrong), "\(wrong)") }
    let all = AllowedHosts(address: "0.0.0.0", port: 80, declared: ["cutline.example"])
    for right in ["192.0.2.7", "192.0.2.7:80", "cutline.example", "cutline.example:443", "localhost"] {
      #expect(all.allow(right), "\(right)")
    }
    for wrong in ["evil.example", "192.0.2.7:81", "1.2.3", "1.2.3.999", "cutline.example.evil"] {
      #expect(!all.allow(wrong), "\(wrong)")
    }
    #expect(here.isSame(origin: "http://localhost:8052", host: "localhost:8052"))
    for wrong in [
      "null", "", "http://localhost", "http://localhost:8052.evil", "file://localhost:8052", "http://a/localhost:8052",
    ] {
      #expect(!here.isSame(origin: wrong, host: "localhost:8052"), "\(wrong)")
    }
  }

  /// Every place that was given is taken back, for its list only, and nothing else is.
  @Test func cursorsAreOfTheirList() throws {
    let (cursors, others) = (try Cursors(), try Cursors())
    for position in ["1", "loan\npolicy\nv1", "я", String(repeating: "x", count: 300)] {
      let text = cursors.text(position, of: "list\nactor=a")
      #expect(try cursors.position(text, of: "list\nactor=a") == position)
      #expect(Route.Parameter.cursor.schema.problem(ofText: text) == nil)
      #expect(throws: Problem.self) { try cursors.position(text, of: "list\nactor=b") }
      #expect(throws: Problem.self) { try others.position(text, of: "list\nactor=a") }
      for place in text.indices {
        var changed = text
        changed.replaceSubrange(place...place, with: text[place] == "A" ? "B" : "A")
        let taken = try? cursors.position(changed, of: "list\nactor=a")
        // The last character of base64 may hold bits that mean nothing.
        #expect(taken == nil || taken == position, "\(place)")
      }
    }
    #expect(throws: Problem.self) { try cursors.position("", of: "") }
  }

  /// HMAC of RFC 4231, cases 1 and 2.
  @Test func theSumIsThatOfTheStandard() {
    #expect(
      Secret.text(Secret.sum(Array("Hi There".utf8), key: [UInt8](repeating: 0x0B, count: 20)))
        == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
    #expect(
      Secret.text(Secret.sum(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8)))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  }

  @Test func everyRefusalAndFaultHasItsStatus() {
    let statuses: [Refusal.Reason: Int] = [
      .unauthenticated: 401, .forbidden: 403, .notFound: 404, .conflict: 409, .notApproved: 409, .gateFailed: 409,
      .invalid: 422,
      .idempotencyConflict: 409, .gone: 410,
    ]
    #expect(statuses.count == Refusal.Reason.allCases.count)
    for (reason, status) in statuses {
      let problem = Problem(Refusal(reason, "canary", "is so", "Do that.")) { _ in }
      #expect(problem.kind.status == status && problem.detail.contains("is so. Do that."))
      #expect(problem.kind.rawValue == reason.rawValue)
      #expect(problem.detail.contains("canary") == ![.notFound, .invalid, .unauthenticated].contains(reason))
    }
    for (faults, status, isTold) in [
      (Faults.usage("canary", "p", "a"), 422, true), (Faults.data("canary", "p", "a"), 422, true),
      (Faults.gate("canary", "p", "a"), 409, true), (Faults.integrity("canary", "p", "a"), 500, false),
      (Faults.io("canary", "p", "a"), 503, false),
    ] {
      var reported = ""
      let problem = Problem(faults) { reported = $0 }
      #expect(problem.kind.status == status && problem.detail.contains("p. a") == isTold)
      // A path of this machine is for whoever runs it.
      #expect(!problem.response.text.contains("canary") && reported.contains("canary") == !isTold)
    }
    #expect(Problem(.unavailable, "").response.field("Retry-After") != nil)
    #expect(Problem(.unauthenticated, "").response.field("WWW-Authenticate") != nil)
  }

  @Test func countsAddUp() {
    let metrics = Metrics()
    for (seconds, status) in [(0.0001, 200), (0.003, 200), (100, 503)] {
      metrics.note(method: "GET", route: "/a/{b}", status: status, seconds: seconds)
    }
    let text = metrics.text([.init(name: "g", help: "h", labels: [("l", "a\"b\\c\n")], value: 3)])
    #expect(text.contains("cutline_http_requests_total{method=\"GET\",route=\"/a/{b}\",status=\"200\"} 2\n"))
    #expect(text.contains("_bucket{route=\"/a/{b}\",le=\"0.0005\"} 1\n") && text.contains("le=\"10.0\"} 2\n"))
    #expect(text.contains("le=\"+Inf\"} 3\n") && text.contains("_count{route=\"/a/{b}\"} 3\n"))
    #expect(text.hasSuffix("g{l=\"a\\\"b\\\\c\\n\"} 3\n"))
  }

  /// Every header that browsers look at, on every answer.
  @Test func everyAnswerIsDressed() throws {
    let fixture = try SiteFixture()
    for path in ["/", "/healthz", "/nothing", "/api/products?x=1"] {
      let answer = try fixture.ask("GET", path)
      for field in [
        "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Content-Security-Policy", "Cache-Control",
      ] {
        #expect(answer.field(field) != nil, "\(path) \(field)")
      }
      #expect(!answer.fields.contains { $0.name.hasPrefix("Access-Control") })
    }
    let page = try fixture.ask("GET", "/")
    let policy = try #require(page.field("Content-Security-Policy"))
    #expect(
      page.text.contains(SitePage.style) && policy.contains("style-src 'sha256-") && !page.text.contains("<script"))
  }
}
