import ArgumentParser

/// `devtop`: the session.
struct RunCommand: InvokedCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Watch, build, run and show the project of this directory (the default).")

  @OptionGroup var options: SessionOptions

  @Option(name: .shortAndLong, help: "The configuration file (devtop.toml or an air configuration).")
  var config: String?

  @Argument(
    parsing: .postTerminator,
    help: "Behind --: a command to run and watch; with an air configuration, arguments of the application.")
  var words: [String] = []

  func run(_ invocation: Invocation) throws {
    let hasTerminator = invocation.arguments.contains("--")
    try options.runSession(
      invocation, directory: try invocation.currentDirectory(), file: config,
      words: hasTerminator ? words : nil)
  }
}
