/// Markup that may stand in a page, of this module or of the server. Text is escaped when it comes in, so that a name of a segment, a column or a category is
/// never more than text.
public struct Html: Sendable, ExpressibleByArrayLiteral {
  public private(set) var markup: String

  public static let empty = Html(trusted: "")

  /// Markup that this module has made or checked.
  init(trusted markup: String) { self.markup = markup }

  public init(arrayLiteral parts: Html...) { self = parts.joined() }

  /// Text of any origin, as text. Control characters, which XML has no place for and which change what one reads, become �.
  public static func text(_ text: String) -> Html {
    var markup = ""
    markup.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": markup += "&amp;"
      case "<": markup += "&lt;"
      case ">": markup += "&gt;"
      case "\"": markup += "&quot;"
      case "'": markup += "&#39;"
      case "\n", "\t": markup.unicodeScalars.append(scalar)
      case _ where scalar.value < 32 || (127...159).contains(scalar.value): markup += "\u{FFFD}"
      // Marks that turn the direction of what follows: a name in brackets could read as another one.
      case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": markup += "\u{FFFD}"
      default: markup.unicodeScalars.append(scalar)
      }
    }
    return Html(trusted: markup)
  }

  /// A name that people gave: its own direction of writing does not touch what stands around it.
  public static func name(_ name: String) -> Html { tag("bdi", [:], text(name)) }

  /// An element. Names of tags and attributes are of this module, values of attributes are escaped.
  public static func tag(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], _ content: Html...
  )
    -> Html
  {
    Html(trusted: opening(name, attributes) + content.map(\.markup).joined() + "</\(name)>")
  }

  /// An element without content.
  public static func void(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:]) -> Html {
    Html(trusted: opening(name, attributes))
  }

  private static func opening(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String>) -> String {
    "<\(name)" + attributes.map { " \($0)=\"\(text($1).markup)\"" }.joined() + ">"
  }

  public static func + (left: Html, right: Html) -> Html { Html(trusted: left.markup + right.markup) }
}

extension Sequence where Element == Html {
  public func joined() -> Html { Html(trusted: map(\.markup).joined()) }
}
