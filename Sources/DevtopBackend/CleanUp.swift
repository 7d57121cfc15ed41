import DevtopCore
import DevtopLogs
import DevtopSupervisor

/// Runs the clean-up commands of services, each service's one after another; everything is called on the backend's
/// thread.
final class CleanUp {
  private let workshop: Workshop
  private let limit: Duration
  private var running: [ServiceID: Turn] = [:]

  /// `limit` is what the commands of one service may take together before they are killed.
  init(_ workshop: Workshop, limit: Duration = .seconds(10)) {
    self.workshop = workshop
    self.limit = limit
  }

  /// The commands of one service.
  private final class Turn {
    let spec: ServiceSpec
    var rest: ArraySlice<CommandSpec>
    var process: ProcessID?
    var timer: Int?

    init(_ spec: ServiceSpec) {
      self.spec = spec
      rest = spec.cleanup[...]
    }
  }

  /// A turn as the timer sees it.
  private struct Reference: @unchecked Sendable {
    // Sendable: both are only touched inside of what runs on the backend's thread.
    let cleanUp: CleanUp
    let turn: Turn
  }

  /// Ends in exactly one `cleanedUp`; asked again while the commands run, in the one that is on its way.
  func run(_ spec: ServiceSpec) {
    guard running[spec.id] == nil else { return }
    let turn = Turn(spec)
    running[spec.id] = turn
    let reference = Reference(cleanUp: self, turn: turn)
    turn.timer = workshop.thread.run(after: limit) { reference.cleanUp.timeIsUp(reference.turn) }
    next(turn)
  }

  private func next(_ turn: Turn) {
    guard running[turn.spec.id] === turn else { return }
    guard let command = turn.rest.popFirst() else {
      running[turn.spec.id] = nil
      if let timer = turn.timer { workshop.thread.cancel(timer) }
      return workshop.send(.cleanedUp(turn.spec.id))
    }
    turn.process = workshop.runOnce(command, for: turn.spec) { [self] in
      turn.process = nil
      next(turn)
    }
    if turn.process == nil { next(turn) }
  }

  private func timeIsUp(_ turn: Turn) {
    guard running[turn.spec.id] === turn else { return }
    turn.rest = []
    let text = "\(turn.spec.id): the clean-up commands take longer than \(limit.short) and are killed"
    workshop.send(.warned(ConfigurationNotice(text)))
    if let process = turn.process {
      workshop.processes.stop(process, signal: .kill, grace: .zero)
    } else {
      next(turn)
    }
  }
}
