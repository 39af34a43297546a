internal import CutlineCompute
internal import CutlineCore
internal import CutlineCredit
internal import Foundation

/// A model as one C99 file: `double NAME(const double *features)`, NaN = missing, no dependency but libm, no state, no
/// allocation.
///
/// The operations are those of the form's single-record function, in its order; contraction to fused multiply-add is turned
/// off where the compiler has a word for it, and refused under -ffast-math.
struct CModel {
  private let program: FormulaProgram
  private let function: String
  /// Tables and functions of a part, before the function itself.
  private var tables = ""
  private var count = 0
  private var helpers: Set<Helper> = []

  private enum Helper: Int, CaseIterable { case bin, steps, quantile }

  private init(_ program: FormulaProgram, _ function: String) {
    self.program = program
    self.function = function
  }

  /// - Throws: `Faults` (usage) where the function's name is none.
  static func text(of model: Model, function: String) throws -> String {
    try checkName(function)
    var writer = CModel(FormulaBuilder.program(model, for: .c), function)
    var body = ""
    for step in writer.program.used {
      body += "  const double v\(step) = \(writer.written(writer.program.steps[step]));\n"
    }
    body += "  const double result = \(writer.written(writer.program.result));\n"
    let features = model.features.enumerated().map { place, feature in
      "   features[\(place)]  \(comment(feature.name))\(feature.missing == .refuse ? ", required: NaN gives NaN" : "")\(ModelExport.codes(of: feature))\n"
    }.joined()
    return """
      /* \(comment(model.name)), written by cutline.
         Unit of the result: \(comment(model.unit)). NaN is missing; a record without a prediction gives NaN.
      \(features)   \(ModelExport.promise(of: model, as: .c))
         cc -std=c99 -O2 -ffp-contract=off -c model.c, and -lm. */
      #include <math.h>

      #if defined(__FAST_MATH__)
      #error "-ffast-math changes results and takes NaN for a number"
      #endif
      #if defined(__clang__)
      #pragma clang fp contract(off)
      #elif !defined(__GNUC__)
      #pragma STDC FP_CONTRACT OFF
      #endif

      \(writer.helperText)\(writer.tables)double \(function)(const double *features)
      {
        (void)features;
      \(body)  return result;
      }

      """
  }

