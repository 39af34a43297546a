internal import CutlineCore

/// The cells of a grid as they are drawn: the last score across, all others down, as in the table of decisions.
struct GridDrawing {
  /// A cell at a column and a line, both from 0.
  struct Cell {
    let row: Int
    let column, line: Int
  }

  let cells: [Cell]
  let columns, lines: Int
  private let across, down: Scale
  /// Lines that are left out, as a grid of many scores has more than can be told apart.
  let hiddenLines: Int

  /// A side of the grid: what it is called, and the edges between its bins where they are known.
  private struct Scale {
    let title: String
    let labels: [String]
    let areEdges: Bool
  }

  static let cellLimit = 2000
  /// Cells below this width have no text.
  private static let textLimit = 24

  private let width: Int

  /// - Parameters:
  ///   - axes: columns of `table` with numbers of bins.
  ///   - width: of the plot, px.
  init?(_ table: StoredTable, axes: [String], bins: StoredTable?, width: Int = ChartTheme.width) {
    guard let last = axes.last, !table.rows.isEmpty else { return nil }
    self.width = width
    let others = axes.dropLast()
    var lineOf: [[String]: Int] = [:]
    var lineNames: [[String]] = []
    var cells: [Cell] = []
    var columns = 0
    for row in table.rows.indices {
      guard let bin = Int(table.text(last, row)), bin > 0, bin <= Self.cellLimit else { return nil }
      let key = others.map { table.text($0, row) }
      if lineOf[key] == nil {
        lineOf[key] = lineNames.count
        lineNames.append(key)
      }
      cells.append(Cell(row: row, column: bin - 1, line: lineOf[key] ?? 0))
      columns = max(columns, bin)
    }
    let shown = max(1, min(lineNames.count, Self.cellLimit / columns))
    self.cells = cells.filter { $0.line < shown }
    (self.columns, lines, hiddenLines) = (columns, shown, lineNames.count - shown)
    across = Self.scale(last, count: columns, bins)
    down =
      others.count == 1
      ? Self.scale(others[0], count: shown, bins)
      : Scale(
        title: others.joined(separator: " · "), labels: lineNames.prefix(shown).map { $0.joined(separator: " · ") },
        areEdges: false)
  }

  /// The axes of a table that begins with them: the columns before `first`.
  static func axes(of table: StoredTable, before first: String) -> [String] {
    Array(table.columns.prefix { $0 != first })
  }

  /// Edges of the bins in raw values; their numbers where the run does not say.
  private static func scale(_ axis: String, count: Int, _ bins: StoredTable?) -> Scale {
    let rows = bins.map { bins in bins.rows.indices.filter { bins.text("variable", $0) == axis } } ?? []
    guard let bins, rows.count == count, count > 1 else {
      return Scale(title: axis, labels: (1...max(count, 1)).map { "\($0)" }, areEdges: false)
    }
    let edges = rows.dropFirst().map { bins.text("low", $0) }
    let source = bins.text("source", rows[0])
    guard edges.allSatisfy({ Double($0) != nil }) else {
      return Scale(title: source, labels: (1...count).map { "\($0)" }, areEdges: false)
    }
    let isSafer = bins.text("direction", rows[0]) == "higher-is-safer"
    return Scale(title: "\(source), higher is \(isSafer ? "safer" : "riskier")", labels: edges, areEdges: true)
  }

  // MARK: - Drawing

  /// Width and height of a cell, px.
  var cellWidth: Double { (Double(width) / Double(columns)).rounded(.down).clamped(to: 3...90) }
  var cellHeight: Double { (420 / Double(lines)).rounded(.down).clamped(to: 2...(hasText ? 28 : 18)) }
  var hasText: Bool { cellWidth >= Double(Self.textLimit) && lines <= 24 }
  var size: Specification {
    ["width": .number(cellWidth * Double(columns)), "height": .number(cellHeight * Double(lines))]
  }

  /// The place of a cell, as fields of its data.
  func place(_ cell: Cell) -> [String: Specification] {
    ["c": .number(Double(cell.column)), "l": .number(Double(cell.line))]
  }

  /// Rectangles of a colour each; `fields` of every cell are those of `place` and of the colour.
  func rectangles(_ colour: Specification) -> Specification {
    [
      "mark": ["type": "rect", "stroke": .text(ChartTheme.light.paper), "strokeWidth": .number(cellWidth < 8 ? 0 : 1)],
      "transform": [
        ["calculate": "datum.c + 1", "as": "c2"], ["calculate": "datum.l + 1", "as": "l2"],
      ],
      "encoding": encoding.merging(["x2": ["field": "c2"], "y2": ["field": "l2"], "color": colour]),
    ]
  }

