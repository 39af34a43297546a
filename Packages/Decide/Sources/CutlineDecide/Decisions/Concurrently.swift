internal import Foundation

/// Values that do not depend on each other, made on all processors.
enum Concurrently {
  private final class Places<Value>: @unchecked Sendable {
    // Guarded by the lock.
    private var own: [Result<Value, any Error>?]
    private let lock = NSLock()
    init(_ count: Int) { own = Array(repeating: nil, count: count) }
    func set(_ place: Int, _ value: Result<Value, any Error>) { lock.withLock { own[place] = value } }
    func all() throws -> [Value] { try lock.withLock { try own.compactMap { try $0?.get() } } }
  }

  /// By place, in their order.
  /// - Throws: what the first of them throws, by place.
  static func map<Value>(_ count: Int, _ body: @Sendable (Int) throws -> Value) throws -> [Value] {
    let places = Places<Value>(count)
    DispatchQueue.concurrentPerform(iterations: count) { place in places.set(place, Result { try body(place) }) }
    return try places.all()
  }
}
