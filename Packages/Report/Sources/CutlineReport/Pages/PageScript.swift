internal import CutlineCore
internal import Foundation

/// What makes drawings answer to a pointer: the charts' library, and a few lines that draw each chart again in the place of its
/// drawing when it comes into view. Whatever goes wrong, the drawing stays.
struct PageScript {
  /// The library, then the page's own.
  let scripts: [String]
  /// What they read.
  let data: [(id: String, json: String)]

  private static let own = """
    (function(){
    function read(id){return JSON.parse(document.getElementById(id).textContent)}
    var charts=read("charts"),dark=matchMedia("(prefers-color-scheme:dark)").matches,shades=read(dark?"dark":"light");
    function draw(box){
    var place=document.createElement("div");
    window.cutlineEmbed(place,charts[box.id],{ast:true,actions:false,renderer:"svg",config:shades}).then(function(){
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
    data = [
      ("charts", try Specification.object(documents).json()), ("light", try ChartTheme.config(dark: false).json()),
      ("dark", try ChartTheme.config(dark: true).json()),
    ]
  }
}
