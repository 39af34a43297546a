internal import CutlineCore
internal import CutlineFormats

/// A card as one C99 file that needs `strcmp` and nothing else: no state, no allocation, whole numbers.
struct CScorecard {
  private let card: Scorecard
  private let name, function: String

  /// - Throws: `Faults` (usage) for what is no name of a function.
  init(_ card: Scorecard, _ options: ScorecardExport.Options) throws {
    try CNames.check(options.function)
    (self.card, name, function) = (card, options.name, options.function)
  }

  var text: String {
    let count = card.characteristics.count
    let inputs = card.characteristics.enumerated().map { place, own in
      "   \(own.bins.isOfWords ? "words" : "numbers")[\(place)]  \(comment(own.column))\(own.bins.missing == .refused ? ", required" : "")\n"
    }.joined()
    let tables = card.characteristics.indices.map(table).joined()
    let unit = card.scale.unitsPerPoint
    var limits = ""
    for (end, way) in [(card.least, "<"), (card.most, ">")] {
      if let end { limits += "  if (sum \(way) \(end * unit)LL) { sum = \(end * unit)LL; }\n" }
    }
    return """
      /* \(comment(name)): the score is the sum of the points, higher is safer.

         int \(function)(const double *numbers, const char *const *words, long long *score, const char **reasons)

         Each array has \(count) places, one for each characteristic:
      \(inputs)   NaN, a null pointer and an empty text are missing. Writes the score\(unit == 1 ? "" : " in units of 1/\(unit) point") and up to \(ScorecardAnswer.mostReasons) codes, the one that costs
         most points first, then null pointers. Returns 0, or for a record that is refused the number of the characteristic
         that is missing, from 1; then nothing is written.
         cc -std=c99 -O2 -c scorecard.c */
      #include <string.h>

      #if defined(__FAST_MATH__)
      #error "-ffast-math takes NaN for a number"
      #endif

      int \(function)(const double *numbers, const char *const *words, long long *score, const char **reasons);

      \(tables)int \(function)(const double *numbers, const char *const *words, long long *score, const char **reasons)
      {
        static const char protect[\(count)] = {\(card.characteristics.map { $0.isProtected ? "1" : "0" }.joined(separator: ", "))};
        int bins[\(count)];
        long long gains[\(count)];
        long long sum = \(card.initial)LL;
        int place;
        int rank;
        (void)numbers;
        (void)words;
      \(card.characteristics.indices.map(step).joined())\(limits)  *score = sum;
        for (rank = 0; rank < \(ScorecardAnswer.mostReasons); rank++) {
          int best = -1;
          for (place = 0; place < \(count); place++) {
            if (!protect[place] && gains[place] > 0 && (best < 0 || gains[place] > gains[best])) { best = place; }
          }
          reasons[rank] = 0;
          if (best < 0) { continue; }
          gains[best] = 0;
          switch (best) {
      \(card.characteristics.indices.map { "    case \($0): reasons[rank] = \(function)_codes_\($0)[bins[\($0)]]; break;\n" }.joined())    default: break;
          }
        }
        return 0;
      }

      """
  }

  private func table(_ place: Int) -> String {
    let own = card.characteristics[place]
    let points = own.attributes.map { "\($0.points)LL" }.joined(separator: ", ")
    let codes = own.attributes.indices.map { Self.literal(own.reasonCode(of: $0)) }.joined(separator: ", ")
    return """
      static const long long \(function)_points_\(place)[] = {\(points)};
      static const char *const \(function)_codes_\(place)[] = {\(codes)};
      \(finder(place))
      """ + "\n"
  }

  /// A function that gives the bin, −1 for what is refused.
  private func finder(_ place: Int) -> String {
    let own = card.characteristics[place]
    let bins = own.bins
    let missing = bins.missingBin ?? -1
    var body = ""
    func line(_ condition: String, _ bin: Int) { body += "  if (\(condition)) { return \(bin); }\n" }
    if let groups = bins.groups {
      line("x == 0 || x[0] == 0", missing)
      for (bin, words) in groups.enumerated() + own.specials.enumerated().map({ (bins.valueCount + $0, $1.words) }) {
        for word in words { line("strcmp(x, \(Self.literal(word))) == 0", bin) }
      }
    } else {
      line("x != x", missing)
      for (index, special) in own.specials.enumerated() {
        for value in special.values { line("x == \(DecimalText.shortest(value))", bins.valueCount + index) }
      }
      for (bin, edge) in bins.edges.enumerated() { line("x <= \(DecimalText.shortest(edge))", bin) }
    }
    return
      "static int \(function)_bin_\(place)(\(bins.isOfWords ? "const char *" : "double ")x)\n{\n\(body)  return \(bins.valueCount - 1);\n}\n"
  }

  private func step(_ place: Int) -> String {
    let own = card.characteristics[place]
    let refusal = own.bins.missing == .refused ? "  if (bins[\(place)] < 0) { return \(place + 1); }\n" : ""
    return """
        bins[\(place)] = \(function)_bin_\(place)(\(own.bins.isOfWords ? "words" : "numbers")[\(place)]);
      \(refusal)  sum += \(function)_points_\(place)[bins[\(place)]];
        gains[\(place)] = \(own.most)LL - \(function)_points_\(place)[bins[\(place)]];

      """
  }

  private func comment(_ text: String) -> String {
    ScorecardExport.line(text).replacing("\\", with: "/").replacing("*/", with: "* /").replacing("/*", with: "/ *")
      .replacing("??", with: "? ?")
  }

  /// Every byte that is no letter or digit by its number, so that neither trigraphs nor character sets change it.
  private static func literal(_ text: String) -> String {
    let bytes = text.utf8.map { byte -> String in
      let isPlain = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
      if isPlain { return String(UnicodeScalar(byte)) }
      let octal = String(byte, radix: 8)
      return "\\" + String(repeating: "0", count: 3 - octal.count) + octal
    }
    return "\"\(bytes.joined())\""
  }
}