  /// - Throws: `Faults` (usage) for what is no name of a function.
  static func checkName(_ function: String) throws {
    let isName = function.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]{0,62}/) != nil
    guard isName, !keywords.contains(function) else {
      throw Faults.usage(
        "the function's name", "\(function.prefix(40).debugDescription) is no name of C", "Use letters, digits and _.")
    }
  }

  // MARK: Formulas

  private mutating func written(_ formula: Formula) -> String {
    switch formula {
    case .feature(let i): return "features[\(i)]"
    case .step(let step): return "v\(step)"
    case .number(let value): return DecimalText.shortest(value)
    case .missing: return "NAN"
    case .add(let a, let b): return "\(written(a)) + \(factor(b, alsoProducts: true))"
    case .subtract(let a, let b): return "\(written(a)) - \(factor(b, alsoProducts: true))"
    case .multiply(let a, let b): return "\(factor(a, alsoProducts: true)) * \(factor(b))"
    case .divide(let a, let b): return "\(factor(a, alsoProducts: true)) / \(factor(b))"
    case .negative(let a): return "-(\(written(a)))"
    case .call(.quantile, let a):
      helpers.insert(.quantile)
      return "\(function)_quantile(\(written(a)))"
    case .call(let name, let a):
      let names: [Formula.Function: String] = [.abs: "fabs", .ln: "log"]
      return "\(names[name] ?? name.rawValue)(\(written(a)))"
    case .choose(let condition, let a, let b): return "(\(written(condition)) ? \(written(a)) : \(written(b)))"
    case .bins(let x, let bins): return steps(bins, written(x))
    case .leaves(let trees, let inputs): return leaves(trees, inputs)
    case .cells(let cells, let inputs): return value(of: cells, inputs)
    case .leaf: return "NAN"  // Only of expressions.
    }
  }

  private mutating func factor(_ formula: Formula, alsoProducts: Bool = false) -> String {
    switch formula {
    case .number(let value) where value.sign == .minus: return "(\(written(formula)))"
    case .multiply, .divide: return alsoProducts ? written(formula) : "(\(written(formula)))"
    case .add, .subtract, .negative: return "(\(written(formula)))"
    default: return written(formula)
    }
  }

  private mutating func written(_ condition: Formula.Condition) -> String {
    switch condition {
    case .isMissing(let a): return "isnan(\(written(a)))"
    case .atMost(let a, let b): return "\(factor(a, alsoProducts: true)) <= \(factor(b, alsoProducts: true))"
    case .below(let a, let b): return "\(factor(a, alsoProducts: true)) < \(factor(b, alsoProducts: true))"
    case .equal(let a, let b): return "\(factor(a, alsoProducts: true)) == \(factor(b, alsoProducts: true))"
    case .either(let a, let b): return "\(written(a)) || \(written(b))"
    }
  }

  // MARK: Tables

  private mutating func name() -> String {
    count += 1
    return "\(function)_\(count)"
  }

  private mutating func array(_ name: String, _ values: [Double]) {
    tables += Self.array(name, "double", values.map(DecimalText.shortest))
  }

  /// An array needs one element.
  private static func array(_ name: String, _ type: String, _ values: [String]) -> String {
    var lines = ""
    for start in stride(from: 0, to: values.count, by: 8) {
      lines += "  " + values[start..<min(start + 8, values.count)].joined(separator: ", ") + ",\n"
    }
    return "static const \(type) \(name)[] = {\n\(values.isEmpty ? "  0\n" : lines)};\n"
  }

  private mutating func steps(_ bins: BinnedValues, _ x: String) -> String {
    helpers.formUnion([.bin, .steps])
    let name = name()
    array("\(name)_edges", bins.bins.edges)
    array("\(name)_values", bins.values)
    array("\(name)_codes", bins.specials.map(\.value))
    array("\(name)_results", bins.specials.map(\.result))
    tables += "\n"
    let missing = bins.missing.map(DecimalText.shortest) ?? "NAN"
    return "\(function)_steps(\(x), \(name)_edges, \(bins.bins.edges.count), \(bins.bins.closed == .left ? 1 : 0), "
      + "\(name)_values, \(missing), \(name)_codes, \(name)_results, \(bins.specials.count))"
  }

  private mutating func value(of cells: CellsForm, _ inputs: [Formula]) -> String {
    helpers.insert(.bin)
    let name = name()
    array("\(name)_values", cells.values)
    var body = ""
    for (place, axis) in cells.axes.enumerated() {
      array("\(name)_axis\(place)", axis.edges)
      body += "  if (isnan(x[\(place)])) { return \(cells.missing.map(DecimalText.shortest) ?? "NAN"); }\n"
      body +=
        "  cell = cell * \(axis.binCount) + \(function)_bin(x[\(place)], \(name)_axis\(place), \(axis.edges.count), "
      body += "\(axis.closed == .left ? 1 : 0));\n"
    }
    tables +=
      "\nstatic double \(name)(const double *x)\n{\n  long cell = 0;\n\(body)  return \(name)_values[cell];\n}\n\n"
    return "\(name)(\(list(inputs)))"
  }

  private mutating func leaves(_ trees: TreesForm, _ inputs: [Formula]) -> String {
    let name = name()
    let nodes = trees.nodes
    func whole(_ part: String, _ type: String, _ values: [String]) {
      tables += Self.array("\(name)_\(part)", type, values)
    }
    whole("feature", "long", nodes.feature.enumerated().map { nodes.left[$0] < 0 ? "0" : "\($1)" })
    array("\(name)_threshold", nodes.threshold.enumerated().map { nodes.left[$0] < 0 ? 0 : $1 })
    whole("left", "long", nodes.left.map(String.init))
    whole("right", "long", nodes.right.map(String.init))
    array("\(name)_value", nodes.value.enumerated().map { nodes.left[$0] < 0 ? $1 : 0 })
    whole("missing_left", "unsigned char", nodes.missingLeft.map { $0 ? "1" : "0" })
    whole("root", "long", trees.roots.map(String.init))
    tables += """

      /* The sum of the leaves of \(trees.roots.count) trees: left where x <= threshold. */
      static double \(name)(const double *x)
      {
        double sum = 0.0;
        long tree;
        for (tree = 0; tree < \(trees.roots.count); tree++) {
          long node = \(name)_root[tree];
          while (\(name)_left[node] >= 0) {
            const double value = x[\(name)_feature[node]];
            const int left = isnan(value) ? \(name)_missing_left[node] : value <= \(name)_threshold[node];
            node = left ? \(name)_left[node] : \(name)_right[node];
          }
          sum = sum + \(name)_value[node];
        }
        return sum;
      }


      """
    return "\(name)(\(list(inputs)))"
  }

  /// The inputs of a table: the features as they are, or an array of their own.
  private mutating func list(_ inputs: [Formula]) -> String {
    let isPlain = inputs.enumerated().allSatisfy { place, input in
      if case .feature(place) = input { true } else { false }
    }
    if isPlain { return "features" }
    let values = inputs.map { written($0) }
    return "(const double[]){\(values.joined(separator: ", "))}"
  }

  // MARK: Helpers

  private var helperText: String {
    var text = ""
    if helpers.contains(.bin) {
      text += """
        /* How many edges lie below x, or not above it where bins are closed on the left. */
        static long \(function)_bin(double x, const double *edges, long count, int closed_left)
        {
          long low = 0, high = count;
          while (low < high) {
            const long middle = low + (high - low) / 2;
            if (closed_left ? edges[middle] <= x : edges[middle] < x) { low = middle + 1; } else { high = middle; }
          }
          return low;
        }


        """
    }
    if helpers.contains(.steps) {
      text += """
        static double \(function)_steps(double x, const double *edges, long count, int closed_left, const double *values,
          double missing, const double *codes, const double *results, long code_count)
        {
          long code;
          if (isnan(x)) { return missing; }
          for (code = 0; code < code_count; code++) { if (codes[code] == x) { return results[code]; } }
          return values[\(function)_bin(x, edges, count, closed_left)];
        }


        """
    }
    if helpers.contains(.quantile) { text += quantileText }
    return text
  }

  private var quantileText: String {
    let names = ["centre", "middle", "tail"]
    var text = ""
    for (name, part) in zip(names, FormulaBuilder.wichura) {
      text += Self.array("\(function)_\(name)_above", "double", part.above.map(DecimalText.shortest))
      text += Self.array("\(function)_\(name)_below", "double", part.below.map(DecimalText.shortest))
    }
    return text + """

      static double \(function)_ratio(const double *above, const double *below, double r)
      {
        double a = above[7], b = below[7];
        int k;
        for (k = 6; k >= 0; k--) {
          a = a * r + above[k];
          b = b * r + below[k];
        }
        return a / b;
      }

      /* The quantile of the standard normal distribution: Wichura, Algorithm AS 241, 1988. */
      static double \(function)_quantile(double p)
      {
        const double q = p - 0.5;
        double r, x;
        if (fabs(q) <= 0.425) {
          return q * \(function)_ratio(\(function)_centre_above, \(function)_centre_below, 0.180625 - q * q);
        }
        if (!(p >= 0 && p <= 1)) { return NAN; }
        if (p == 0) { return -INFINITY; }
        if (p == 1) { return INFINITY; }
        r = sqrt(-log(q < 0 ? p : 1 - p));
        x = r <= 5 ? \(function)_ratio(\(function)_middle_above, \(function)_middle_below, r - 1.6)
                   : \(function)_ratio(\(function)_tail_above, \(function)_tail_below, r - 5);
        return q < 0 ? -x : x;
      }


      """
  }

  /// A text of a file inside a comment.
  private static func comment(_ text: String) -> String {
    SqlModel.comment(text).replacing("*/", with: "* /").replacing("/*", with: "/ *").replacing("\\", with: "/")
      .replacing("??", with: "? ?")
  }

  private static let keywords: Set<String> = [
    "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern", "float",
    "for", "goto", "if", "inline", "int", "long", "register", "restrict", "return", "short", "signed", "sizeof",
    "static",
    "struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "while", "main", "exp", "log", "sqrt",
    "fabs",
    "erfc", "floor", "isnan", "NAN", "INFINITY",
  ]
}
