import CProcess
import DevtopCore
import Glibc

/// A listener whose upstream port is looked up in /proc/net by its inode.
struct PortLookup {
  let id: ProcessID
  let owner: String
  let inode: UInt64
  let backlog: Int32
  /// On the monotonic clock, in milliseconds.
  let deadline: Int64
}

/// The second way, where sockets of programs cannot be taken: their addresses are rewritten, and the kernel binds them.
extension PortAnswerer {
  /// From the answer to listen(2) until the kernel shows the listener.
  private static let lookupLimitInMilliseconds: Int64 = 1000

  func rewrite(_ caller: PortCaller, process: Int32, _ bytes: [UInt8]) -> PortOutcome {
    var name = [CChar](repeating: 0, count: 32)
    guard devtop_protocol_name(process, caller.call.descriptor, &name, name.count) == 0,
      let inode = socketInode("/proc/\(process)/fd/\(caller.call.descriptor)"), caller.isWaiting
    else { return .pass }
    let proto = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard ["TCP", "TCPv6", "MPTCP", "MPTCPv6"].contains(proto),
      let plain = PortAddress(sockaddr: bytes, onlyIPv6: false),
      // EINVAL, EAFNOSUPPORT
      ports.table.withLock({ $0.binding(inode, in: caller.run) == nil }),
      proto.hasSuffix("v6") == (bytes.count > MemoryLayout<sockaddr_in>.size && !isFour(bytes))
    else { return .pass }
    // Whether the socket is for IPv6 only cannot be seen; with IPv4 bound beside it, it is.
    let isPaired = ports.table.withLock { table in
      table.bindings.contains {
        $0.run == caller.run && !$0.address.isIPv6 && $0.address.port == plain.port && $0.address.isWildcard
      }
    }
    guard let address = PortAddress(sockaddr: bytes, onlyIPv6: isPaired) else { return .pass }
    let traits = SocketTraits(reusesAddress: true, onlyIPv6: isPaired)
    if let refusal = dropGoneRivals(caller, address, SocketTraits()) { return refusal }
    return ports.table.withLock { table in
      var events: [PortEvent] = []
      let isReserved = table.reservations[address]?.owner == caller.owner
      do throws(PortRefusal) {
        events = try ports.open(
          address, for: caller.owner, user: nil, in: &table)
      } catch {
        return .refused(caller.id, address, error)
      }
      let written = replacement(caller, bytes, in: &table)
      let error = devtop_memory_write(caller.call.thread, caller.call.address, written, written.count)
      guard error == 0 else {
        if !isReserved { table.release(address) }
        return PortOutcome(answer: .pass, events: [.failed(caller.id, address, code: error)])
      }
      let rewrite = AddressRewrite(location: caller.call.address, asked: bytes, written: written)
      table.add(
        PortTable.Binding(
          run: caller.run, inode: inode, address: address, traits: traits, rewrite: rewrite))
      return PortOutcome(answer: .pass, events: events)
    }
  }

  private func isFour(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { Int32($0.loadUnaligned(as: sa_family_t.self)) } == AF_INET
  }

  /// The same type of address, of this run, with a port of the kernel's choice.
  private func replacement(_ caller: PortCaller, _ bytes: [UInt8], in table: inout PortTable) -> [UInt8] {
    // Both kinds of IPv6 sockets take ::1.
    guard isFour(bytes) else {
      return Array(PortAddress(bytes: PortAddress.loopbackSix, port: 0).encoded().prefix(bytes.count))
    }
    let host = table.runs[caller.run]?.hosts.first ?? table.makeHost()
    table.keep(host, for: caller.run)
    return PortTable.upstream(host, port: 0).encoded()
  }

  mutating func listenRewritten(_ caller: PortCaller, process: Int32) -> PortOutcome {
    guard let inode = socketInode("/proc/\(process)/fd/\(caller.call.descriptor)"), caller.isWaiting,
      let binding = ports.table.withLock({ $0.binding(inode, in: caller.run) }), let rewrite = binding.rewrite
    else { return .pass }
    restore(rewrite, caller)
    guard !binding.isListening else { return .pass }
    lookups.append(
      PortLookup(
        id: caller.id, owner: caller.owner, inode: inode, backlog: caller.call.argument,
        deadline: SystemClock.monotonicMilliseconds + Self.lookupLimitInMilliseconds))
    return .pass
  }

  /// Writes back what the program had there, unless something else lies there since.
  private func restore(_ rewrite: AddressRewrite, _ caller: PortCaller) {
    var now = [UInt8](repeating: 0, count: rewrite.written.count)
    guard devtop_memory_read(caller.call.thread, rewrite.location, &now, now.count) == 0,
      now == rewrite.written
    else { return }
    devtop_memory_write(caller.call.thread, rewrite.location, rewrite.asked, rewrite.asked.count)
  }

  /// Looks for the upstream ports of listeners, and opens the public ones.
  mutating func advanceLookups() {
    guard !lookups.isEmpty else { return }
    let sockets = SocketTable(pid: "self", states: [.listen]).sockets
    let now = SystemClock.monotonicMilliseconds
    let waiting = lookups
    lookups = waiting.filter { lookup in
      guard let binding = ports.table.withLock({ $0.binding(lookup.inode, in: lookup.id.number) }) else {
        return false
      }
      guard let socket = sockets[lookup.inode],
        let upstream = PortAddress(socket.address, port: socket.port)
      else {
        guard now >= lookup.deadline else { return true }
        emit(.failed(lookup.id, binding.address, code: ETIMEDOUT))
        return false
      }
      let outcome = open(lookup.id, lookup.owner, binding, upstream: upstream, backlog: lookup.backlog)
      for event in outcome.events { emit(event) }
      return false
    }
  }
}
