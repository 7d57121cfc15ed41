/// What a `Watcher` tells.
public enum WatchEvent: Sendable {
  /// Everything is watched: sent once after the start and again after each `Watcher.update(sets:)`.
  case ready(WatchSummary)
  /// Files changed.
  case changes(ChangeBatch)
  /// Something limits what can be seen; watching goes on.
  case warning(WatchWarning)
  /// Everything was compared with the disk, after `WatchWarning.overflow` or renames that could not be followed; what
  /// differed was sent before this.
  case rescanned
}

/// What is watched, and by which means.
public struct WatchSummary: Hashable, Sendable {
  /// How changes come to be known.
  public enum Backend: String, Hashable, Sendable {
    /// By the kernel's events: nothing runs while nothing changes.
    case inotify
    /// By comparing with the disk at an interval.
    case poll
    /// Some directories by events, some by comparing.
    case mixed
  }

  /// The number of watched files.
  public var files: Int
  /// The number of directories they are in, and which are watched for new ones.
  public var directories: Int
  /// How changes come to be known.
  public var backend: Backend
  /// How long it took.
  public var duration: Duration
}

/// How the watcher uses polling.
public enum PollMode: Hashable, Sendable {
  /// Events, and polling where they do not come: on network and guest file systems and beyond the watch limit.
  case automatic
  /// Polling only, at this interval.
  case always(interval: Duration)
  /// Events only, whatever the file system.
  case never
}
