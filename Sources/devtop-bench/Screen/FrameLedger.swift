import DevtopLogs

/// What frames cost in bytes, and what the same changes cost at least.
struct FrameLedger {
  private(set) var frames = 0
  private(set) var bytes = 0
  private var least = LeastChange()
  private var shown: TerminalScreen
  private var openBytes = 0

  /// Of all frames.
  var leastCost: LeastChange.Cost { least.cost }

  /// Begins with what is shown.
  init(_ screen: TerminalScreen) { shown = screen }

  mutating func take(_ count: Int) { openBytes += count }

  /// A frame is over.
  mutating func close(_ screen: TerminalScreen) {
    guard openBytes > 0 else { return }
    frames += 1
    bytes += openBytes
    openBytes = 0
    least.add(from: shown, to: screen)
    shown = screen
  }
}
