import ArgumentParser
import DevtopBackend
import DevtopCore
import DevtopSupervisor
import Glibc

/// `devtop check`: the effective configuration, and where each value came from; or what a log format makes of a file.
struct CheckCommand: InvokedCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Print the effective configuration and where each value came from.",
    discussion: "With --format: how many lines of FILE the log format matches, and the fields of the first.")

  @Option(name: .shortAndLong, help: "The configuration file.")
  var config: String?

  @Option(help: "A log format: [format.NAME] of devtop.toml, or a built-in one.")
  var format: String?

  @Argument(help: "For --format: a file of log lines, or - for standard input.")
  var file: String?

  func validate() throws {
    guard (format == nil) != (file == nil) else { return }
    throw ValidationError("--format and FILE go together: devtop check --format NAME FILE.")
  }

  func run(_ invocation: Invocation) throws {
    if let format, let file {
      return try FormatCheck(named: format, config: config, invocation).run(on: file)
    }
    let reading = try invocation.readConfiguration(
      directory: try invocation.currentDirectory(), file: config, words: nil)
    print(reading.described)
    let isTakingOver = reading.configuration.services.contains { $0.run != nil && $0.ports.mode == .takeover }
    if isTakingOver { print("# \(Self.sentence(TakeoverSupport.probe()))") }
  }

  /// How ports of services are taken over on this machine.
  private static func sentence(_ support: TakeoverSupport) -> String {
    switch support {
    case .direct: "ports are taken over: a service's socket is bound to an address of its run (pidfd_getfd)"
    case .rewriting:
      "ports are taken over by rewriting the addresses that services ask for (pidfd_getfd is refused here)"
    case .none(let code):
      "ports cannot be taken over here (\(String(cString: strerror(code)))): services with PORT in their "
        + "environment get another one (env), others keep their port (off)"
    }
  }
}
