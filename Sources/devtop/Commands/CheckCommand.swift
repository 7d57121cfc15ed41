import ArgumentParser
import DevtopBackend
import DevtopCore
import DevtopSupervisor
import Glibc

/// `devtop check`: the effective configuration, and where each value came from.
struct CheckCommand: InvokedCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Print the effective configuration and where each value came from.")

  @Option(name: .shortAndLong, help: "The configuration file.")
  var config: String?

  func run(_ invocation: Invocation) throws {
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
