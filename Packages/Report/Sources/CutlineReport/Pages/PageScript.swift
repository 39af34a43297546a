internal import CutlineCore
internal import Foundation

/// What makes drawings answer to a pointer: the charts' library, and a few lines that draw each chart again in the place of its
/// drawing when it comes into view. Whatever goes wrong, the drawing stays.
struct PageScript {
  /// The library, then the page's own.
  let scripts: [String]
  /// What they read.
  let data: [(id: String, json: String)]

  /// The hint is the page's own: the library's would need styles that the policy does not allow.
  private static let own = """
    (function(){
    var text=document.getElementById("charts").textContent;
    if(matchMedia("(prefers-color-scheme:dark)").matches)
    JSON.parse(document.getElementById("shades").textContent).forEach(function(pair){
    text=text.split(pair[0]).join(pair[1])});
    var charts=JSON.parse(text),hint=document.createElement("div");
    hint.id="hint";hint.hidden=true;document.body.appendChild(hint);
    function tip(handler,event,item,value){hint.hidden=!value;if(!value)return;
    hint.textContent=typeof value==="object"?Object.keys(value).map(function(k){return k+": "+value[k]}).join("\\n"):String(value);
    hint.style.left=event.clientX+14+"px";hint.style.top=event.clientY+14+"px"}
    function draw(box){
    var place=document.createElement("div");place.setAttribute("aria-hidden","true");
    window.cutlineEmbed(place,charts[box.id],{ast:true,actions:false,renderer:"svg",defaultStyle:false,tooltip:tip}).then(function(){
    if(place.querySelector("svg"))box.replaceChildren(place)}).catch(function(){});
    }
    var seen=new IntersectionObserver(function(entries){entries.forEach(function(entry){
    if(entry.isIntersecting){seen.unobserve(entry.target);draw(entry.target)}})},{rootMargin:"200px"});
    Object.keys(charts).forEach(function(id){var box=document.getElementById(id);if(box)seen.observe(box)});
    })();
    """

  /// - Parameters:
  ///   - charts: by the id of the element that holds the drawing.
  ///   - bundle: the path of the library's script.
  /// - Throws: `Faults` (io) where it cannot be read.
  init(_ charts: [(id: String, document: Specification)], bundle: String) throws {
    guard let library = FileManager.default.contents(atPath: bundle) else {
      throw Faults.io(bundle, "cannot be read", "Run scripts/setup again.")
    }
    scripts = [String(decoding: library, as: UTF8.self), Self.own]
    let documents = Dictionary(charts.map { ($0.id, $0.document) }, uniquingKeysWith: { first, _ in first })
    let (light, dark) = (ChartTheme.light, ChartTheme.dark)
    let shades = [
      (light.ink, dark.ink), (light.quiet, dark.quiet), (light.rule, dark.rule), (light.paper, dark.paper),
    ]
    data = [
      ("charts", try Specification.object(documents).json()),
      ("shades", try Specification.list(shades.map { .texts([$0.0, $0.1]) }).json()),
    ]
  }
}
