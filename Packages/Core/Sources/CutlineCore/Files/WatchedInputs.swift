/// The files of which a run has taken the digest for the key of the stage that is running, by their paths.
///
/// Set around the stage for the time of its task, so that whoever opens one of them, however deep below, opens what the
/// digest is of, or nothing.
@_spi(Run) public enum WatchedInputs {
  public struct Entry: Sendable {
    let sha256: String
    let stamp: FileStamp
    /// Whether an equal stamp means equal bytes.
    let isSettled: Bool

    /// - Parameter readAt: when the reading for the digest began.
    public init(sha256: String, stamp: FileStamp, readAt: Int) {
      self.sha256 = sha256
      self.stamp = stamp
      isSettled = stamp.settles(readAt)
    }
  }

  @TaskLocal public static var current: [String: Entry] = [:]
}
