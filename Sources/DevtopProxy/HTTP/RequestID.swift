import NIOCore

/// An `X-Request-Id` of devtop's: unique, short, and not meant to be hard to guess.
struct RequestID {
  /// Different for each devtop.
  var prefix: UInt32
  var number: UInt64

  /// Letters and digits; 32 of them, so that no look-alikes are needed.
  private static func digit(_ value: UInt64) -> UInt8 {
    let value = UInt8(truncatingIfNeeded: value & 31)
    return value < 10 ? 0x30 + value : 0x61 + value - 10
  }

  private static let prefixDigits = 5

  private var numberDigits: Int { max(1, (UInt64.bitWidth - number.leadingZeroBitCount + 4) / 5) }

  /// Up to 15, which a `String` holds without storage of its own, for 2⁴⁵ requests.
  private var length: Int { Self.prefixDigits + 1 + numberDigits }

  /// Writes it to the start of `bytes`, which has room for it; its length.
  private func write(to bytes: UnsafeMutableRawBufferPointer) -> Int {
    let digits = numberDigits
    for place in 0..<Self.prefixDigits {
      bytes[Self.prefixDigits - 1 - place] = Self.digit(UInt64(prefix) >> (5 * place))
    }
    bytes[Self.prefixDigits] = UInt8(ascii: "-")
    for place in 0..<digits { bytes[Self.prefixDigits + digits - place] = Self.digit(number >> (5 * place)) }
    return length
  }

  func write(into buffer: inout ByteBuffer) {
    buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: length) { write(to: $0) }
  }

  var text: String {
    String(unsafeUninitializedCapacity: length) { write(to: UnsafeMutableRawBufferPointer($0)) }
  }
}
