/// How the engine works, and the faults that tests put in its way.
struct EngineOptions: Sendable {
  var poll: PollMode = .automatic
  /// The interval of polling where `poll` names none.
  var pollInterval: Duration = .milliseconds(500)
  /// The interval of the comparison on file systems that are suspected of missing events.
  var slowCompareInterval: Duration = .seconds(10)
  /// How long a removed or new name waits for its replacement.
  var replacementWait: Duration = .milliseconds(20)
  /// How long a created file that nobody closes waits until its content is taken as complete.
  var quietWait: Duration = .seconds(1)
  /// How long before the start a file must have been left alone, by its own time, for its content to be taken as the
  /// one before its first change.
  var baselineMargin: Duration = .zero
  /// Called when all contents at the start are known, on the watcher's thread.
  var onBaseline: (@Sendable () -> Void)?
  /// The number of watches after which adding one fails with ENOSPC; `fs.inotify.max_user_watches` is global, so that
  /// tests set this instead.
  var watchLimit: Int?
  /// Whether `inotify_init1` fails with EMFILE.
  var failsToMakeInstance = false
  /// The file system type to assume for all directories.
  var fileSystemType: String?
  /// Watches are added, but the kernel is told to report nothing, as on a file system without events.
  var isDeaf = false
  /// The home directory in which git's personal files are, instead of that of the environment.
  var home: String?
  /// A directory name whose directories cannot be watched (EACCES), also by root.
  var unreadableName: String?
}
