import CProcess
import DevtopCore
import Glibc

/// The ports that programs think are theirs.
///
/// One thread (`PortAnswerer`) answers bind(2) and listen(2) of all programs; the methods here only look at the table
/// and make system calls that do not wait, so they may be called from any thread.
final class PortTakeover: Sendable {
  let table: Locked<PortTable>
  let wake: WakeUp
  let epoll: Int32
  /// The network namespace of the public sockets; 0: unknown.
  let network: UInt64

  init() throws(SupervisorError) {
    // Several supervisors may run on one machine, each with addresses of its own.
    table = Locked(PortTable(firstHost: .random(in: 1...0xfffe)))
    wake = try WakeUp()
    let probe = OwnedDescriptor(
      socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
    network = devtop_network(probe.number)
    epoll = devtop_epoll_create()
    guard epoll >= 0 else { throw .cannotStart(what: "an epoll", code: errno) }
    _ = devtop_epoll_add(epoll, wake.descriptor, 0)
  }

  deinit { close(epoll) }

  /// Begins to answer for a program.
  func add(_ id: ProcessID, owner: String, notifications: Int32, restartsCalls: Bool) {
    let descriptor = OwnedDescriptor(notifications)
    let isWanted = table.withLock { table in
      guard !table.isClosing else { return false }
      table.runs[id.number] = PortTable.Run(
        owner: owner, notifications: descriptor, restartsCalls: restartsCalls)
      return true
    }
    guard isWanted, devtop_epoll_add(epoll, notifications, id.number) != 0 else { return }
    // Nobody would answer: closed, its calls get ENOSYS instead of waiting for ever.
    table.withLock { $0.runs[id.number]?.notifications = nil }
  }

  /// Forgets a program whose tree ended.
  func forget(_ id: ProcessID) { table.withLock { $0.forget(id.number) } }

  /// Ends the thread and gives back all ports; calls that wait get ENOSYS.
  func stop() {
    table.withLock { $0.isClosing = true }
    wake.signal()
  }

  // MARK: public sockets

  func reserve(_ address: PortAddress, for owner: String, backlog: Int32) throws(PortRefusal) {
    try table.withLock { table throws(PortRefusal) in
      let existing = table.reservations[address]
      try open(address, for: owner, user: nil, in: &table)
      do throws(PortRefusal) {
        try listen(address, backlog: backlog, in: &table)
      } catch {
        if existing == nil { table.release(address) }
        throw error
      }
    }
  }

  /// Binds a public socket unless the owner has it; `user`: whose sockets shall share the port.
  ///
  /// Returns what to tell the owners that had abandoned it.
  @discardableResult
  func open(
    _ address: PortAddress, for owner: String, user: uid_t?, in table: inout PortTable
  ) throws(PortRefusal) -> [PortEvent] {
    if let other = table.stranger(at: address, for: owner) { throw .owner(other) }
    let abandoned = table.takeAbandoned(at: address, for: owner)
    let events = abandoned.map { PortEvent.released(owner: $0.owner, $0.address) }
    guard table.reservations[address] == nil else { return events }
    let number = socket(
      address.isIPv6 ? AF_INET6 : AF_INET,
      Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard number >= 0 else { throw .stranger(code: errno) }
    let descriptor = OwnedDescriptor(number)
    if address.isIPv6 { setOption(number, Int32(IPPROTO_IPV6), IPV6_V6ONLY, address.onlyIPv6 ? 1 : 0) }
    // Whatever the program does: connections in TIME_WAIT are the proxy's here, not its own.
    setOption(number, SOL_SOCKET, SO_REUSEADDR, 1)
    // Sockets share a port only if they are of one user (socket(7)); refused unless this process is root's.
    if let user, user != geteuid() { fchown(number, user, gid_t.max) }
    if table.hasNeighbours(address) { setOption(number, SOL_SOCKET, SO_REUSEPORT, 1) }
    guard address.withSockaddr({ bind(number, $0, $1) }) == 0 else { throw .stranger(code: errno) }
    // Only now: until here nobody else may have it, from here on upstream sockets and neighbours must. And before the
    // first connection, which inherits it and would be in their way without.
    setOption(number, SOL_SOCKET, SO_REUSEPORT, 1)
    table.reserve(address, PortTable.Reservation(owner: owner, socket: descriptor))
    return events
  }

  /// Lets the public socket accept connections, which queue until somebody takes them.
  func listen(_ address: PortAddress, backlog: Int32, in table: inout PortTable) throws(PortRefusal) {
    guard let reservation = table.reservations[address] else { return }
    // As the kernel: below 0 is as much as it allows. 0 is 1 here, which accepts as many.
    let wanted = max(1, UInt32(bitPattern: backlog))
    guard wanted > reservation.backlog else { return }
    guard Glibc.listen(reservation.socket.number, Int32(bitPattern: wanted)) == 0 else {
      throw .stranger(code: errno)
    }
    table.setBacklog(wanted, at: address)
  }

  /// A copy of the public socket, for the caller to close.
  func copy(_ address: PortAddress, of owner: String) -> Int32? {
    table.withLock { table in
      guard let reservation = table.reservations[address], reservation.owner == owner else { return nil }
      let copy = fcntl(reservation.socket.number, F_DUPFD_CLOEXEC, 3)
      return copy >= 0 ? copy : nil
    }
  }

  func addresses(of owner: String) -> [PortAddress] {
    table.withLock { $0.reservations.filter { $0.value.owner == owner }.keys.sorted() }
  }

  func release(_ address: PortAddress?, of owner: String) {
    table.withLock { $0.release(address, of: owner) }
  }
}
