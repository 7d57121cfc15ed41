/// What limits the watcher; `description` is a sentence for a person, with the way out.
public enum WatchWarning: Error, Hashable, Sendable, CustomStringConvertible {
  /// `inotify_add_watch` failed with ENOSPC.
  case watchLimit(watched: Int)
  /// `inotify_init1` failed with EMFILE.
  case instanceLimit
  /// No inotify instance for another reason.
  case noEvents(errno: Int32)
  /// The kernel's queue ran over; a comparison with the disk follows, then `WatchEvent.rescanned`.
  case overflow
  /// The directory cannot be listed or watched.
  case unreadableDirectory(path: String, errno: Int32)
  /// The `.gitignore` is there and cannot be read: nothing is ignored by it.
  case unreadableIgnoreFile(path: String, errno: Int32)
  /// The directory that should be watched does not exist (any more); it is watched as soon as it does.
  case missingRoot(path: String)
  /// The missing directory exists now and is watched.
  case recreatedRoot(path: String)
  /// The file system is known to deliver no events of other machines' writes; the directory is polled.
  case polledFileSystem(path: String, type: String)
  /// The file system was found to miss events; the directory is polled from now on.
  case missedEvents(path: String, type: String)
  /// The rule cannot be used and is skipped.
  case invalidRule(origin: String, reason: String)

  /// The warning as a sentence.
  public var description: String {
    switch self {
    case .watchLimit(let watched):
      """
      The kernel's limit of inotify watches is reached (\(watched) directories watched here); the rest is polled. \
      Raise it: sudo sysctl fs.inotify.max_user_watches=524288
      """
    case .instanceLimit:
      """
      The kernel's limit of inotify instances is reached; everything is polled. \
      Raise it: sudo sysctl fs.inotify.max_user_instances=1024
      """
    case .noEvents(let code):
      "The kernel gives no file events (\(systemMessage(code))); everything is polled."
    case .overflow: "More changes than the kernel's queue holds; comparing everything with the disk."
    case .unreadableDirectory(let path, let code):
      "Cannot watch \(path): \(systemMessage(code)). Make it readable, or ignore it."
    case .unreadableIgnoreFile(let path, let code):
      "Cannot read \(path): \(systemMessage(code)); nothing is ignored by it. Make it readable."
    case .missingRoot(let path): "\(path) does not exist; it is watched as soon as it does."
    case .recreatedRoot(let path): "\(path) exists again and is watched."
    case .polledFileSystem(let path, let type):
      "\(path) is on \(type), which does not tell of all changes; it is polled."
    case .missedEvents(let path, let type):
      "\(path) is on \(type), which missed a change; it is polled from now on."
    case .invalidRule(let origin, let reason): "The rule of \(origin) is skipped: \(reason)."
    }
  }
}
