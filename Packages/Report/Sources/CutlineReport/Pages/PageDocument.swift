internal import CutlineCore
internal import Foundation

/// A whole page: one file that needs nothing else, may fetch nothing, and runs no script that its policy does not name.
struct PageDocument {
  let title: String
  let words: Words
  let body: Html
  /// Scripts of this program and of the charts' library, in their order.
  var scripts: [String] = []
  /// JSON that scripts read, by id.
  var data: [(id: String, json: String)] = []

  var bytes: [UInt8] {
    let policy =
      ([
        "default-src 'none'", "style-src '\(Self.source(PageStyle.css))'", "img-src data:", "base-uri 'none'",
        "form-action 'none'",
      ]
      + (scripts.isEmpty ? [] : ["script-src \(scripts.map { "'\(Self.source($0))'" }.joined(separator: " "))"]))
      .joined(separator: "; ")
    let head: Html = [
      .void("meta", ["charset": "utf-8"]),
      .void("meta", ["http-equiv": "Content-Security-Policy", "content": policy]),
      .void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
      .void("meta", ["name": "color-scheme", "content": "light dark"]),
      .tag("title", [:], .text(title)), Html(trusted: "<style>\(PageStyle.css)</style>"),
    ]
    // In JSON a `<` is as good as its escape, and no text of it can end the element.
    let values = data.map {
      .tag("script", ["type": "application/json", "id": $0.id], Html(trusted: $0.json.replacing("<", with: "\\u003c")))
    }.joined()
    let code = scripts.map { Html(trusted: "<script>\($0)</script>") }.joined()
    let page: Html = .tag(
      "html", ["lang": words.language], .tag("head", [:], head),
      .tag(
        "body", [:], .tag("a", ["class": "skip", "href": "#content"], .text(words(.skip))), body, values, code))
    return Array("<!doctype html>\n\(page.markup)\n".utf8)
  }

  /// A text as a policy names it.
  private static func source(_ text: String) -> String {
    let hex = Array(Digest.of(Array(text.utf8)))
    let bytes = stride(from: 0, to: hex.count - 1, by: 2).compactMap { UInt8(String(hex[$0...$0 + 1]), radix: 16) }
    return "sha256-" + Data(bytes).base64EncodedString()
  }
}
