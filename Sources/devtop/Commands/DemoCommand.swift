import ArgumentParser
import DevtopBackend
import DevtopCore
import Glibc

/// `devtop demo`: a small web server in Swift in a temporary directory, built, run and sent light traffic.
struct DemoCommand: InvokedCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Try devtop on a small project that it writes into a temporary directory.")

  @OptionGroup var options: SessionOptions

  func run(_ invocation: Invocation) throws {
    let temporary = invocation.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    let root = try DemoProject.write(temporaryDirectory: temporary)
    guard chdir(root) == 0 else {
      throw Failure.atRunTime("the demo's directory cannot be entered: \(String(cString: strerror(errno)))")
    }
    try options.runSession(
      invocation, directory: root, file: "devtop.toml", words: nil,
      introduction: DemoProject.introduction(root: root),
      farewell: "devtop: the demo's project stays in \(root); remove it when you need it no more.")
  }
}
