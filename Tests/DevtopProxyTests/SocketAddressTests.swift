import DevtopCore
import DevtopProxy
import Testing

@Test func `an address is written as a URL has it`() {
  #expect(SocketAddress(host: "127.0.0.1", port: 8080).description == "127.0.0.1:8080")
  #expect(SocketAddress(host: "::1", port: 8080).description == "[::1]:8080")
}
