import Glibc

/// Which ports belong to whom: the public sockets, the runs, and what the runs' sockets are bound to.
struct PortTable: Sendable {
  /// One started program with all its descendants.
  struct Run: Sendable {
    let owner: String
    /// nil when no caller is left.
    var notifications: OwnedDescriptor?
    /// A signal may restart a call though it was answered: such a call must succeed a second time.
    var restartsCalls = false
    /// Of its upstream addresses 127.77.x.y, the last two bytes; more than one where it asks for one port twice.
    var hosts: [UInt16] = []
    /// Its owner's ports were given back while it ran, so it gets none any more.
    var isLetGo = false
  }

  /// A socket of a run.
  struct Binding: Sendable {
    let run: UInt64
    let inode: UInt64
    /// What was asked for.
    let address: PortAddress
    let traits: SocketTraits
    /// nil while only the kernel knows it.
    var upstream: PortAddress?
    var isListening = false
    var rewrite: AddressRewrite?
  }

  /// A public socket, bound to its address until it is released.
  struct Reservation: Sendable {
    let owner: String
    let socket: OwnedDescriptor
    /// 0: it does not listen yet; otherwise as in listen(2), where -1 is the greatest.
    var backlog: UInt32 = 0
    /// The program that had it closed its socket, and goes on without it.
    var isAbandoned = false
  }

  var runs: [UInt64: Run] = [:]
  private(set) var bindings: [Binding] = []
  private(set) var reservations: [PortAddress: Reservation] = [:]
  private var nextHost: UInt16
  var isClosing = false

  init(firstHost: UInt16) { nextHost = firstHost }

  // MARK: who is in the way

  /// The bindings that forbid a socket of `run` to have `address`, if their sockets still exist.
  func rivals(of address: PortAddress, _ traits: SocketTraits, in run: UInt64) -> [Binding] {
    guard let owner = runs[run]?.owner else { return [] }
    return bindings.filter { other in
      guard other.address.overlaps(address) else { return false }
      if other.run != run { return runs[other.run]?.owner != owner }
      // Their options are unknown; a program that wants both families sets IPV6_V6ONLY (RFC 3493 §5.3).
      if other.rewrite != nil, other.address.isIPv6 != address.isIPv6 { return false }
      // inet_csk_bind_conflict of the kernel.
      if other.traits.reusesPort, traits.reusesPort { return false }
      return !(other.traits.reusesAddress && traits.reusesAddress && !other.isListening)
    }
  }

  /// Another owner whose reservation covers the address.
  func stranger(at address: PortAddress, for owner: String) -> String? {
    reservations.first { $0.value.owner != owner && !$0.value.isAbandoned && $0.key.overlaps(address) }?.value
      .owner
  }

  /// Gives what other owners abandoned there to `owner` if it is the same address, else to nobody.
  ///
  /// The socket itself goes over, as copies of it may still be open.
  mutating func takeAbandoned(
    at address: PortAddress, for owner: String
  ) -> [(owner: String, address: PortAddress)] {
    let taken = reservations.filter { $0.value.owner != owner && $0.key.overlaps(address) }
    for (key, reservation) in taken {
      reservations[key] =
        key == address
        ? Reservation(owner: owner, socket: reservation.socket, backlog: reservation.backlog) : nil
    }
    return taken.map { ($0.value.owner, $0.key) }
  }

  /// Whether there are other public sockets that one connection could also be meant for.
  func hasNeighbours(_ address: PortAddress) -> Bool {
    reservations.keys.contains { $0 != address && $0.overlaps(address) }
  }

  /// Whether a public socket has the port on all IPv4 addresses, so that upstream sockets must share it.
  func isWildcard(port: Int) -> Bool {
    reservations.keys.contains { $0.port == port && $0.isWildcard && !$0.onlyIPv6 }
  }

  func binding(_ inode: UInt64, in run: UInt64) -> Binding? {
    bindings.first { $0.inode == inode && $0.run == run }
  }

  /// Where the run's other sockets for the same address are bound.
  func upstream(for address: PortAddress, in run: UInt64) -> PortAddress? {
    bindings.first { $0.run == run && $0.address == address && $0.upstream != nil }?.upstream
  }

  // MARK: upstream addresses

  /// The addresses of the run that may be tried for a port; those that it has for another address do not count.
  func hosts(of run: UInt64, for address: PortAddress) -> [UInt16] {
    let used = Set(
      bindings.filter { $0.run == run && $0.address.port == address.port && $0.address != address }
        .compactMap(\.upstream))
    return (runs[run]?.hosts ?? []).filter { !used.contains(Self.upstream($0, port: address.port)) }
  }

  /// An address that no living run has.
  mutating func makeHost() -> UInt16 {
    let used = Set(runs.values.flatMap(\.hosts))
    repeat { nextHost = nextHost == 0xfffe ? 1 : nextHost + 1 } while used.contains(nextHost)
    return nextHost
  }

  static func upstream(_ host: UInt16, port: Int) -> PortAddress {
    PortAddress(
      bytes: [127, 77, UInt8(truncatingIfNeeded: host >> 8), UInt8(truncatingIfNeeded: host)], port: port)
  }

  // MARK: changes

  mutating func keep(_ host: UInt16, for run: UInt64) {
    if runs[run]?.hosts.contains(host) == false { runs[run]?.hosts.append(host) }
  }

  mutating func add(_ binding: Binding) {
    bindings.append(binding)
    reservations[binding.address]?.isAbandoned = false
  }

  mutating func update(_ inode: UInt64, in run: UInt64, _ change: (inout Binding) -> Void) {
    guard let index = bindings.firstIndex(where: { $0.inode == inode && $0.run == run }) else { return }
    change(&bindings[index])
  }

  mutating func reserve(_ address: PortAddress, _ reservation: Reservation) {
    reservations[address] = reservation
  }

  mutating func setBacklog(_ backlog: UInt32, at address: PortAddress) {
    reservations[address]?.backlog = backlog
  }

  mutating func release(_ address: PortAddress) { reservations[address] = nil }

  /// Forgets sockets that no longer exist.
  mutating func drop(_ gone: Set<UInt64>, of run: UInt64) {
    let left = Set(bindings.filter { $0.run == run && gone.contains($0.inode) }.map(\.address))
    bindings.removeAll { $0.run == run && gone.contains($0.inode) }
    for address in left where !bindings.contains(where: { $0.address == address }) {
      if reservations[address]?.backlog == 0 {
        reservations[address] = nil
      } else {
        reservations[address]?.isAbandoned = true
      }
    }
  }

  /// Forgets a run that ended; its owner keeps the ports on which connections are accepted.
  mutating func forget(_ run: UInt64) {
    let left = Set(bindings.filter { $0.run == run }.map(\.address))
    bindings.removeAll { $0.run == run }
    runs[run] = nil
    for address in left
    where reservations[address]?.backlog == 0 && !bindings.contains(where: { $0.address == address }) {
      reservations[address] = nil
    }
  }

  /// Gives back a port, or all (`address` nil); runs of the owner get none until the next start.
  mutating func release(_ address: PortAddress?, of owner: String) {
    for (key, reservation) in reservations
    where reservation.owner == owner && (address == nil || address == key) {
      reservations[key] = nil
    }
    guard address == nil else { return }
    for (key, run) in runs where run.owner == owner { runs[key]?.isLetGo = true }
  }
}

/// What was written into a program's memory in place of the address that it asked for.
struct AddressRewrite: Hashable, Sendable {
  let location: UInt64
  let asked: [UInt8]
  let written: [UInt8]
}
