/// A request, and what the right answer to it is.
struct LoadRequest: Sendable {
  enum Answer: Sendable {
    /// Exactly these bytes.
    case bytes([UInt8])
    /// Any bytes, so many.
    case length(Int)
  }

  /// With the empty line.
  var head: [UInt8]
  var body: [UInt8] = []
  var answer: Answer
}
