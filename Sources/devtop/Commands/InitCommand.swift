import ArgumentParser
import DevtopBackend
import DevtopCore
import Glibc

/// `devtop init`: a commented `devtop.toml` from what was detected or from an air configuration.
struct InitCommand: InvokedCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Write a commented devtop.toml from what is detected, or from .air.toml.")

  @Option(name: .shortAndLong, help: "The configuration to start from, such as .air.toml.")
  var config: String?

  func run(_ invocation: Invocation) throws {
    let directory = try invocation.currentDirectory()
    let path = directory + "/devtop.toml"
    guard access(path, F_OK) != 0 else {
      throw Failure.usage(
        "devtop.toml exists already. Edit it, or remove it first; `devtop check` shows what it means.")
    }
    let reading = try invocation.readConfiguration(directory: directory, file: config, words: nil)
    let text = reading.configuration.rendered(environment: invocation.environment)
    if let problem = writeFile(text.utf8, to: path, isNew: true) {
      throw Failure.atRunTime("devtop.toml cannot be written: \(problem).")
    }
    let origin =
      switch reading.configuration.source {
      case .detected(let evidence): "what \(evidence) says"
      case .file, .commandLine: reading.configuration.source.name
      }
    print("devtop.toml was written from \(origin). Run devtop.")
  }
}
