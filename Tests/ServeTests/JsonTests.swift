import Foundation
import Testing

@testable import CutlineServe

/// Reading JSON strictly, against Foundation's reader, and saying what a value must be.
@Suite struct JsonTests {
  private static func read(_ text: String, depth: Int = 32) -> Json? {
    try? JsonReader.read(Array(text.utf8), depth: depth).value
  }

  @Test func whatIsJSONIsReadAndGivenBack() throws {
    let text = #"{"a":[1,-0.5,1e9,true,false,null],"b":{"c":"я\n\"\\\/\u0041\ud83d\ude00"},"d":"","e":[],"f":{}}"#
    let value = try #require(Self.read(text))
    #expect(Self.read(value.text) == value)
    #expect(value["b"]?["c"]?.string == "я\n\"\\/A😀")
    #expect(value["a"]?.items?.count == 6 && value["a"]?.items?[0].integer == 1)
    let own = try JSONSerialization.jsonObject(with: Data(value.text.utf8)) as? NSDictionary
    #expect(own == (try JSONSerialization.jsonObject(with: Data(text.utf8)) as? NSDictionary))
  }

  @Test func whatIsNoneIsRefused() {
    for wrong in [
      "", " ", "{", "}", "[1,]", "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "01", "1.", ".5", "+1", "1e", "-", "nul",
      "tru e",
      "\"a", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"", "\"\n\"", "1 2", "{\"a\":1}{", "NaN", "'a'",
      "{\"a\":1,\"a\":2}",
      "[1}", "\u{FEFF}{}", "{\"a\":1,\"\\u0061\":2}",
    ] { #expect(Self.read(wrong) == nil, "\(wrong)") }
    #expect((try? JsonReader.read([0x22, 0xFF, 0x22], depth: 9)) == nil)
    #expect(Self.read(String(repeating: "[", count: 32) + String(repeating: "]", count: 32)) != nil)
    #expect(Self.read(String(repeating: "[", count: 33) + String(repeating: "]", count: 33)) == nil)
    #expect(Self.read(String(repeating: "[", count: 100_000)) == nil)
  }

  @Test func membersAreKeptAsTheyCame() throws {
    let text = "{ \"content\" :  {\"x\" : 1.50 , \"y\":[ ]}  , \"kind\":\"a\"}"
    let members = try JsonReader.read(Array(text.utf8), depth: 9).members
    #expect(members["content"] == Array("{\"x\" : 1.50 , \"y\":[ ]}".utf8) && members["kind"] == Array("\"a\"".utf8))
  }

  /// Damaged texts: what this reads, Foundation reads, to the same value.
  @Test func nothingIsReadThatFoundationRefuses() throws {
    let text = Array(#"{"a":[1,-0.5e3,true,null],"b":{"c":"x\n\u0041"},"d":[[],{}]}"#.utf8)
    var seed: UInt64 = 7
    func next(_ bound: Int) -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((seed >> 33) % UInt64(bound))
    }
    let spice = Array("{}[],:\"\\0159eE+-.tfn u\u{7F}".utf8) + [0, 255, 10]
    var read = 0
    for _ in 0..<20_000 {
      var bytes = text
      for _ in 0...next(3) {
        switch next(3) {
        case 0: bytes[next(bytes.count)] = spice[next(spice.count)]
        case 1: bytes.remove(at: next(bytes.count))
        default: bytes.insert(spice[next(spice.count)], at: next(bytes.count))
        }
      }
      guard let value = try? JsonReader.read(bytes, depth: 32).value else { continue }
      read += 1
      let theirs = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed) as? NSObject
      let ours = try? JSONSerialization.jsonObject(with: Data(value.text.utf8), options: .fragmentsAllowed) as? NSObject
      #expect(theirs != nil && theirs == ours, "\(String(decoding: bytes, as: UTF8.self))")
    }
    #expect(read > 100)
  }

  @Test func mistakesAreNamedByTheirPlace() {
    let schema = Schema.object([
      .required("n", .integer(1...5), ""), .optional("list", .array(.choice(["a", "b"]), most: 2), ""),
      .optional("m~/", .nullable(.money), ""), .required("at", .instant, ""),
    ])
    func pointers(_ json: Json) -> [String] { schema.mistakes(json).map(\.pointer) }
    #expect(pointers(["n": 1, "at": "2026-01-01"]) == [])
    #expect(
      pointers(["n": 6, "at": "2026-13-01", "list": ["a", "c"], "m~/": ["amount": "1,5", "currency": "EUR"]]) == [
        "/n", "/at", "/list/1", "/m~0~1/amount",
      ])
    #expect(pointers(["n": 1.5, "x": 1].self as Json) == ["/n", "", "/at"])
    #expect(pointers([]) == [""] && pointers(["n": true, "at": .null, "m~/": .null]) == ["/n", "/at"])
    #expect(
      schema.mistakes(["canary": "canary"]).allSatisfy {
        !$0.detail.contains("canary") && !$0.pointer.contains("canary")
      })
    let many = Schema.array(.bool, most: 100).mistakes(.array(Array(repeating: .null, count: 100)))
    #expect(many.count == Schema.mostMistakes)
  }
}

extension Json: @retroactive ExpressibleByFloatLiteral {
  public init(floatLiteral number: Double) { self = .number("\(number)") }
}
