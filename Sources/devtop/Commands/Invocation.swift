import ArgumentParser
import DevtopBackend
import DevtopCore
import Glibc

/// What every command needs of the outside: where devtop was started, with which environment and air flags.
struct Invocation: Sendable {
  /// The arguments without air's flags, for the argument parser.
  let arguments: [String]
  let airFlags: AirFlags
  let environment: [String: String]

  /// Takes air's flags out of the arguments.
  ///
  /// - Throws: `Failure` with status 2 for a flag that is wrong.
  init(_ arguments: [String]) throws(Failure) {
    do throws(ConfigurationError) {
      (airFlags, self.arguments) = try AirFlags.take(arguments)
    } catch {
      throw .usage("\(error)")
    }
    environment = ProcessEnvironment.read()
  }

  /// The working directory.
  ///
  /// - Throws: `Failure` when it does not exist any more or cannot be read.
  func currentDirectory() throws(Failure) -> String {
    guard let path = getcwd(nil, 0) else {
      throw .usage(
        "the working directory cannot be found: \(String(cString: strerror(errno))). cd to a directory that exists."
      )
    }
    defer { free(path) }
    return String(cString: path)
  }

  /// Reads the configuration of a directory.
  ///
  /// - Throws: `Failure` with status 2 and everything that is wrong.
  func readConfiguration(
    directory: String, file: String?, words: [String]?
  ) throws(Failure) -> ConfigurationReading {
    do throws(ConfigurationError) {
      return try ConfigurationReader(directory: directory, environment: environment)
        .read(file: file, flags: airFlags, words: words)
    } catch {
      throw .usage("\(error)")
    }
  }
}

/// A command that needs to know what it was invoked with.
protocol InvokedCommand: ParsableCommand {
  func run(_ invocation: Invocation) throws
}
