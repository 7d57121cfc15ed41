/// What a program did about a port that the supervisor takes over.
public enum PortEvent: Hashable, Sendable {
  /// The program listens, and so does the public socket: `Supervisor.publicSocket(_:of:)` gives a copy of it.
  ///
  /// Told once for each socket of the program.
  case listening(ProcessID, TakenListener)
  /// The program did not get the port that it asked for, and was told so.
  case refused(ProcessID, PortAddress, why: PortRefusal)
  /// A port could not be taken over, so the kernel decided as always: start it in another way.
  ///
  /// `code` is an errno (EFAULT: its address lies in read-only memory); the address is nil where it could not be read.
  case failed(ProcessID, PortAddress?, code: Int32)
  /// The owner's program had closed the port, and another owner has it now: close what you copied of it.
  case released(owner: String, PortAddress)

  /// The program that it is about.
  var id: ProcessID? {
    switch self {
    case .listening(let id, _), .refused(let id, _, why: _), .failed(let id, _, code: _): id
    case .released: nil
    }
  }
}
