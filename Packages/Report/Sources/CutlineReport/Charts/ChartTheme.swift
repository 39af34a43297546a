/// How all charts look: one set of colours that colour-blind readers tell apart, one scale for risk, a quiet grid, text that can
/// be read when printed.
///
/// Sources: M. Okabe, K. Ito, *Color Universal Design* (2008), whose blue, vermillion and green are used, and darker shades of
/// its purple and orange, so that each has a contrast of 3 : 1 on white and on the dark paper.
enum ChartTheme {
  /// Ink, quiet text, rules and paper: exact words, so that a page can put its own colours in their place.
  struct Shades {
    let ink, quiet, rule, paper: String
  }

  static let light = Shades(ink: "#1b1f24", quiet: "#57606a", rule: "#d0d7de", paper: "#ffffff")
  static let dark = Shades(ink: "#e6edf3", quiet: "#9da7b1", rule: "#3d444d", paper: "#0d1117")

  static let blue = "#0072b2"
  static let vermillion = "#d55e00"
  static let green = "#009e73"
  static let purple = "#a6568c"
  static let ochre = "#b07800"
  static let sky = "#3a93cc"
  static let grey = "#7d8590"
  static let categories = [blue, vermillion, green, purple, ochre, sky]

  /// Risk from low to high, lighter to darker: the printed page keeps the order, too.
  static let risk = ["#fff4e3", "#fdd9a8", "#f8b26a", "#e8803c", "#c9511f", "#96300f", "#5e1a07"]
  /// Text on the lighter and on the darker half of that scale, whatever the page is.
  static let onLight = "#1a1a1a"
  static let onDark = "#fefefe"

  /// What the converter measures is what a reader's machine draws: Verdana has the widths of DejaVu Sans.
  static let font = "DejaVu Sans, Verdana, sans-serif"
  /// Plots of a whole line and of half of one, px.
  static let width = 620
  static let halfWidth = 270
  /// Of a plot with text in many cells: as wide as the column of a page.
  static let pageWidth = 920

  static func config(dark isDark: Bool) -> Specification {
    let shades = isDark ? dark : light
    func text(_ colour: String) -> Specification { .text(colour) }
    let (ink, quiet, rule) = (text(shades.ink), text(shades.quiet), text(shades.rule))
    return [
      "aria": false, "background": text(shades.paper), "font": .text(font), "padding": 8,
      "view": ["stroke": nil],
      "axis": [
        "labelFontSize": 11, "titleFontSize": 12, "titleFontWeight": "normal", "labelColor": quiet, "titleColor": ink,
        "gridColor": rule, "gridOpacity": 0.7, "domainColor": rule, "tickColor": rule, "labelLimit": 160,
        "labelPadding": 5, "titlePadding": 8, "titleLimit": 500, "labelOverlap": true, "labelFlush": false,
      ],
      "legend": [
        "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal", "labelColor": ink, "titleColor": quiet,
        "labelLimit": 220, "titleLimit": 400, "symbolOpacity": 1, "orient": "top", "symbolStrokeWidth": 2, "offset": 10,
        "columnPadding": 16,
      ],
      "header": [
        "labelFontSize": 12, "labelColor": ink, "labelFontWeight": "normal", "labelLimit": 300, "title": nil,
      ],
      "title": [
        "anchor": "start", "color": ink, "fontSize": 15, "subtitleColor": quiet, "subtitleFontSize": 11,
        "subtitlePadding": 6, "offset": 14, "lineHeight": 20, "subtitleLineHeight": 15,
      ],
      "text": ["color": ink, "fontSize": 11], "rule": ["color": quiet], "line": ["strokeWidth": 2],
      "range": ["category": .list(categories.map(Specification.text)), "ramp": .list(risk.map(Specification.text))],
    ]
  }

  /// The colours of ink, quiet text, rules and paper as the page's own (`--ink`, `--quiet`, `--rule`, `--paper`), so that one
  /// drawing is read by day and by night. Colours of data stay.
  static func themed(svg: String) -> String {
    var svg = svg
    for (colour, name) in [
      (light.ink, "ink"), (light.quiet, "quiet"), (light.rule, "rule"), (light.paper, "paper"),
    ] {
      svg = svg.replacing("\"\(colour)\"", with: "\"var(--\(name))\"")
    }
    return svg
  }

  /// A text in lines of at most `limit` characters, broken between words; a longer word is cut with an ellipsis.
  static func lines(_ text: String, limit: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(whereSeparator: \.isWhitespace) {
      let cut = word.count > limit ? String(word.prefix(limit - 1)) + "…" : String(word)
      if let last = lines.last, last.count + 1 + cut.count <= limit {
        lines[lines.count - 1] = last + " " + cut
      } else {
        lines.append(cut)
      }
    }
    return lines
  }
}
