@_spi(Run) internal import CutlineCore
internal import Foundation

/// What a job is: `job.json` in its folder, written before anything is started and never changed.
struct JobRecord: Codable, Sendable {
  /// A file that was given, as it was then.
  struct Given: Codable, Sendable {
    /// Its path where it is one of the folder of configurations; nil where it came as text and lies in the job's folder.
    let path: String?
    let sha256: String
    let bytes: Int
  }

  static let format = StoredFormat("cutline-job", 1, "job")
  static let fileName = "job.json"

  let format: String
  let id: JobID
  let kind: JobRequest.Kind
  /// Of the folder of results.
  let name: String
  let by: String
  /// Of the program that is run, in order.
  let words: [String]
  /// The folder from which relative paths are meant.
  let folder: String
  /// The folder of results.
  let target: String
  let configuration: Given
  let segments: Given?
  let only: [String]
  let settings: [String]
  let options: JobRequest.Options
  /// The job whose words these are, where it is its continuation.
  let resumes: JobID?
  /// Its number in the store; nil where there is none.
  let run: String?
  /// Nil for a job of which nothing else is made.
  let training: JobTraining?

  /// - Throws: `Faults` (integrity) for what is no job, or one of another folder.
  static func load(_ data: Data, at path: String, as id: JobID) throws -> JobRecord {
    _ = try format.check(data, at: path)
    do {
      let record = try CanonicalJSON.decode(JobRecord.self, from: data)
      guard record.id == id else {
        throw Faults.integrity(path, "is that of another job", "Restore it, or remove the folder.")
      }
      return record
    } catch is DecodingError {
      throw Faults.integrity(path, "is a damaged job", "Restore it, or remove the folder.")
    }
  }
}

/// How a job's program has ended: `ended.json`, written by whoever watched it.
struct JobEnding: Codable, Sendable, Equatable {
  /// Of the program; nil where a signal ended it, or nobody knows.
  var code: Int32?
  var signal: Int32?
  /// Why, without any value of an application.
  var message: String?
  /// In milliseconds since 1970.
  var moment: Int?
  /// Whether its results were in their place then.
  var isPublished: Bool?
}

/// Who asked for an end: `cancelled.json`.
struct JobCancellation: Codable, Sendable {
  let by: String
  let moment: Int
}
