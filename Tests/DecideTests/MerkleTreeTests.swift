import Foundation
import Testing

@testable import CutlineDecide

/// Roots and proofs against RFC 6962 by its own words: a tree as a recursive function of its leaves.
@Suite struct MerkleTreeTests {
  static let leaves: [[UInt8]] = (0..<200).map { MerkleTree.leafHash(Array("leaf \($0)".utf8)) }

  /// MTH(D[n]) of §2.1, by slices.
  static func root(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
    if leaves.isEmpty { return SHA256.bytes([]) }
    if leaves.count == 1 { return leaves[leaves.startIndex] }
    var k = 1
    while 2 * k < leaves.count { k *= 2 }
    return SHA256.bytes([1], root(leaves.prefix(k)), root(leaves.dropFirst(k)))
  }

  /// Whole subtrees by the definition, once.
  static let nodes: [[[UInt8]]] = (0..<8).map { level in
    (0..<(leaves.count >> level)).map { root(leaves[($0 << level)..<(($0 + 1) << level)]) }
  }
  static let roots = (0...200).map { root(leaves.prefix($0)) }

  static func node(_ level: Int, _ position: Int) -> [UInt8] { nodes[level][position] }

  @Test func rootsAreThoseOfTheDefinition() throws {
    for size in 0...200 { #expect(try MerkleTree.root(size: size, Self.node) == Self.roots[size], "\(size)") }
    // RFC 6962's vectors: no leaf, and one empty leaf.
    #expect(SHA256.hexText(MerkleTree.emptyRoot) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      SHA256.hexText(MerkleTree.leafHash([])) == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")
  }

  @Test func everyInclusionHoldsAndNoOther() throws {
    var wrong: [String] = []
    var tried = 0
    for size in 1...200 {
      let root = Self.roots[size]
      for index in 0..<size {
        tried += 1
        let (leaf, proof) = (Self.leaves[index], try MerkleTree.inclusionProof(index: index, size: size, Self.node))
        func holds(_ leaf: [UInt8], _ index: Int, _ proof: [[UInt8]]) -> Bool {
          MerkleTree.includes(leaf: leaf, index: index, size: size, root: root, proof: proof)
        }
        if proof.count > 8 || !holds(leaf, index, proof) { wrong.append("\(index) of \(size)") }
        // What must not hold, for one in seven.
        guard tried % 7 == 0, size > 1 else { continue }
        let other = (index + 1) % size
        if holds(leaf, other, proof) || holds(Self.leaves[other], index, proof) || holds(leaf, index, proof + [leaf])
          || holds(leaf, index, Array(proof.dropLast()))
        {
          wrong.append("another than \(index) of \(size)")
        }
      }
    }
    #expect(wrong == [] && tried == 20_100)
  }

  @Test func everyGrowthHoldsAndNoRebuiltTree() throws {
    var wrong: [String] = []
    var tried = 0
    let noRoot = SHA256.bytes([9])
    for size in 1...200 {
      for old in 0...size {
        tried += 1
        let proof = try MerkleTree.consistencyProof(from: old, size: size, Self.node)
        func holds(_ a: [UInt8], _ b: [UInt8], _ proof: [[UInt8]]) -> Bool {
          MerkleTree.isConsistent(old: old, oldRoot: a, size: size, root: b, proof: proof)
        }
        if !holds(Self.roots[old], Self.roots[size], proof) { wrong.append("\(old) of \(size)") }
        guard tried % 7 == 0 else { continue }
        if holds(noRoot, Self.roots[size], proof) || (old > 0 && holds(Self.roots[old], noRoot, proof))
          || holds(Self.roots[old], Self.roots[size], proof + [noRoot])
          || (!proof.isEmpty && holds(Self.roots[old], Self.roots[size], Array(proof.dropLast())))
        {
          wrong.append("another than \(old) of \(size)")
        }
      }
    }
    #expect(wrong == [] && tried == 20_300)
  }

  /// Roots and proofs by Python, which shares nothing with this program.
  @Test func pythonFindsTheSame() throws {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Oracles/merkle.py").path
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", script, "200"]
    let pipe = Pipe()
    process.standardOutput = pipe
    // Without Python there is nothing to compare with.
    guard (try? process.run()) != nil else { return }
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus != 127 else { return }
    let lines = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(lines.count > 600)
    for line in lines {
      let (a, b) = (Int(line[1]) ?? -1, Int(line[2]) ?? -1)
      let found =
        switch line[0] {
        case "root": [try MerkleTree.root(size: a, Self.node)]
        case "inclusion": try MerkleTree.inclusionProof(index: a, size: b, Self.node)
        default: try MerkleTree.consistencyProof(from: a, size: b, Self.node)
        }
      #expect(found.map(SHA256.hexText) == Array(line.dropFirst(3)), "\(line.prefix(3))")
    }
  }
}