  /// A text in every cell that `filter` picks, `shift` px below its middle.
  func texts(_ field: String, filter: String, colour: String, shift: Double, size: Double) -> Specification {
    [
      "transform": [
        ["filter": .text(filter)], ["calculate": "datum.c + 0.5", "as": "cm"],
        ["calculate": "datum.l + 0.5", "as": "lm"],
      ],
      "mark": [
        "type": "text", "fontSize": .number(size), "dy": .number(shift), "color": .text(colour), "baseline": "middle",
      ],
      "encoding": encoding.merging([
        "x": ["field": "cm"], "y": ["field": "lm"], "text": ["field": .text(field), "type": "nominal"],
      ]),
    ]
  }

  /// The line between what is accepted and what is not.
  /// - Parameter isAccepted: by cell.
  func staircase(_ isAccepted: (Cell) -> Bool, dashed: Bool, colour: String) -> Specification {
    var accepted = Array(repeating: Array(repeating: false, count: columns), count: lines)
    for cell in cells where isAccepted(cell) { accepted[cell.line][cell.column] = true }
    var edges: [[String: Specification]] = []
    func add(_ x: Int, _ y: Int, _ x2: Int, _ y2: Int) {
      edges.append(zip(["c", "l", "c2", "l2"], [x, y, x2, y2]).reduce(into: [:]) { $0[$1.0] = .number(Double($1.1)) })
    }
    for line in 0..<lines {
      for column in 0..<columns {
        if column + 1 < columns, accepted[line][column] != accepted[line][column + 1] {
          add(column + 1, line, column + 1, line + 1)
        }
        if line + 1 < lines, accepted[line][column] != accepted[line + 1][column] {
          add(column, line + 1, column + 1, line + 1)
        }
      }
    }
    return [
      "data": .values(edges),
      "mark": [
        "type": "rule", "color": .text(colour), "strokeWidth": 2.5, "strokeCap": dashed ? "butt" : "square",
        "strokeDash": dashed ? [4, 3] : [1, 0],
      ],
      "encoding": encoding.merging(["x2": ["field": "c2"], "y2": ["field": "l2"]]),
    ]
  }

  private var encoding: Specification {
    ["x": axis("c", across, count: columns, isDown: false), "y": axis("l", down, count: lines, isDown: true)]
  }

  private func axis(_ field: String, _ scale: Scale, count: Int, isDown: Bool) -> Specification {
    // Edges stand between cells, names in their middle; of many, as many as have room.
    let room = isDown ? cellHeight : cellWidth
    let every = max(1, Int((isDown ? 12 : 14) / max(room, 1)) + (room < (isDown ? 12 : 14) ? 1 : 0))
    let places = scale.labels.indices.filter { $0 % every == 0 }
    let values = places.map { Specification.number(scale.areEdges ? Double($0 + 1) : Double($0) + 0.5) }
    let longest = scale.labels.map(\.count).max() ?? 0
    let isTurned = !isDown && Double(longest) * 6.5 > cellWidth * Double(every)
    let list = Specification.texts(
      scale.labels.map(Specification.printable).map { $0.count > 24 ? String($0.prefix(23)) + "…" : $0 })
    // Text as JSON is text of an expression, too: no name can be more than that.
    let labels = (try? list.json()) ?? "[]"  // It holds text alone, which always can be written.
    return [
      "field": .text(field), "type": "quantitative",
      "scale": [
        "domain": [0, .number(Double(count))], "nice": false, "zero": false, "reverse": .flag(isDown),
      ],
      "axis": [
        "values": .list(values), "title": .text(scale.title), "grid": false, "labelOverlap": false,
        "labelFontSize": 10, "ticks": .flag(scale.areEdges), "domain": false,
        "labelExpr": .text("\(labels)[floor(datum.value - \(scale.areEdges ? "0.75" : "0.25"))]"),
        "labelAngle": .number(isTurned ? -90 : 0), "labelAlign": isTurned ? "right" : isDown ? "right" : "center",
        "labelBaseline": isTurned || isDown ? "middle" : "top",
      ],
    ]
  }
}

extension Double {
  fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
    Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
  }
}
