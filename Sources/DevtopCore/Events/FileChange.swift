/// One file that changed, and what that means to each service.
package struct FileChange: Equatable, Sendable {
  package enum Kind: String, Hashable, Sendable {
    case created
    case modified
    case removed
  }

  /// What a changed file is to one service.
  package enum Role: Hashable, Sendable {
    /// Source of the service's compiler: reaches it through the binary only.
    case source
    /// Any other watched file: builds, and restarts even when the binary stays the same.
    case asset
    /// Restarts without a build.
    case restartOnly
    /// An env file: restarts without a build.
    case environment
    /// Runs the service's watch rule of this index.
    case rule(Int)
    /// Not watched; the text names the deciding rule, such as `.gitignore:3`.
    case ignored(rule: String)
  }

  /// Relative to the project's root where it is inside; a directory that was ignored as a whole ends in `/`.
  package var path: String
  package var kind: Kind
  /// How many changes this entry stands for; above 1 only for ignored ones.
  package var count: Int
  /// Hashes of the content before and after; nil where unknown or absent.
  package var oldContent: UInt64?
  package var newContent: UInt64?
  package var roles: [ServiceID: Role]
  /// When it was saved or renamed, where that is known.
  package var saved: WallTime?

  package init(
    path: String, kind: Kind = .modified, count: Int = 1, oldContent: UInt64? = nil,
    newContent: UInt64? = nil,
    roles: [ServiceID: Role]
  ) {
    self.path = path
    self.kind = kind
    self.count = count
    self.oldContent = oldContent
    self.newContent = newContent
    self.roles = roles
  }
}

/// What watching found when it started.
package struct WatchSummary: Equatable, Sendable {
  package var files: Int
  package var directories: Int
  /// `inotify`, `poll` or `mixed`.
  package var backend: String
  package var duration: Duration

  package init(files: Int, directories: Int, backend: String, duration: Duration) {
    self.files = files
    self.directories = directories
    self.backend = backend
    self.duration = duration
  }
}
