import ArgumentParser

/// The child of the row `flood`.
struct PrintLinesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "print-lines", abstract: "Print numbered lines at a steady rate.", shouldDisplay: false)

  @Option var rate: Int
  @Option var seconds: Int
  @Option var counter: String

  func run() {
    LineGenerator(rate: rate, duration: .seconds(seconds), counter: counter).run()
  }
}
