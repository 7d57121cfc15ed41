/// What a service's process tree uses.
package struct ProcessSample: Equatable, Sendable {
  package var processes: Int
  /// Of the whole tree.
  package var residentBytes: Int
  /// CPU time used since the tree started.
  package var cpuTime: Duration
  package var openFiles: Int
  /// Nil where they were not counted.
  package var closeWaitSockets: Int?

  package init(
    processes: Int, residentBytes: Int, cpuTime: Duration, openFiles: Int, closeWaitSockets: Int?
  ) {
    self.processes = processes
    self.residentBytes = residentBytes
    self.cpuTime = cpuTime
    self.openFiles = openFiles
    self.closeWaitSockets = closeWaitSockets
  }
}
