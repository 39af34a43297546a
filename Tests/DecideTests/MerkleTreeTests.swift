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

  static func node(_ level: Int, _ position: Int) -> [UInt8] {
    root(leaves[(position << level)..<((position + 1) << level)])
  }

  @Test func rootsAreThoseOfTheDefinition() throws {
    for size in 0...200 {
      #expect(try MerkleTree.root(size: size, Self.node) == Self.root(Self.leaves.prefix(size)), "\(size)")
    }
    // RFC 6962's vectors: no leaf, and one empty leaf.
    #expect(SHA256.hexText(MerkleTree.emptyRoot) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      SHA256.hexText(MerkleTree.leafHash([])) == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")
  }

  @Test func everyInclusionHoldsAndNoOther() throws {
    for size in [1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 31, 33, 100, 127, 128, 129, 200] {
      let root = Self.root(Self.leaves.prefix(size))
      for index in 0..<size {
        let proof = try MerkleTree.inclusionProof(index: index, size: size, Self.node)
        let leaf = Self.leaves[index]
        #expect(proof.count <= 8)
        #expect(MerkleTree.includes(leaf: leaf, index: index, size: size, root: root, proof: proof))
        let other = (index + 1) % max(2, size)
        #expect(!MerkleTree.includes(leaf: leaf, index: other, size: size, root: root, proof: proof))
        #expect(!MerkleTree.includes(leaf: Self.leaves[other], index: index, size: size, root: root, proof: proof))
        #expect(!MerkleTree.includes(leaf: leaf, index: index, size: size, root: root, proof: proof + [leaf]))
        if !proof.isEmpty {
          #expect(!MerkleTree.includes(leaf: leaf, index: index, size: size, root: root, proof: Array(proof.dropLast())))
        }
      }
    }
  }

  @Test func everyGrowthHoldsAndNoRebuiltTree() throws {
    var roots: [[UInt8]] = []
    for size in 0...70 { roots.append(Self.root(Self.leaves.prefix(size))) }
    let wrong = SHA256.bytes([9])
    for size in 1...70 {
      for old in 0...size {
        let proof = try MerkleTree.consistencyProof(from: old, size: size, Self.node)
        func holds(_ a: [UInt8], _ b: [UInt8], _ proof: [[UInt8]]) -> Bool {
          MerkleTree.isConsistent(old: old, oldRoot: a, size: size, root: b, proof: proof)
        }
        #expect(holds(roots[old], roots[size], proof), "\(old) \(size)")
        #expect(!holds(wrong, roots[size], proof), "\(old) \(size)")
        if old > 0 { #expect(!holds(roots[old], wrong, proof), "\(old) \(size)") }
        #expect(!holds(roots[old], roots[size], proof + [wrong]), "\(old) \(size)")
        if !proof.isEmpty { #expect(!holds(roots[old], roots[size], Array(proof.dropLast())), "\(old) \(size)") }
      }
    }
  }
}
