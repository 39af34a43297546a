/// A table of a page: one row of headers, cells that are text or numbers.
struct PageTable {
  struct Column {
    let title: Html
    let isNumber: Bool
  }
  private let caption: Html
  private let columns: [Column]
  private var body: [Html] = []

  init(_ caption: Html, _ columns: [(title: Html, isNumber: Bool)]) {
    self.caption = caption
    self.columns = columns.map { Column(title: $0.title, isNumber: $0.isNumber) }
  }

  /// - Parameter isKey: whether it is the row that the eye should find first.
  mutating func add(_ cells: [Html], isKey: Bool = false) {
    let fields = zip(columns, cells).enumerated().map { place, pair -> Html in
      place == 0
        ? .tag("th", ["scope": "row"], pair.1)
        : pair.0.isNumber ? .tag("td", ["class": "n"], pair.1) : .tag("td", [:], pair.1)
    }.joined()
    body.append(isKey ? .tag("tr", ["class": "key"], fields) : .tag("tr", [:], fields))
  }

  /// Wide tables scroll in a region of their own that the keyboard reaches.
  func html(label: String) -> Html {
    let head = columns.map { column -> Html in
      column.isNumber
        ? .tag("th", ["scope": "col", "class": "n"], column.title) : .tag("th", ["scope": "col"], column.title)
    }.joined()
    return .tag(
      "div", ["class": "scroll", "role": "group", "aria-label": label, "tabindex": "0"],
      .tag(
        "table", [:], caption.markup.isEmpty ? .empty : .tag("caption", [:], caption),
        .tag("thead", [:], .tag("tr", [:], head)), .tag("tbody", [:], body.joined())))
  }
}
