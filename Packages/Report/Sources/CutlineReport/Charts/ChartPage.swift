internal import CutlineCore
internal import Foundation

/// One chart as a page of its own: one file that fetches nothing, with the drawing, a sentence and the numbers, and where it is
/// worth it a script that draws it again so that it can be touched.
struct ChartPage {
  let name: String
  let charts: [(label: String, chart: Chart)]
  /// SVG that `SvgDrawing` has written; nil where nothing could draw it.
  let drawing: String?
  let document: Specification
  /// The path of the library's script; nil where the page shall have none.
  let bundle: String?

  private static let style = """
    :root{--ink:#1b1f24;--quiet:#57606a;--rule:#d0d7de;--paper:#ffffff}
    @media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--quiet:#9da7b1;--rule:#3d444d;--paper:#0d1117}}
    body{margin:0 auto;max-width:960px;padding:24px 16px;background:var(--paper);color:var(--ink);\
    font:16px/1.5 system-ui,"Segoe UI","DejaVu Sans",sans-serif}
    h1{font-size:1.375rem;line-height:1.3;margin:0 0 4px;overflow-wrap:anywhere}
    p{margin:4px 0 12px;max-width:80ch;overflow-wrap:anywhere}.quiet{color:var(--quiet);font-size:.875rem}
    .picture{overflow-x:auto}.picture svg{max-width:100%;height:auto}
    summary{cursor:pointer;padding:8px 0}summary:focus-visible,[tabindex]:focus-visible{outline:3px solid #0072b2}
    .scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums}
    caption{text-align:left;color:var(--quiet);padding:4px 0}
    th,td{text-align:left;font-weight:400;padding:4px 16px 4px 0;border-bottom:1px solid var(--rule)}thead th{font-weight:600}
    #hint{position:fixed;white-space:pre;background:var(--paper);border:1px solid var(--rule);padding:6px 10px;\
    font-size:.8125rem}
    @media print{details{display:block}}
    """

  /// What the page's own script does: it draws the chart again in place of the drawing; whatever goes wrong, the drawing stays.
  private static let script = """
    (function(){
    var box=document.getElementById("picture"),text=document.getElementById("chart").textContent;
    if(matchMedia("(prefers-color-scheme:dark)").matches)
    JSON.parse(document.getElementById("shades").textContent).forEach(function(pair){
    text=text.split(pair[0]).join(pair[1])});
    var place=document.createElement("div"),hint=document.createElement("div");
    hint.id="hint";hint.hidden=true;document.body.appendChild(hint);
    function tip(handler,event,item,value){hint.hidden=!value;if(!value)return;
    hint.textContent=typeof value==="object"?Object.keys(value).map(function(k){return k+": "+value[k]}).join("\\n"):String(value);
    hint.style.left=event.clientX+14+"px";hint.style.top=event.clientY+14+"px"}
    window.cutlineEmbed(place,JSON.parse(text),{ast:true,actions:false,renderer:"svg",defaultStyle:false,tooltip:tip}).then(function(){
    box.replaceChildren(place)}).catch(function(){});
    })();
    """

  /// - Throws: `Faults` (io) where the library's script cannot be read.
  func bytes() throws -> [UInt8] {
    let title = charts.count == 1 ? charts[0].chart.finding : "\(name): \(charts.count) runs"
    let code = try bundle.map { path -> String in
      guard let data = FileManager.default.contents(atPath: path) else {
        throw Faults.io(path, "cannot be read", "Run scripts/setup again.")
      }
      return String(decoding: data, as: UTF8.self)
    }
    let scripts = code.map { [$0, Self.script] } ?? []
    var policy = [
      "default-src 'none'", "style-src '\(Self.digest(Self.style))'", "base-uri 'none'", "form-action 'none'",
    ]
    if !scripts.isEmpty {
      policy.append("script-src \(scripts.map { "'\(Self.digest($0))'" }.joined(separator: " "))")
    }
    let page: Html = .tag(
      "html", ["lang": "en"],
      .tag(
        "head", [:], .void("meta", ["charset": "utf-8"]),
        .void(
          "meta", ["http-equiv": "Content-Security-Policy", "content": policy.joined(separator: "; ")]),
        .void("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        .void("meta", ["name": "color-scheme", "content": "light dark"]),
        .tag("title", [:], .text(title)), Html(trusted: "<style>\(Self.style)</style>")),
      .tag(
        "body", [:], .tag("main", [:], try parts(title)), try data(),
        scripts.map { Html(trusted: "<script>\($0)</script>") }.joined()))
    return Array("<!doctype html>\n\(page.markup)\n".utf8)
  }

  private func parts(_ title: String) throws -> Html {
    let picture: Html =
      drawing.map {
        .tag(
          "div",
          [
            "class": "picture", "id": "picture", "role": "img",
            "aria-label": charts.map(\.chart.summary).joined(separator: " "),
          ],
          Html(trusted: ChartTheme.themed(svg: $0)))
      } ?? .tag("p", [:], .text(ChartConverter.absence))
    return [
      .tag("h1", [:], .text(title)), .tag("p", ["class": "quiet"], .text(charts[0].chart.basis)), picture,
      charts.map { own -> Html in
        [
          .tag("p", [:], .text((charts.count > 1 ? "\(own.label): " : "") + own.chart.summary)), table(own.chart),
          .tag("p", ["class": "quiet"], .text("Drawn from \(own.chart.sources.joined(separator: ", "))")),
        ]
      }.joined(),
    ]
  }

  private func table(_ chart: Chart) -> Html {
    func cells(_ fields: [String], _ tag: StaticString) -> Html { fields.map { .tag(tag, [:], .text($0)) }.joined() }
    return .tag(
      "details", [:], .tag("summary", [:], .text("The numbers")),
      .tag(
        "div", ["class": "scroll", "role": "region", "aria-label": chart.finding, "tabindex": "0"],
        .tag(
          "table", [:], .tag("caption", [:], .text(chart.finding)),
          .tag(
            "thead", [:],
            .tag("tr", [:], chart.table.columns.map { .tag("th", ["scope": "col"], .text($0)) }.joined())),
          .tag("tbody", [:], chart.table.rows.map { .tag("tr", [:], cells($0, "td")) }.joined()))))
  }

  private func data() throws -> Html {
    guard bundle != nil else { return .empty }
    let (light, dark) = (ChartTheme.light, ChartTheme.dark)
    let shades = [
      (light.ink, dark.ink), (light.quiet, dark.quiet), (light.rule, dark.rule), (light.paper, dark.paper),
    ]
    let values: [(id: String, value: Specification)] = [
      ("chart", document), ("shades", .list(shades.map { .texts([$0.0, $0.1]) })),
    ]
    // In JSON a `<` is as good as its escape, and no text of it can end the element.
    return try values.map {
      .tag(
        "script", ["type": "application/json", "id": $0.id],
        Html(trusted: try $0.value.json().replacing("<", with: "\\u003c")))
    }.joined()
  }

  private static func digest(_ text: String) -> String {
    let hex = Array(Digest.of(Array(text.utf8)))
    let bytes = stride(from: 0, to: hex.count - 1, by: 2).compactMap { UInt8(String(hex[$0...$0 + 1]), radix: 16) }
    return "sha256-" + Data(bytes).base64EncodedString()
  }
}
