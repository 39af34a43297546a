import Testing

@testable import CutlineReport

/// Nothing but shapes and text gets through.
@Suite struct SvgDrawingTests {
  private static func read(_ inner: String, prefix: String = "chart") throws -> String {
    try SvgDrawing(
      Array("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"10\" height=\"10\">\(inner)</svg>".utf8), prefix: prefix
    ).text
  }

  private static func refuses(_ inner: String, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(throws: SvgDrawing.Refusal.self, "\(inner)", sourceLocation: sourceLocation) { try read(inner) }
  }

  @Test func whatIsNotKnownIsRefused() {
    for inner in [
      "<script>alert(1)</script>", "<style>*{}</style>", "<foreignObject/>", "<image href=\"x.png\"/>",
      "<a href=\"#\">x</a>",
      "<use xlink:href=\"#a\"/>", "<animate/>", "<set/>", "<iframe/>", "<g onclick=\"a()\"/>",
      "<g style=\"fill:red\"/>",
      "<path d=\"M0,0\" fill=\"url(http://a/b#c)\"/>", "<path d=\"M0,0\" fill=\"url(#a) url(http://b)\"/>",
      "<path d=\"javascript:alert(1)\"/>", "<rect fill=\"expression(1)\"/>", "<rect width=\"1;x\"/>",
      "<g href=\"javascript:x\"/>",
      "<rect clip-path=\"url(x)\"/>", "<g id=\"a b\"/>", "<g transform=\"url(1)\"/>", "<!-- c -->", "<![CDATA[x]]>",
      "<?xml?>",
      "<text>&other;</text>", "<text>&#x3c;script&#x3e;</text>", "<g><text></g></text>", "text", "<rect fill=\"#12\"/>",
      "<rect fill=\"rgb(1,2,999)\"/>", "<g class=x/>", "<g a=\"<\"/>",
    ] { Self.refuses(inner) }
    for whole in [
      "", "<g></g>", "<svg>", "<svg></svg><svg></svg>", "<!DOCTYPE svg><svg></svg>", "x<svg></svg>", "<svg",
    ] {
      #expect(throws: SvgDrawing.Refusal.self, "\(whole)") { try SvgDrawing(Array(whole.utf8), prefix: "a") }
    }
    Self.refuses(String(repeating: "<g>", count: 100) + String(repeating: "</g>", count: 100))
  }

  @Test func namesStayText() throws {
    let name = "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; ]]&gt; &#39; &amp; العربية"
    #expect(
      try Self.read("<text fill=\"#000000\">\(name)</text>").contains(
        "<text fill=\"#000000\">&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; ]]&gt; &#39; &amp; العربية</text>"))
  }

  @Test func whatMachinesReadIsLeftOut() throws {
    let text = try Self.read(
      "<g class=\"mark\" role=\"x\" aria-label=\"&lt;b&gt;\"><rect width=\"1\" fill=\"#fff\" pointer-events=\"none\"/></g>"
    )
    #expect(text.hasSuffix("width=\"10\" xmlns=\"http://www.w3.org/2000/svg\"><rect fill=\"#fff\" width=\"1\"/></svg>"))
  }

  @Test func partsAreNamedByTheirChart() throws {
    let text = try Self.read(
      "<defs><clipPath id=\"clip0\"><rect width=\"5\"/></clipPath></defs><g clip-path=\"url(#clip0)\"><rect width=\"1\" fill=\"url(#clip0)\"/></g>",
      prefix: "a\"><b")
    #expect(text.contains("id=\"a---b-0\"") && text.contains("clip-path=\"url(#a---b-0)\""))
    #expect(text.contains("fill=\"url(#a---b-0)\""))
  }

  @Test func whatAllPartsSayIsSaidOnce() throws {
    let text = try Self.read(
      "<g><text fill=\"rgb(1, 2, 255)\" font-size=\"9px\" transform=\"translate(1.2345,-0.04)\" opacity=\"1\">a</text>"
        + "<text fill=\"rgb(1,2,255)\" font-size=\"9px\" transform=\"translate(3,0)\">b</text></g><path d=\"\" fill=\"#fff\"/>"
        + "<path d=\"M1,1h3\" stroke=\"none\"/>")
    #expect(
      text.hasSuffix(
        "><g fill=\"#0102ff\" font-size=\"9\"><text transform=\"translate(1.2,0)\">a</text><text transform=\"translate(3,0)\">b</text></g></svg>"
      ), "\(text)")
  }

  @Test func numbersStayApart() throws {
    #expect(
      try Self.read("<path stroke=\"#000000\" d=\"M1.25-0.04L1e-7,2.55-3.449A2,2,0,1,1,-2,0\"/>").contains(
        "d=\"M1.3 0L0,2.6-3.4A2,2,0,1,1,-2,0\""))
    #expect(
      try Self.read("<path fill=\"#000000\" d=\"M2,0A2,2,0,1,1,-2,0A2,2,0,1,1,2,0\"/>").contains(
        "<circle fill=\"#000000\" r=\"2\"/>"))
  }

  @Test func aPageHasItsOwnColours() {
    let svg =
      "<rect fill=\"#ffffff\"/><text fill=\"#1b1f24\"/><line stroke=\"#d0d7de\"/><text fill=\"#57606a\">#ffffff</text>"
    #expect(
      ChartTheme.themed(svg: svg)
        == "<rect fill=\"var(--paper)\"/><text fill=\"var(--ink)\"/><line stroke=\"var(--rule)\"/><text fill=\"var(--quiet)\">#ffffff</text>"
    )
  }
}
