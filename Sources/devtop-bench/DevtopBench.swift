import ArgumentParser

/// `devtop-bench`: measures devtop as its users get it.
@main
struct DevtopBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "devtop-bench",
    abstract:
      "Measures the devtop beside it: saves, start, idleness, bursts of saves, floods of output, reloads under load, "
      + "and its proxy against nginx.",
    usage: "devtop-bench [ROW ...] [--devtop PATH] [--json] [--strict]",
    subcommands: [MeasureCommand.self, PrintLinesCommand.self], defaultSubcommand: MeasureCommand.self)
}
