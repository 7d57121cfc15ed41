import ArgumentParser
import DevtopBackend
import DevtopCore

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
  }
}
