internal import CutlineCore
internal import CutlineFormats
internal import Foundation

/// The points of a card, a line for each bin: for people, spreadsheets and programs that look bins up.
struct PointsTable {
  static let columns = [
    "characteristic", "column", "bin", "label", "above", "up_to", "values", "points", "good", "bad", "woe",
    "reason_code",
  ]

  private let card: Scorecard
  init(_ card: Scorecard) { self.card = card }

  private struct Line {
    let own: Characteristic
    let bin: Int
    /// Ends of an interval, empty where there is none; special values or levels (`ValueList`).
    var above: Double?
    var upTo: Double?
    var values = ""
    var attribute: Characteristic.Attribute { own.attributes[bin] }
  }

  private var lines: [Line] {
    card.characteristics.flatMap { own in
      own.attributes.indices.map { bin in
        var line = Line(own: own, bin: bin)
        let bins = own.bins
        if bin >= bins.valueCount, bin != bins.missingBin {
          let special = own.specials[bin - bins.valueCount]
          line.values = ValueList.text(special.values.map(NumberText.shortest) + special.words)
        } else if let groups = bins.groups, bin < groups.count {
          line.values = ValueList.text(groups[bin])
        } else if !bins.isOfWords, bin < bins.valueCount {
          if bin > 0 { line.above = bins.edges[bin - 1] }
          if bin < bins.edges.count { line.upTo = bins.edges[bin] }
        }
        return line
      }
    }
  }

  /// The initial score has a line of its own where there is one.
  var csv: [UInt8] {
    var csv = CsvText(Self.columns, guardsFormulas: true)
    if card.scale.intercept == .separate {
      csv.add(
        ["(initial)", "", "1", "", "", "", "", ScorecardExport.points(card.initial, of: card), "", "", "", ""])
    }
    for line in lines {
      let own = line.attribute
      csv.add([
        line.own.name, line.own.column, "\(line.bin + 1)", line.own.label(of: line.bin),
        NumberText.shortest(line.above),
        NumberText.shortest(line.upTo), line.values, ScorecardExport.points(own.points, of: card), "\(own.good)",
        "\(own.bad)", NumberText.shortest(own.woe), line.own.reasonCode(of: line.bin),
      ])
    }
    return csv.bytes
  }

  /// - Throws: `Faults` (usage) where libxlsxwriter is not installed.
  func spreadsheet(_ name: String) throws -> Data {
    var rows: [[SpreadsheetFile.Cell]] = []
    if card.scale.intercept == .separate {
      rows.append(
        [.text("(initial)"), .empty, .number(1)] + [.empty, .empty, .empty, .empty]
          + [.number(card.points(card.initial)), .empty, .empty, .empty, .empty])
    }
    for line in lines {
      let own = line.attribute
      rows.append([
        .text(line.own.name), .text(line.own.column), .number(Double(line.bin + 1)),
        .text(line.own.label(of: line.bin)),
        .number(line.above), .number(line.upTo), .text(line.values), .number(card.points(own.points)),
        .number(Double(own.good)), .number(Double(own.bad)), .number(own.woe),
        .text(line.own.reasonCode(of: line.bin)),
      ])
    }
    return try SpreadsheetFile.bytes(
      title: "Scorecard \(name)", sheet: "Points", columns: Self.columns, rows: rows)
  }
}
