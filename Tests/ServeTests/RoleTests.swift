import Testing

@testable import CutlineDecide
@testable import CutlineServe

/// Who may what, from the table of routes: every route, every role, here and elsewhere.
@Suite struct RoleTests {
  private static let names = ["viewer", "analyst", "approver", "admin"]

  @Test(arguments: [true, false]) func everyRouteHasItsRole(isHere: Bool) throws {
    let fixture = try SiteFixture(address: isHere ? "127.0.0.1" : "0.0.0.0")
    let peer = isHere ? "127.0.0.1" : "192.0.2.7"
    #expect(fixture.site.table.routes.count > 35)
    for route in fixture.site.table.routes {
      let (path, body) = route.example
      func status(_ name: String?) throws -> Int {
        try fixture.ask(route.method.rawValue, path, body, as: name, from: peer).status
      }
      let nobody = try status(nil)
      switch route.access {
      case .open: #expect(route.name == "signIn" ? nobody == 401 : nobody < 400, "\(route.name): \(nobody)")
      case .openHere: #expect(isHere ? nobody < 400 : nobody == 401, "\(route.name): \(nobody)")
      case .role(.viewer) where isHere && route.method.isReading:
        #expect(nobody != 401 && nobody != 403, "\(route.name): \(nobody)")
      case .role: #expect(nobody == 401, "\(route.name): \(nobody)")
      }
      for name in Self.names {
        guard let role = Role(rawValue: name), route.name != "signIn" else { continue }
        let status = try status(name)
        if case .role(let needed) = route.access, role < needed {
          #expect(status == 403, "\(route.name) as \(name): \(status)")
        } else {
          #expect(![401, 403].contains(status) && status < 500, "\(route.name) as \(name): \(status)")
        }
      }
    }
  }

  /// Somebody on this machine who speaks for others is not somebody on this machine.
  @Test(arguments: ["X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"]) func whoStandsInFrontIsNoReader(field: String)
    throws
  {
    let fixture = try SiteFixture()
    #expect(try fixture.ask("GET", "/api/products").status == 200)
    #expect(try fixture.ask("GET", "/api/products", fields: [(field, "192.0.2.7")]).status == 401)
    #expect(try fixture.ask("GET", "/healthz", fields: [(field, "192.0.2.7")]).status == 200)
  }

  @Test func aDeclaredNameAsksAllForATokenAndTheNameIsRight() throws {
    let fixture = try SiteFixture { $0.hosts = ["cutline.example"] }
    #expect(try fixture.ask("GET", "/api/products").status == 401)
    let host = [("Host", "cutline.example")]
    #expect(try fixture.ask("GET", "/api/products", as: "viewer", fields: host).status == 200)
    #expect(try fixture.ask("GET", "/healthz", fields: [("Host", "cutline.example.evil")]).status == 421)
    let origin = host + [("Origin", "https://cutline.example")]
    #expect(try fixture.ask("POST", "/api/products", "{\"product\":\"x\"}", as: "admin", fields: origin).status == 201)
  }

  @Test func theFirstWordOfATokenIsNoToken() throws {
    let fixture = try SiteFixture()
    let token = try #require(fixture.tokens["admin"])
    for wrong in [
      "", " ", "Bearer", "Bearer ", "bearer \(token.dropLast())", "Basic \(token)", "Bearer \(token) x", token,
    ] {
      #expect(
        try fixture.ask("GET", "/api/principals", fields: [("Authorization", wrong)]).status >= 401, "\(wrong.count)")
    }
    let two = [("Authorization", "Bearer \(token)"), ("Authorization", "Bearer \(token)")]
    #expect(try fixture.ask("GET", "/api/principals", fields: two).status >= 401)
    #expect(try fixture.ask("GET", "/api/principals", fields: [("Authorization", "bEARER  \(token) ")]).status == 200)
  }

  @Test func wrongTokensAreCountedAndRightOnesPass() throws {
    let fixture = try SiteFixture()
    for count in 1...15 {
      let status = try fixture.ask("GET", "/api/products", as: String(repeating: "0", count: 64)).status
      #expect(status == (count <= FailedTokens.limit ? 401 : 429))
    }
    #expect(try fixture.ask("GET", "/api/products", as: "viewer").status == 200)
    fixture.wait(hours: 1)
    #expect(try fixture.ask("GET", "/api/products", as: "0").status == 401)
  }

  @Test func sessionsEndAndArePerPerson() throws {
    let fixture = try SiteFixture()
    let token = try #require(fixture.tokens["admin"])
    let signed = try fixture.ask("POST", "/api/session", "{\"token\":\"\(token)\"}")
    #expect(signed.status == 200)
    let cookie = try #require(signed.field("Set-Cookie")?.split(separator: ";").first.map(String.init))
    let csrf = try #require(signed.json?["csrf_token"]?.string)
    func add(_ fields: [(String, String)]) throws -> String? {
      let answer = try fixture.ask(
        "POST", "/api/products", "{\"product\":\"x\"}", fields: [("Cookie", cookie)] + fields)
      return answer.status < 300 ? "done" : answer.kind
    }
    #expect(try add([]) == "csrf")
    #expect(try add([("X-CSRF-Token", String(csrf.dropLast()))]) == "csrf")
    #expect(try add([("X-CSRF-Token", csrf)]) == "done")
    #expect(try add([("X-CSRF-Token", csrf), ("Origin", "http://evil.example")]) == "origin")
    let twice = [("Cookie", "\(cookie); \(cookie)")]
    #expect(try fixture.ask("GET", "/api/principals", fields: twice).status == 401)
    // A new token for her ends what she signed in with.
    #expect(try fixture.ask("POST", "/api/principals/admin/renew", "{}", as: "admin").status == 200)
    #expect(try fixture.ask("GET", "/api/principals", fields: [("Cookie", cookie)]).status == 401)
    let viewer = try #require(fixture.tokens["viewer"])
    let other = try fixture.ask("POST", "/api/session", "{\"token\":\"\(viewer)\"}")
    let second = [("Cookie", try #require(other.field("Set-Cookie")?.split(separator: ";").first.map(String.init)))]
    #expect(try fixture.ask("GET", "/api/session", fields: second).json?["principal"]?.string == "viewer")
    fixture.wait(hours: Sessions.hours + 1)
    #expect(try fixture.ask("GET", "/api/session", fields: second).json?["principal"]?.string == "-")
  }
}
