/// The public ports of programs whose `LaunchSpec.ports` is `.takenOver`.
extension Supervisor {
  /// A copy of the public socket that `owner` has at `address`: non-blocking, close-on-exec, for the caller to close.
  ///
  /// Connections wait in its queue until somebody accepts them. The supervisor keeps its own copy until the port is
  /// released; the port is free when all copies are closed as well.
  public func publicSocket(_ address: PortAddress, of owner: String) -> Int32? {
    core.ports.copy(address, of: owner)
  }

  /// The public addresses that `owner` has.
  public func publicAddresses(of owner: String) -> [PortAddress] { core.ports.addresses(of: owner) }

  /// Begins to listen on a public address for `owner` before any program of it does.
  ///
  /// A program that binds it later gets this socket. Nothing happens when the owner has it already.
  /// - Throws: `PortRefusal` when the kernel or another owner has it.
  public func reservePort(_ address: PortAddress, for owner: String, backlog: Int32 = 4096)
    throws(PortRefusal)
  {
    try core.ports.reserve(address, for: owner, backlog: backlog)
  }

  /// Gives back one public port; a program that had it goes on at its own address, which nobody is led to.
  public func releasePort(_ address: PortAddress, of owner: String) { core.ports.release(address, of: owner) }

  /// Gives back all public ports of `owner`; its living programs get none any more.
  ///
  /// Until then reservations outlive the programs: reloads and crashes keep them.
  public func releasePorts(of owner: String) { core.ports.release(nil, of: owner) }
}
