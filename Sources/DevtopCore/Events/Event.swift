/// Everything that can happen to devtop; `update` alone says what it leads to.
package enum Event: Equatable, Sendable {
  /// The session begins: the services of the state's configuration are built and started.
  case began

  // Watching
  case watchReady(WatchSummary)
  /// Changes that the kernel delivered together.
  case filesChanged([FileChange])

  // Building
  case diagnosed(ServiceID, RunNumber, Diagnostic)
  /// The build's whole process tree is gone, too.
  case buildFinished(ServiceID, RunNumber, BuildOutcome)

  // Processes
  case processStarted(ServiceID, RunNumber, pid: Int32)
  /// Nothing was started: the sentence says what and why.
  case startFailed(ServiceID, RunNumber, String)
  /// The readiness probe passed; `port` is the first one that its tree listens on.
  case processReady(ServiceID, RunNumber, port: UInt16?)
  /// Its main process ended; descendants may live on.
  case processExited(ServiceID, RunNumber, ExitStatus)
  /// No process of the run is left.
  case processEnded(ServiceID, RunNumber)
  /// A Unix socket or a pid file of a run was there until the run before it, which lived beside it, ended.
  case pathLost(ServiceID, RunNumber, path: String)
  /// A crash report in its output, located in the project.
  case crashed(ServiceID, RunNumber, Diagnostic)
  /// Its output says that a port is taken; the holder was looked up.
  case portInUse(ServiceID, RunNumber, PortHolder)
  /// The holder of a port was ended at a person's wish.
  case holderEnded(ServiceID, pid: Int32)
  /// The service's clean-up commands have ended, or were ended for taking too long.
  case cleanedUp(ServiceID)
  case sampled(ServiceID, RunNumber, ProcessSample)
  case requests([RequestSample])
  /// Routes that a run has told of in its output; more of them may follow.
  case routes(ServiceID, RunNumber, [RoutePattern])

  // Ports and the proxy
  /// A run listens, and devtop on its behalf; told at listen(2), before `processReady`.
  case listening(ServiceID, RunNumber, TakenPort)
  /// The ports of a service cannot be had as configured; what is done instead, and why.
  case portsFellBack(ServiceID, PortMode, reason: String)
  /// No request is left on a run that was drained, or its time was up: so many connections were closed then.
  case drained(ServiceID, RunNumber, closed: Int)
  case proxyLoad(ServiceID, ProxyLoad)

  // Configuration
  case configurationChanged(Configuration)
  case configurationRejected([ConfigurationNotice])

  // Time
  case timer(TimerID)

  // People and other programs
  case key(Key)
  case pasted(String)
  case clicked(column: Int, row: Int)
  /// The mouse moved with its button held.
  case dragged(column: Int, row: Int)
  /// The mouse's button was let go.
  case released
  case scrolled(column: Int, row: Int, by: Int)
  case resized(Size)
  case command(Command)
  case action(Action)
  /// A termination signal reached devtop.
  case signalled(Int32)
  case logs(LogAnswer)
  case logCounts(LogCounts, newLines: Int)
  /// The named filters of the project, as they were kept.
  case filtersRead([NamedFilter])

  /// A short answer of the front end, such as the name of the theme that it took.
  case said(String)

  /// The env files of a service were read for one of its commands; what is wrong with them now.
  case environmentRead(ServiceID, [ConfigurationNotice])
  /// Something worth a warning that no other event tells.
  case warned(ConfigurationNotice)
}

/// A timer of the session; setting it again replaces it.
package enum TimerID: Hashable, Sendable {
  /// Quiet time before a build, of a burst or of `delay`.
  case settle(ServiceID)
  /// Backoff before a restart.
  case restart(ServiceID)
  /// `ready_timeout`, or the 2 s after which a process without a listener counts as running.
  case ready(ServiceID, RunNumber)
  /// Quiet time before a watch rule runs.
  case rule(ServiceID, Int)
  /// What was killed on the way out and is still there is not waited for any longer.
  case ending
  /// A second of the request rate.
  case requestRate
  /// Takes a message off the bottom line.
  case message
}

/// A line of standard input in plain and JSON mode.
package enum Command: Equatable, Sendable {
  case build(ServiceID?)
  case restart(ServiceID?)
  case stop(ServiceID?)
  case start(ServiceID?)
  case pause
  case resume
  case quit
  /// Not understood: the sentence says why and what is.
  case unknown(String)
}

/// Columns and rows of the terminal.
package struct Size: Hashable, Sendable {
  package var columns: Int
  package var rows: Int

  package init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
  }
}
