import CProcess
import DevtopCore
import Glibc

extension PortAnswerer {
  /// How many upstream addresses are tried when other programs have their port.
  private static let hostTries = 64
  /// From how many sockets on a run's closed ones are looked for at each further one.
  private static let sweepCount = 64

  func bind(_ caller: PortCaller) -> PortOutcome {
    guard let process = caller.process() else { return .pass }
    let bytes: [UInt8]
    switch caller.address() {
    case .success(let read): bytes = read
    // The kernel says EFAULT itself.
    case .failure(.stranger(code: EFAULT)): return .pass
    case .failure(let refusal):
      return PortOutcome(answer: .pass, events: [.failed(caller.id, nil, code: refusal.code)])
    }
    guard let plain = PortAddress(sockaddr: bytes, onlyIPv6: false), plain.port != 0 else { return .pass }
    guard caller.isWaiting else { return .none }
    do throws(PortRefusal) {
      let socket = try TakenSocket(caller.call.descriptor, of: process)
      guard caller.isWaiting else { return .none }
      return bind(caller, socket, bytes)
    } catch {
      switch error.code {
      // Not for us here, or not in this kernel.
      case EPERM, EACCES, ENOSYS: return rewrite(caller, process: process, bytes)
      // No such descriptor, or no such caller any more.
      case EBADF, ESRCH: return .pass
      case let code: return PortOutcome(answer: .pass, events: [.failed(caller.id, plain, code: code)])
      }
    }
  }

  private func bind(_ caller: PortCaller, _ socket: borrowing TakenSocket, _ bytes: [UInt8]) -> PortOutcome {
    let traits = socket.traits
    // Nobody could be led into another network (unshare, a sandbox).
    guard socket.isTCP, devtop_network(socket.descriptor) == ports.network, let inode = socket.inode,
      let family = socket.family,
      bytes.withUnsafeBytes({ Int32($0.loadUnaligned(as: sa_family_t.self)) }) == family,
      let address = PortAddress(sockaddr: bytes, onlyIPv6: traits.onlyIPv6)
    else { return .pass }
    if PortAddress(boundOf: socket.descriptor) != nil {
      // Bound before: EINVAL, unless it was us and the caller may not know it.
      let (known, restarts) = ports.table.withLock {
        ($0.binding(inode, in: caller.run), $0.runs[caller.run]?.restartsCalls ?? false)
      }
      guard let known, restarts, !known.isListening, known.address == address else { return .pass }
      return PortOutcome(answer: .done(code: 0))
    }
    if let refusal = dropGoneRivals(caller, address, traits) { return refusal }
    return ports.table.withLock { table in
      var events: [PortEvent] = []
      do throws(PortRefusal) {
        let isReserved = table.reservations[address]?.owner == caller.owner
        if table.runs[caller.run]?.isLetGo != true {
          let user = socket.user
          events = try ports.open(
            address, for: caller.owner, user: user, in: &table)
        }
        do throws(PortRefusal) {
          let upstream = try bindUpstream(caller, socket, address, traits, in: &table)
          table.add(
            PortTable.Binding(
              run: caller.run, inode: inode, address: address, traits: traits, upstream: upstream))
        } catch {
          if !isReserved { table.release(address) }
          throw error
        }
        return PortOutcome(answer: .done(code: 0), events: events)
      } catch {
        return .refused(caller.id, address, error)
      }
    }
  }

  /// Refuses an address that another socket has; sockets that were closed since do not count.
  func dropGoneRivals(_ caller: PortCaller, _ address: PortAddress, _ traits: SocketTraits) -> PortOutcome? {
    let rivals = ports.table.withLock { table in
      let own = table.bindings.filter { $0.run == caller.run }
      // Workers that come and go, clients with fixed ports: nobody is their rival, but their number is bounded.
      return table.rivals(of: address, traits, in: caller.run) + (own.count < Self.sweepCount ? [] : own)
    }
    for (run, sockets) in Dictionary(grouping: rivals, by: \.run) {
      // Not under the lock: there may be many processes to look at.
      let gone = gone(Set(sockets.map(\.inode)), of: ProcessID(number: run))
      ports.table.withLock { $0.drop(gone, of: run) }
    }
    let left = ports.table.withLock { table in
      table.rivals(of: address, traits, in: caller.run).first.flatMap { table.runs[$0.run]?.owner }
    }
    return left.map { .refused(caller.id, address, .owner($0)) }
  }

  /// Gives the socket its port on an address of its run.
  private func bindUpstream(
    _ caller: PortCaller, _ socket: borrowing TakenSocket, _ address: PortAddress, _ traits: SocketTraits,
    in table: inout PortTable
  ) throws(PortRefusal) -> PortAddress {
    // Several workers of one run share their upstream address by the options that they chose.
    if let shared = table.upstream(for: address, in: caller.run) {
      let error = socket.bind(shared)
      guard error == 0 else { throw .stranger(code: error) }
      return shared
    }
    if traits.onlyIPv6 { return try socket.bindAnywhere(PortAddress.loopbackSix).get() }
    let mustShare = table.isWildcard(port: address.port)
    if mustShare { socket.sharePort() }
    var hosts = table.hosts(of: caller.run, for: address)
    for _ in 0..<Self.hostTries {
      let host = hosts.isEmpty ? table.makeHost() : hosts.removeFirst()
      let upstream = PortTable.upstream(host, port: address.port)
      switch socket.bind(upstream) {
      case 0:
        table.keep(host, for: caller.run)
        // A later public socket may have the port on all addresses.
        socket.sharePort()
        return upstream
      case EADDRINUSE: continue
      case let error: throw .stranger(code: error)
      }
    }
    throw .stranger(code: EADDRINUSE)
  }
}
