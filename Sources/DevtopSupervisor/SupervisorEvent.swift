/// What happened to a supervised program, or to the supervision.
public enum SupervisorEvent: Hashable, Sendable {
  /// Why a process is still there though it was told to end.
  public enum Resistance: Hashable, Sendable {
    /// EPERM: it runs as another user (setuid).
    case refusedSignal
    /// It survives SIGKILL: it waits in the kernel, for a device or a network mount.
    case unkillable
  }

  /// The main process ended; descendants may live on and hold its output open.
  case exited(ProcessID, status: ExitStatus)
  /// No process of the tree is left. Nothing follows for this id but the end of its output.
  case treeEnded(ProcessID)
  /// A process of the tree cannot be ended by this user.
  case straggler(ProcessID, pid: Int32, user: UInt32, why: Resistance)
  /// What programs whose `LaunchSpec.ports` is `.takenOver` did about their ports.
  case port(PortEvent)
  /// The guard was killed; running programs went on, and a new guard starts further ones.
  case guardReplaced(pid: Int32)
  /// The guard ended and no new one could be started; running programs go on, `spawn` fails.
  case guardLost(reason: String)
  /// The launcher was killed: everything ends; restore the terminal and exit.
  case launcherLost
}
