import ArgumentParser
import DevtopBackend
import Glibc

/// The command line.
///
/// Exit status: 0 quit, 1 a failure at run time, 2 usage or configuration, 128+n for signal n.
struct Devtop: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "devtop",
    abstract: "A dashboard for dev servers: builds, restarts and shows on every save.",
    usage: """
      devtop [--config FILE] [--plain | --json] [-- ARGUMENTS]
      devtop -- COMMAND ARGUMENTS
      devtop demo | init | check
      """,
    discussion: """
      Without a configuration devtop finds out how to build and run the project (Go, Swift, JavaScript, Rust, Python, \
      Procfile, Makefile). An air configuration (.air.toml) is read as it is, and air's flags (--build.cmd "go build") \
      are taken.
      """,
    version: "0.1.0",
    subcommands: [RunCommand.self, DemoCommand.self, InitCommand.self, CheckCommand.self],
    defaultSubcommand: RunCommand.self)
}

@main
enum Main {
  /// Air's flags are taken out before the argument parser sees the rest: it knows no names with a dot.
  static func main() {
    do {
      let invocation = try Invocation(Array(CommandLine.arguments.dropFirst()))
      var command = try Devtop.parseAsRoot(invocation.arguments)
      if let command = command as? any InvokedCommand {
        try command.run(invocation)
      } else {
        try command.run()
      }
    } catch {
      leave(error)
    }
  }

  /// Says why, and exits with the status that the error asks for.
  static func leave(_ error: any Error) -> Never {
    if let failure = error as? Failure {
      StandardError.write("devtop: \(failure.message)")
      exit(failure.status)
    }
    let text = Devtop.fullMessage(for: error)
    if Devtop.exitCode(for: error) == .success {
      print(text)
      exit(0)
    }
    StandardError.write(text)
    if let hint = hint(for: CommandLine.arguments.dropFirst().first) { StandardError.write(hint) }
    exit(2)
  }

  /// What a first word that is no command may have meant.
  static func hint(for word: String?) -> String? {
    guard let word, !word.hasPrefix("-") else { return nil }
    let names = Devtop.configuration.subcommands.compactMap { $0.configuration.commandName }
    guard !names.contains(word) else { return nil }
    let meant = NearestName.hint(word, among: names)
    return "`\(word)` is no command of devtop\(meant)\(meant.hasSuffix("?") ? "" : ".") "
      + "To run and watch a command of your own: devtop -- \(word)"
  }
}

/// A reason to leave before the session has begun, as a sentence.
struct Failure: Error {
  var message: String
  /// 1 at run time, 2 usage or configuration.
  var status: Int32

  static func usage(_ message: String) -> Failure { Failure(message: message, status: 2) }
  static func atRunTime(_ message: String) -> Failure { Failure(message: message, status: 1) }
}
