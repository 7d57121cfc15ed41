/// Everything that devtop can do; `update` asks for it, the runtime does it.
package enum Effect: Equatable, Sendable {
  // Building
  /// Ends in exactly one `buildFinished`.
  case build(ServiceID, RunNumber, clean: Bool)
  /// TERM, 200 ms, KILL to the whole tree; answered by `buildFinished` with `.cancelled`.
  case cancelBuild(ServiceID, RunNumber)
  case runRule(ServiceID, Int)

  // Processes
  /// Answered by `processStarted` or `startFailed`.
  case start(ServiceID, RunNumber)
  /// The stop ladder over the whole tree of the run; answered by `processEnded`.
  case stop(ServiceID, RunNumber, StopPolicy)
  /// Runs the service's clean-up commands before its stop; answered by `cleanedUp`.
  case cleanUp(ServiceID)
  /// Ends a process that is not ours, which a person asked for.
  case endHolder(ServiceID, pid: Int32, port: UInt16)
  /// How often the trees are sampled from now on.
  case sample(every: Duration)

  // Time
  case setTimer(TimerID, after: Duration)
  case cancelTimer(TimerID)

  // Telling
  case report(Report)
  /// A lifecycle row of the log.
  case mark(ServiceID, RunNumber, String, LogLevel?)
  case logs(LogCommand)

  // The outside
  case applyConfiguration(Configuration)
  /// Opens a file in the person's editor; the path is relative to the service's directory or absolute.
  case open(path: String, line: Int?, column: Int?)
  case copy(String)
  case nextTheme
  case suspend
  case redraw
  /// Everything has ended: leave with this exit status.
  case exit(Int32)
}
