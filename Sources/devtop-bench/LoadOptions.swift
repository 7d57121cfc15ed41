import ArgumentParser

/// How much is measured in the rows with load.
struct LoadOptions: ParsableArguments {
  @Option(help: "Reloads of reload-swap (a fifth of reload-hold, a hundredth of reload-build).")
  var reloads = 1_000

  @Option(help: "The least milliseconds from one reload to the next.")
  var pace = 1_000

  @Option(help: "Seconds of load before the first reload.")
  var steady = 10

  @Option(
    help:
      "Requests a second during reloads; otherwise 30 % of what the app can do, or 40 % of that behind devtop."
  )
  var rate: Int?

  @Option(help: "Pairs of measurements in turn.")
  var pairs = 7

  @Option(help: "Requests of one half of a pair.")
  var requests = 20_000

  @Option(help: "Idle connections.")
  var connections = 10_000

  func validate() throws {
    guard (1...100_000).contains(reloads), (0...60_000).contains(pace), (1...600).contains(steady) else {
      throw ValidationError("--reloads takes 1 to 100000, --pace 0 to 60000, --steady 1 to 600.")
    }
    guard (1...1_000_000).contains(rate ?? 1), (1...100).contains(pairs) else {
      throw ValidationError("--rate takes 1 to 1000000, --pairs 1 to 100.")
    }
    guard (100...10_000_000).contains(requests), (1...100_000).contains(connections) else {
      throw ValidationError("--requests takes 100 to 10000000, --connections 1 to 100000.")
    }
  }

  func apply(to effort: inout Effort) {
    effort.reloads = reloads
    effort.pace = .milliseconds(pace)
    effort.steady = .seconds(steady)
    effort.rate = rate
    effort.pairs = pairs
    effort.requests = requests
    effort.connections = connections
  }
}
