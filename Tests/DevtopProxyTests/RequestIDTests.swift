import NIOCore
import Testing

@testable import DevtopProxy

struct RequestIDTests {
  /// The number that its digits say.
  private func number(of text: String) -> UInt64? {
    guard let digits = text.split(separator: "-").last else { return nil }
    return UInt64(digits, radix: 32)
  }

  @Test(arguments: [0, 1, 31, 32, 1_023, 1_024, 1 << 45 - 1, 1 << 45, .max] as [UInt64])
  func `the text and the bytes of an identifier say its number`(_ number: UInt64) {
    let id = RequestID(prefix: 0x1234567, number: number)
    var buffer = ByteBuffer(string: "X-Request-Id: ")
    id.write(into: &buffer)
    #expect(String(buffer: buffer) == "X-Request-Id: " + id.text)
    #expect(self.number(of: id.text) == number)
    #expect(id.text.split(separator: "-").first == "i6hb7")
  }
}
