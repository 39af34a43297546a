import Synchronization
import Testing

@testable import CutlineServe

/// What is looked at before a route is: the header's shape, the target, the time.
@Suite struct TransportTests {
  private static func shape(_ fields: [(String, String)], version: String = "HTTP/1.1") -> RequestGuard.Shape {
    var shape = RequestGuard.Shape()
    (shape.method, shape.target, shape.version) = ("POST", "/", version)
    shape.fields = fields.map { HttpField($0.0, $0.1) }
    shape.fieldCount = fields.count
    return shape
  }

  @Test func framingIsSaidOnce() {
    let host = ("Host", "a")
    func status(_ fields: (String, String)..., version: String = "HTTP/1.1") -> Int? {
      RequestGuard.problem(Self.shape(fields, version: version))?.kind.status
    }
    #expect(status(host) == nil)
    #expect(status(host, ("Content-Length", "5")) == nil)
    #expect(status(host, ("Transfer-Encoding", "Chunked")) == nil)
    #expect(status() == 400)
    #expect(status(host, ("HOST", "b")) == 400)
    #expect(status(host, ("Content-Length", "5"), ("content-length", "5")) == 400)
    #expect(status(host, ("Content-Length", "5"), ("Transfer-Encoding", "chunked")) == 400)
    #expect(status(host, ("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")) == 400)
    #expect(status(host, ("Transfer-Encoding", "chunked"), version: "HTTP/1.0") == 400)
    for coding in ["gzip", "chunked, gzip", "gzip, chunked", "identity", "", "xchunked", " chunked"] {
      #expect(status(host, ("Transfer-Encoding", coding)) == 400, "\(coding)")
    }
    for length in ["", "+5", "-5", "5,5", "0x5", "5 ", "99999999999999999999", "٥"] {
      #expect(status(host, ("Content-Length", length)) == 400, "\(length)")
    }
    #expect(status(host, version: "HTTP/2.0") == 505)
  }

  @Test func aHeaderIsAsLongAsItLooks() {
    var shape = Self.shape([("Host", "a")])
    (shape.seenBytes, shape.headerBytes) = (40, 40)
    #expect(RequestGuard.problem(shape) == nil)
    shape.headerBytes = 38  // bare line feeds
    #expect(RequestGuard.problem(shape) == nil)
    shape.headerBytes = 41  // folded, or cut
    #expect(RequestGuard.problem(shape)?.kind == .badRequest)
    shape.headerBytes = RequestGuard.headerLimit + 1
    #expect(RequestGuard.problem(shape)?.kind == .headerTooLarge)
    shape.headerBytes = nil
    shape.fieldCount = RequestGuard.fieldLimit + 1
    #expect(RequestGuard.problem(shape)?.kind == .headerTooLarge)
    shape.fieldCount = 1
    shape.isText = false
    #expect(RequestGuard.problem(shape)?.kind == .badRequest)
    shape.target = "/" + String(repeating: "a", count: RequestGuard.headerLimit)
    #expect(RequestGuard.problem(shape)?.kind == .uriTooLong)
  }

  @Test func aTargetIsDecodedOnce() throws {
    let target = try #require(RequestTarget("/api/a%20b/%D1%8F?x=1+2&y=%2B&z"))
    #expect(target.segments == ["api", "a b", "я"])
    #expect(target.query.map(\.name) == ["x", "y", "z"] && target.query.map(\.value) == ["1 2", "+", ""])
    #expect(RequestTarget("/")?.segments == [] && RequestTarget("/a/")?.segments == ["a", ""])
    #expect(RequestTarget("http://host:1/a?b=c")?.authority == "host:1")
    #expect(RequestTarget("http://host")?.segments == [])
    #expect(RequestTarget("/a?b=%ff&c=1")?.hasSoundQuery == false && RequestTarget("/a?%00")?.hasSoundQuery == false)
    #expect(target.hasSoundQuery && RequestTarget("/%252e%252e/")?.segments == ["%2e%2e", ""])
    for wrong in [
      "", "*", "a", "/..", "/../a", "/%2e%2e/a", "/a%2fb", "/a%5cb", "/a\\b", "/%c0%af", "/%00", "/%0a", "/%", "/%4",
      "/%zz",
      "/a b", "/я", "/a#b", "ftp://a/b", "/./a",
    ] { #expect(RequestTarget(wrong) == nil, "\(wrong)") }
  }

  /// A client that sends a byte now and then is let go, one that the program keeps waiting is not.
  @Test func slownessEnds() {
    let clock = Mutex(0.0)
    var limits = ServerLimits()
    (limits.idleSeconds, limits.requestSeconds) = (10, 60)
    let watch = ConnectionWatch(limits) { clock.withLock { $0 } }
    func ended(after seconds: Double) -> [Int32] {
      clock.withLock { $0 += seconds }
      var ended: [Int32] = []
      watch.sweep { ended.append($0) }
      return ended.sorted()
    }
    watch.opened(1)
    watch.opened(2)
    watch.opened(3)
    #expect(watch.count == 3 && !watch.isBusy)
    watch.answering(2)
    #expect(watch.isBusy)
    #expect(ended(after: 59) == [])
    watch.completed(3)
    #expect(ended(after: 2) == [1])
    #expect(ended(after: 1000) == [3])
    watch.closed(1)
    watch.sending(2)
    #expect(ended(after: 61) == [2])
    #expect(ended(after: 61) == [] && watch.ended == 3 && watch.count == 2)
  }
}
