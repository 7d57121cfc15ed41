/// The changes that became known together.
public struct ChangeBatch: Sendable {
  /// Changes of files that at least one set watches; a file occurs once.
  public var changes: [FileChange]
  /// Changes that no set wants, counted by rule and directory.
  public var ignored: [IgnoredChanges]
  /// When the batch was read, in nanoseconds of `CLOCK_MONOTONIC`.
  public var monotonicNanoseconds: Int64
}

/// One change of one file or symbolic link; directories are told of by the files in them.
public struct FileChange: Hashable, Sendable {
  /// What happened; a rename is a removal and a creation.
  public enum Kind: String, Hashable, Sendable {
    /// The file is new.
    case created
    /// The file was written, replaced or had its attributes changed; equal contents tell the latter.
    case modified
    /// The file is gone.
    case removed
  }

  /// The absolute path; bytes that are not UTF-8 are replaced by U+FFFD.
  public var path: String
  /// What happened.
  public var kind: Kind
  /// What each set (by its id) that contains the path says to it.
  public var verdicts: [String: Verdict]
  /// The content before, where it was known; never known for a created file.
  public var oldContent: ContentHash?
  /// The content now; nil when the file is gone or cannot be read.
  public var newContent: ContentHash?

  /// Whether it is certain that the content is the same as before (`touch`, `chmod`, a save without a difference).
  public var isUnchanged: Bool {
    guard let oldContent, let newContent else { return false }
    return oldContent == newContent
  }
}

/// What a set says to a path.
public enum Verdict: Hashable, Sendable {
  /// The set wants to know of it.
  case watched
  /// The set does not, by the rule of this origin (`.gitignore:3`, `devtop.toml:12`, `default: .git/`).
  case ignored(by: String)
}

/// Changes of one directory's entries that one rule of one set ignored, counted.
public struct IgnoredChanges: Hashable, Sendable {
  /// The set's id.
  public var set: String
  /// The origin of the rule that decided.
  public var rule: String
  /// The absolute path of the directory in which it happened.
  public var directory: String
  /// The absolute path of one of them: an editor's temporary file only where all are.
  public var example: String
  /// How many times something happened.
  public var count: Int
}
