import Foundation
import Testing

@testable import CutlineDecide

/// The records, hashes and tampered copies of the oracle, which openssl made.
@Suite struct AuditOracleTests {
  private struct Oracle: Decodable {
    struct Record: Decodable {
      let seq: Int
      let prev, time, actor, action, objectType, objectId, objectSha256, payloadSha256, hash: String
      var record: AuditRecord {
        AuditRecord(
          seq: seq, prev: prev, time: time, actor: actor, action: action, objectType: objectType, objectID: objectId,
          objectSHA256: objectSha256, payloadSHA256: payloadSha256, hash: hash)
      }
    }
    struct Tampered: Decodable {
      enum Part: Decodable {
        case index(Int), reason(String)
        init(from decoder: any Decoder) throws {
          let value = try decoder.singleValueContainer()
          // The other of the two.
          if let index = try? value.decode(Int.self) {
            self = .index(index)
          } else {
            self = .reason(try value.decode(String.self))
          }
        }
      }
      let name: String
      let firstFault: [Part]?
      let records: [Record]
    }
    struct Head: Decodable {
      let records: Int
      let hash: String
    }
    let head: Head
    let chain: [Record]
    let tampered: [Tampered]
    let encodedFirstRecordHex: String
  }

  private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
      "shared/oracles/decisions/audit.json")

  @Test(.enabled(if: FileManager.default.fileExists(atPath: file.path)))
  func recordsHashesAndFirstFaultsAreTheOracles() throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let oracle = try decoder.decode(Oracle.self, from: Data(contentsOf: Self.file))
    let chain = oracle.chain.map(\.record)
    #expect(chain.count == 20)
    for record in chain { #expect(record.computedHash == record.hash) }
    #expect(SHA256.hexText(chain[0].encoded) == oracle.encodedFirstRecordHex)
    let head = AuditChain.Head(seq: oracle.head.records, hash: oracle.head.hash)
    #expect(oracle.tampered.count == 10)
    for tampered in oracle.tampered {
      let found = AuditChain.firstFault(tampered.records.map(\.record), head: head)
      guard let expected = tampered.firstFault else {
        #expect(found == nil, "\(tampered.name)")
        continue
      }
      guard case .index(let index)? = expected.first, case .reason(let reason)? = expected.last else {
        Issue.record("\(tampered.name) is not understood")
        continue
      }
      #expect(found?.index == index && found?.reason.rawValue == reason, "\(tampered.name): \(found as Any)")
    }
  }
}
