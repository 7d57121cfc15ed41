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

  private func forEachByte(_ body: (UInt8) -> Void) {
    for shift in stride(from: UInt64(20), through: 0, by: -5) { body(Self.digit(UInt64(prefix) >> shift)) }
    body(UInt8(ascii: "-"))
    var shift: UInt64 = 0
    while shift < 60, number >> (shift + 5) > 0 { shift += 5 }
    while true {
      body(Self.digit(number >> shift))
      if shift == 0 { return }
      shift -= 5
    }
  }

  func write(into buffer: inout ByteBuffer) { forEachByte { buffer.writeInteger($0) } }

  var text: String {
    var bytes: [UInt8] = []
    forEachByte { bytes.append($0) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
