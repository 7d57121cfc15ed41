import Glibc
import Testing

@testable import DevtopSupervisor

/// The rules of ports, without sockets.
@Suite struct PortTableTests {
  private let run: UInt64 = 1
  private let next: UInt64 = 2
  private let foreign: UInt64 = 3

  private func table() -> PortTable {
    var table = PortTable(firstHost: 0xfffd)
    table.runs[run] = PortTable.Run(owner: "web")
    table.runs[next] = PortTable.Run(owner: "web")
    table.runs[foreign] = PortTable.Run(owner: "api")
    return table
  }

  private func address(_ text: String, _ port: Int = 8080, onlyIPv6: Bool = false) throws -> PortAddress {
    try #require(PortAddress(text, port: port, onlyIPv6: onlyIPv6))
  }

  private func binding(
    _ run: UInt64, _ inode: UInt64, _ address: PortAddress, _ traits: SocketTraits = SocketTraits(),
    listening: Bool = false
  ) -> PortTable.Binding {
    PortTable.Binding(run: run, inode: inode, address: address, traits: traits, isListening: listening)
  }

  @Test(arguments: [
    ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1", "127.0.0.2", false), ("0.0.0.0", "127.0.0.1", true),
    ("::", "127.0.0.1", true), ("::", "0.0.0.0", true), ("::", "::1", true), ("::1", "127.0.0.1", false),
    ("0.0.0.0", "::1", false), ("::ffff:127.0.0.1", "127.0.0.1", true),
  ])
  func `addresses overlap when a connection could be meant for both`(
    one: String, other: String, expected: Bool
  )
    throws
  {
    #expect(try address(one).overlaps(address(other)) == expected)
    #expect(try address(other).overlaps(address(one)) == expected)
    #expect(try !address(one).overlaps(address(other, 8081)))
  }

  @Test func `for IPv6 only, a wildcard leaves IPv4 alone`() throws {
    #expect(try !address("::", onlyIPv6: true).overlaps(address("0.0.0.0")))
    #expect(try address("::", onlyIPv6: true).overlaps(address("::1")))
    #expect(try address("::", onlyIPv6: true).overlaps(address("::")))
    #expect(try address("::1", onlyIPv6: true) == address("::1"))
  }

  @Test(arguments: ["", "localhost", "1.2.3", "::g", "1.2.3.4.5", "fe80::1%eth0"])
  func `what is not numeric is no address`(text: String) {
    #expect(PortAddress(text, port: 80) == nil)
  }

  @Test func `an address survives the kernel's form`() throws {
    for text in ["127.0.0.1", "::1", "fe80::1%3", "0.0.0.0", "::"] {
      let one = try address(text)
      #expect(PortAddress(sockaddr: one.encoded(), onlyIPv6: false) == one)
      #expect(one.address == text)
    }
    let four = try address("127.77.1.2")
    #expect(four.encoded(mapped: true).count == 28)
    #expect(PortAddress(sockaddr: four.encoded(mapped: true), onlyIPv6: false) == four)
    #expect(PortAddress(sockaddr: Array(four.encoded().dropLast()), onlyIPv6: false) == nil)
    // SIN6_LEN_RFC2133
    #expect(PortAddress(sockaddr: Array(try address("::1").encoded().prefix(24)), onlyIPv6: false) != nil)
    #expect(PortAddress("127.0.0.1", port: 0) == nil && PortAddress("127.0.0.1", port: 65536) == nil)
  }

  @Test func `sockets of one run share an address only by the options of both`() throws {
    let port = SocketTraits(reusesPort: true)
    let time = SocketTraits(reusesAddress: true)
    let any = try address("0.0.0.0")
    for (first, listening, second, expected) in [
      (SocketTraits(), false, SocketTraits(), 1), (port, false, SocketTraits(), 1), (port, true, port, 0),
      (time, false, time, 0), (time, true, time, 1), (SocketTraits(), false, time, 1),
    ] {
      var table = table()
      table.add(binding(run, 7, any, first, listening: listening))
      #expect(table.rivals(of: try address("127.0.0.1"), second, in: run).count == expected)
      // The next run of the same owner is no rival, another owner's always is.
      #expect(table.rivals(of: any, second, in: next).isEmpty)
      #expect(table.rivals(of: any, second, in: foreign).map(\.inode) == [7])
    }
  }

  @Test func `a port that was never listened on goes with its socket, another is abandoned`() throws {
    let (quiet, loud) = (try address("127.0.0.1"), try address("127.0.0.1", 8081))
    var table = table()
    for (inode, address) in [(7, quiet), (8, loud)] as [(UInt64, PortAddress)] {
      table.reserve(address, PortTable.Reservation(owner: "web", socket: OwnedDescriptor(-1)))
      table.add(binding(run, inode, address))
    }
    table.setBacklog(5, at: loud)
    #expect(table.stranger(at: loud, for: "api") == "web")
    table.drop([7, 8], of: run)
    #expect(table.reservations[quiet] == nil)
    #expect(table.stranger(at: loud, for: "api") == nil)
    #expect(table.takeAbandoned(at: loud, for: "api").map(\.owner) == ["web"])
    #expect(table.stranger(at: loud, for: "web") == "api")
  }

  @Test func `the end of a run keeps the ports on which it listened`() throws {
    let (quiet, loud) = (try address("127.0.0.1"), try address("127.0.0.1", 8081))
    var table = table()
    for (inode, address) in [(7, quiet), (8, loud)] as [(UInt64, PortAddress)] {
      table.reserve(address, PortTable.Reservation(owner: "web", socket: OwnedDescriptor(-1)))
      table.add(binding(run, inode, address))
    }
    table.setBacklog(5, at: loud)
    table.add(binding(next, 9, quiet))
    table.forget(run)
    #expect(Set(table.reservations.keys) == [quiet, loud])
    table.forget(next)
    #expect(Set(table.reservations.keys) == [loud])
    #expect(table.stranger(at: loud, for: "api") == "web")
    table.release(nil, of: "api")
    #expect(Set(table.reservations.keys) == [loud])
    table.release(loud, of: "web")
    #expect(table.reservations.isEmpty)
  }

  @Test func `upstream addresses differ between runs, and for one port twice`() throws {
    var table = table()
    let hosts = (0..<4).map { _ in table.makeHost() }
    // Neither 127.77.0.0 nor 127.77.255.255.
    #expect(hosts == [0xfffe, 1, 2, 3])
    table.keep(4, for: run)
    #expect(table.makeHost() == 5)
    #expect(PortTable.upstream(0x0102, port: 8080) == (try address("127.77.1.2")))
    var first = binding(run, 7, try address("127.0.0.1"))
    first.upstream = PortTable.upstream(4, port: 8080)
    table.add(first)
    #expect(table.hosts(of: run, for: try address("127.0.0.1", 8081)) == [4])
    #expect(table.hosts(of: run, for: try address("127.0.0.2")).isEmpty)
    #expect(table.upstream(for: try address("127.0.0.1"), in: run) == first.upstream)
    #expect(table.upstream(for: try address("127.0.0.1"), in: next) == nil)
  }
}
