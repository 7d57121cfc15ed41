import NIOCore

/// Takes the chunks off a body (RFC 9112 §7.1) that was found to be well-formed.
struct ChunkedPayload {
  private enum State {
    case size(Int)
    case lineEnd(Int)
    case data(left: Int)
    case dataEnd
    case trailers
  }

  private var state = State.size(0)
  /// All lines behind the last chunk, with the empty one.
  private(set) var trailers = ByteBuffer()

  /// What of these bytes is payload.
  mutating func payload(of bytes: ByteBuffer) -> ByteBuffer {
    var bytes = bytes
    var payload = ByteBuffer()
    while bytes.readableBytes > 0 {
      switch state {
      case .size(let size):
        guard let byte = bytes.readInteger(as: UInt8.self) else { break }
        state = Self.digit(byte).map { .size(size << 4 | $0) } ?? Self.afterLine(of: size, ending: byte)
      case .lineEnd(let size):
        guard let byte = bytes.readInteger(as: UInt8.self) else { break }
        state = Self.afterLine(of: size, ending: byte)
      case .data(let left):
        guard var piece = bytes.readSlice(length: min(left, bytes.readableBytes)) else { break }
        state = piece.readableBytes == left ? .dataEnd : .data(left: left - piece.readableBytes)
        if payload.readableBytes == 0 { payload = piece } else { payload.writeBuffer(&piece) }
      case .dataEnd:
        if bytes.readInteger(as: UInt8.self) == UInt8(ascii: "\n") { state = .size(0) }
      case .trailers:
        trailers.writeBuffer(&bytes)
      }
    }
    return payload
  }

  /// The state after a byte of a size line that is no digit of the size.
  private static func afterLine(of size: Int, ending byte: UInt8) -> State {
    guard byte == UInt8(ascii: "\n") else { return .lineEnd(size) }
    return size == 0 ? .trailers : .data(left: size)
  }

  private static func digit(_ byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
  }
}
