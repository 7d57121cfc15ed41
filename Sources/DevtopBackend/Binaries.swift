import DevtopCore

/// What is known of the binaries that builds write and services run; everything is called on the backend's thread.
///
/// A service whose binary has the same bytes as the one that its process was started from needs no restart. That
/// can only be said of a file that a build writes: a wrapper script never changes, though what it starts does.
final class Binaries {
  private struct Entry {
    let path: String
    /// The file before the first build of the session; nil: it did not exist.
    let first: BinaryFingerprint?
    /// The file when it was last read, which saves reading it again.
    var known: BinaryFingerprint?
    /// Whether a build of this session has written the file.
    var isBuilt = false
    /// The file that the newest process was started from; nil where that is not known.
    var started: BinaryFingerprint?
  }

  private var entries: [ServiceID: Entry] = [:]

  /// A build of the service is about to begin.
  func buildBegins(_ spec: ServiceSpec) {
    guard let path = BinaryFingerprint.path(of: spec) else {
      entries[spec.id] = nil
      return
    }
    guard entries[spec.id]?.path != path else { return }
    let file = BinaryFingerprint(path: path)
    entries[spec.id] = Entry(path: path, first: file, known: file)
  }

  /// A build has ended, however it did.
  ///
  /// - Returns: whether the file has other bytes than the one that the newest process was started from; nil where
  ///   no build has written it, or no process is known.
  func buildEnded(_ id: ServiceID) -> Bool? {
    guard var entry = entries[id] else { return nil }
    let file = BinaryFingerprint(path: entry.path, known: entry.known)
    entry.known = file
    if file != entry.first { entry.isBuilt = true }
    entries[id] = entry
    guard entry.isBuilt, let file, let started = entry.started else { return nil }
    return !file.hasSameBytes(as: started)
  }

  /// Starts a process with `body` and keeps in mind which file it was started from.
  func start<Failure: Error>(_ id: ServiceID, _ body: () throws(Failure) -> Void) throws(Failure) {
    guard let path = entries[id]?.path else { return try body() }
    let before = BinaryFingerprint(path: path, known: entries[id]?.known)
    entries[id]?.known = before
    entries[id]?.started = nil
    try body()
    // Written just now: which of the two the process got is not known.
    if let before, before.isStill(at: path) { entries[id]?.started = before }
  }
}
