internal import CutlineDecide
internal import CutlineReport
internal import Foundation

/// The page at `/`: what is here. Without scripts, and with one style that its policy names by digest.
enum SitePage {
  struct Link {
    let target, name, says: String
  }

  static let style = """
    body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:3rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
    dt{font-weight:600;margin-top:.8rem}dd{margin:0}a{color:#0b57a4}
    @media (prefers-color-scheme:dark){body{color:#eee;background:#151515}a{color:#8ab8ef}}
    """

  /// A policy that lets a page have these styles and nothing else.
  static func policy(styles: [String]) -> String {
    let digests = styles.map { "'sha256-\(Data(Secret.digest(Array($0.utf8))).base64EncodedString())'" }
    let style = digests.isEmpty ? "" : " style-src \(digests.joined(separator: " "));"
    return "default-src 'none';\(style) base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
  }

  /// - Parameter who: who looks; nil for nobody in particular.
  static func response(title: String, version: String, who: String?, links: [Link]) -> Response {
    let list = links.map { link -> Html in
      let name = Html.tag("a", ["href": link.target], .name(link.name))
      return .tag("dt", [:], name) + .tag("dd", [:], .text(link.says))
    }
    let signed = who.map { Html.tag("p", [:], .text("Signed in as "), .name($0), .text(".")) } ?? .empty
    let page = Html.tag(
      "html", ["lang": "en"],
      .tag(
        "head", [:], .void("meta", ["charset": "utf-8"]),
        .void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        .tag("title", [:], .text(title)), styleTag),
      .tag(
        "body", [:],
        .tag(
          "main", [:], .tag("h1", [:], .text(title)), signed, .tag("dl", [:], list.joined()),
          .tag("p", [:], .tag("small", [:], .text("cutline \(version)"))))))
    return Response(
      200, Response.html, Array("<!DOCTYPE html>\n\(page.markup)\n".utf8),
      [HttpField("Content-Security-Policy", policy(styles: [style]))])
  }

  /// The style has none of the characters that are escaped.
  private static var styleTag: Html { .tag("style", [:], .text(style)) }
}
