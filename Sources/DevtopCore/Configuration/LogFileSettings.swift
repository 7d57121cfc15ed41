/// Where each service's lines are written, beside memory.
package struct LogFileSettings: Equatable, Sendable {
  /// Absolute; made when the first line comes.
  package var directory: String
  /// A file that would grow beyond this is set aside: `api.log` becomes `api.1.log`, and so on.
  package var sizeInBytes: Int
  /// Files of a service, the one that is written included.
  package var count: Int

  package init(directory: String, sizeInBytes: Int = 10 << 20, count: Int = 5) {
    self.directory = directory
    self.sizeInBytes = sizeInBytes
    self.count = count
  }
}
