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

  // Requests
  /// New requests go to this run, on all ports that it took; what was held goes there, too. Ports that only runs
  /// before it took are released.
  case route(ServiceID, to: RunNumber)
  /// Requests wait from now on, those that no run has begun to answer.
  case hold(ServiceID, HoldLimits)
  /// Requests, also those that wait, are answered with 503 from now on.
  case refuse(ServiceID)
  /// Lets the requests of a run that is no longer routed to finish; answered by `drained`. `isBeforeStop`: streams, which
  /// have no end to wait for, are closed first, and what can be asked again soon after.
  case drain(ServiceID, RunNumber, within: Duration, isBeforeStop: Bool = false)
  /// Gives the ports of a service back to the machine, also those that no run listens on now; requests that wait are
  /// answered with 503. What is routed later begins anew.
  case releasePorts(ServiceID)
  /// Open pages of the service are told.
  case tellBrowsers(ServiceID, BrowserNews)
  /// Sends a signal to the process group of a run.
  case signal(ServiceID, RunNumber, Int32)
  /// Keeps the screen of a run's terminal, of the size of the pane that shows it, or no longer.
  case holdTerminal(ServiceID, RunNumber, isHeld: Bool)
  /// Writes to a run's terminal, whose screen is held.
  case type(ServiceID, RunNumber, TerminalInput)
  /// Sends a recorded request again.
  case replay(RequestSample)
  /// Makes trouble on purpose, as configured, or ends that.
  case setFault(ServiceID, isOn: Bool)

  // Time
  case setTimer(TimerID, after: Duration)
  case cancelTimer(TimerID)

  // Telling
  case report(Report)
  /// A lifecycle row of the log.
  case mark(ServiceID, RunNumber, String, LogLevel?)
  case logs(LogCommand)
  /// Keeps the named filters of the project.
  case keepFilters([NamedFilter])

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
