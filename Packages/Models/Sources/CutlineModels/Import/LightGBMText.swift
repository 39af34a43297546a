internal import CutlineCompute
internal import CutlineCore
internal import Foundation

/// LightGBM's own text file: `key=value` lines, a block a tree.
struct LightGBMText {
  private let source: String
  /// The keys of a block with the line where it begins.
  private struct Block {
    let line: Int
    var values: [String: Substring] = [:]
  }

  static func read(_ data: Data, source: String) throws -> Imported {
    guard let text = String(validating: data, as: UTF8.self) else {
      throw Faults.data(source, "is not UTF-8", "Export the model again.")
    }
    return try LightGBMText(source: source).read(text)
  }

  private func read(_ text: String) throws -> Imported {
    var blocks = [Block(line: 1)]
    var isComplete = false
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = line.hasSuffix("\r") ? line.dropLast() : line
      if line == "end of trees" {
        isComplete = true
        break
      }
      if line.hasPrefix("Tree=") { blocks.append(Block(line: number + 1)) }
      let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard !line.isEmpty else { continue }
      let (key, last) = (String(parts[0]), blocks.count - 1)
      guard blocks[last].values[key] == nil else { throw fault(blocks[last], "has \(key.prefix(40)) twice") }
      blocks[last].values[key] = parts.count == 2 ? parts[1] : ""
    }
    let head = blocks[0]
    guard isComplete else {
      throw Faults.data(source, "ends before its line \"end of trees\"", "It was cut off: export the model again.")
    }
    if let sizes = head.values["tree_sizes"] {
      let count = sizes.split(separator: " ").count
      guard count == blocks.count - 1 else {
        throw Faults.data(
          source, "has \(blocks.count - 1) trees, and tree_sizes names \(count)", "Export the model again.")
      }
    }
    for (place, block) in blocks.dropFirst().enumerated() {
      guard try whole(block, "Tree", 0...1_000_000_000) == place else {
        throw fault(block, "is not tree \(place), which comes next")
      }
    }
    for key in ["num_class", "num_tree_per_iteration"] where head.values[key] != nil {
      guard try whole(head, key, 0...1_000_000) == 1 else { throw fault(head, "\(key) is not 1") }
    }
    let features = (head.values["feature_names"] ?? "").split(separator: " ").map(String.init)
    let objective = String(head.values["objective"] ?? "")
    let (link, scale) = try LightGBMImport.transform(objective) {
      Faults.data("\(source), objective", $0, $1)
    }
    var nodes = TreesForm.Nodes()
    var roots: [Int32] = []
    for block in blocks.dropFirst() { roots.append(try append(block, to: &nodes, features: features.count)) }
    return try LightGBMImport.imported(
      features, nodes, roots, link, scale, head.values["average_output"] != nil)
  }

  private func fault(_ block: Block, _ problem: String, _ advice: String = "Export the model again.") -> Faults {
    Faults.data("\(source), block from line \(block.line)", problem, advice)
  }

  private func whole(_ block: Block, _ key: String, _ range: ClosedRange<Int>) throws(Faults) -> Int {
    guard let text = block.values[key], let value = ExchangeNumber.whole(String(text)), range.contains(value) else {
      throw fault(block, "\(key) is no whole number in \(range.lowerBound)...\(range.upperBound)")
    }
    return value
  }

  private func numbers(_ block: Block, _ key: String, _ count: Int) throws(Faults) -> [Double] {
    var numbers: [Double] = []
    for word in (block.values[key] ?? "").split(separator: " ") {
      guard let number = ExchangeNumber.double(String(word)) else { throw fault(block, "\(key) holds no number") }
      numbers.append(number)
    }
    guard numbers.count == count else { throw fault(block, "\(key) has \(numbers.count) numbers, not \(count)") }
    return numbers
  }

  private func wholes(_ block: Block, _ key: String, _ count: Int, _ range: ClosedRange<Int>) throws(Faults) -> [Int] {
    var wholes: [Int] = []
    for number in try numbers(block, key, count) {
      guard let whole = Int(exactly: number), range.contains(whole) else {
        throw fault(block, "\(key) holds a number outside \(range.lowerBound)...\(range.upperBound)")
      }
      wholes.append(whole)
    }
    return wholes
  }

  private func append(_ block: Block, to nodes: inout TreesForm.Nodes, features: Int) throws(Faults) -> Int32 {
    let leaves = try whole(block, "num_leaves", 1...(1 << 23))
    if block.values["num_cat"] != nil, try whole(block, "num_cat", 0...(1 << 23)) > 0 {
      throw fault(block, "asks for categories", "Train on indicators instead of categories.")
    }
    if block.values["is_linear"] != nil, try whole(block, "is_linear", 0...1) == 1 {
      throw fault(block, "has linear models in its leaves", "Train without linear_tree.")
    }
    let inner = leaves - 1
    let feature = try wholes(block, "split_feature", inner, 0...max(0, features - 1))
    let threshold = try numbers(block, "threshold", inner)
    let decision = try wholes(block, "decision_type", inner, 0...255)
    let (left, right) = (
      try wholes(block, "left_child", inner, -leaves...inner), try wholes(block, "right_child", inner, -leaves...inner)
    )
    let value = try numbers(block, "leaf_value", leaves)
    let hasCounts = block.values["leaf_count"] != nil && block.values["internal_count"] != nil && inner > 0
    let leafCount = hasCounts ? try numbers(block, "leaf_count", leaves) : []
    let innerCount = hasCounts ? try numbers(block, "internal_count", inner) : []
    let root = nodes.count
    var open: [(node: Int, parent: Int, isLeft: Bool)] = [(inner > 0 ? 0 : -1, -1, true)]
    var visits = 0
    while let (node, parent, isLeft) = open.popLast() {
      visits += 1
      guard visits <= leaves + inner, node < inner else { throw fault(block, "has a way that leads outside or back") }
      let own: Int
      if node >= 0 {
        // Bit 0: categories; bit 1: the default; from bit 2 on: what is missing.
        guard decision[node] & 1 == 0 else { throw fault(block, "asks for categories") }
        let rule = ["None", "Zero", "NaN", "?"][decision[node] >> 2 & 3]
        let missing = try LightGBMImport.missingLeft(
          rule, defaultLeft: decision[node] & 2 != 0, threshold: threshold[node]
        ) { fault(block, $0) }
        own = nodes.appendSplit(feature: feature[node], threshold: threshold[node], missingLeft: missing)
        open.append((right[node], own, false))
        open.append((left[node], own, true))
        nodes.cover.append(hasCounts ? max(0, innerCount[node]) : 0)
      } else {
        own = nodes.appendLeaf(value[-1 - node])
        nodes.cover.append(hasCounts ? max(0, leafCount[-1 - node]) : 0)
      }
      guard parent >= 0 else { continue }
      if isLeft { nodes.left[parent] = Int32(own) } else { nodes.right[parent] = Int32(own) }
    }
    return Int32(root)
  }
}
