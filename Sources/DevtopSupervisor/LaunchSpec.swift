/// A program to start, with all that it gets from its parent.
public struct LaunchSpec: Hashable, Sendable {
  /// Where the program's standard streams go.
  public enum Terminal: Hashable, Sendable {
    /// A pseudo-terminal of its own for all three: programs buffer by line and keep their colours.
    case pty(columns: Int, rows: Int)
    /// /dev/null and two pipes.
    case pipes
  }

  /// The program and its arguments; a program without `/` is looked up in the PATH of `environment`.
  public var arguments: [String]
  /// Complete, as `NAME=value`; only the marker `DEVTOP_TREE` is added.
  public var environment: [String]
  /// The working directory; relative to that of this process.
  public var directory: String
  /// Where the standard streams go.
  public var terminal: Terminal
  /// For people: the service's name.
  public var label: String
  /// Who answers when it binds a TCP port.
  public var ports: PortHandling = .own
  /// Descriptors of this process that become 3, 4, … in the program; at most 12.
  public var descriptors: [Int32] = []
  /// How the program is told of them (sd_listen_fds(3)): LISTEN_FDS, LISTEN_PID and, unless empty, LISTEN_FDNAMES; nil: not.
  public var descriptorNames: [String]?

  /// A program to start in `directory`.
  public init(
    _ arguments: [String], environment: [String], directory: String = ".",
    terminal: Terminal = .pty(columns: 80, rows: 24), label: String = ""
  ) {
    self.arguments = arguments
    self.environment = environment
    self.directory = directory
    self.terminal = terminal
    self.label = label
  }

  /// With what tells of the descriptors; LISTEN_PID is added in the program's process, which alone knows it.
  var completeEnvironment: [String] {
    guard let descriptorNames else { return environment }
    let rest = environment.filter { !$0.hasPrefix("LISTEN_FDS=") && !$0.hasPrefix("LISTEN_FDNAMES=") }
    let names = descriptorNames.isEmpty ? [] : ["LISTEN_FDNAMES=" + descriptorNames.joined(separator: ":")]
    return rest + ["LISTEN_FDS=\(descriptors.count)"] + names
  }
}
