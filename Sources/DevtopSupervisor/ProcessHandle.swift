/// A program that was started.
public struct ProcessHandle: Hashable, Sendable {
  /// For every further call.
  public let id: ProcessID
  /// The main process, leader of its own session and process group.
  public let pid: Int32
  /// From the `LaunchSpec`.
  public let label: String
}
