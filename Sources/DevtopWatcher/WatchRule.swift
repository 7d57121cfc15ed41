/// One include or exclude rule of a `WatchSet`, and where it was written.
public struct WatchRule: Hashable, Sendable {
  /// What a rule compares a path with.
  public enum Pattern: Hashable, Sendable {
    /// A glob with git's meaning (`gitignore(5)`): without a slash it is compared with the name at any depth, with
    /// one it is relative to the set's root; it reaches everything below a directory that it matches. There is no
    /// negation, `!` is literal. It may lead out of the root by a first `../` or be absolute below the root.
    case glob(String)
    /// File name extensions without their dot; `*` is every file.
    case extensions([String])
    /// One directory with everything in it, absolute or relative to the set's root (`./` is allowed).
    case directory(String)
    /// One file, absolute or relative to the set's root.
    case file(String)
    /// A PCRE2 expression, unanchored, compared with the absolute paths of files.
    case regex(String)
  }

  /// What the rule compares a path with.
  public var pattern: Pattern
  /// Where the rule was written, as it is to be shown: `devtop.toml:12`, `default: .git/`.
  public var origin: String
  /// Whether a file that this rule includes is watched although a `.gitignore` names it; only meant for includes.
  public var beatsGitignore: Bool
  /// The rule holds only where a file of this name is beside the matched entry (`Cargo.toml` for `target/`).
  public var beside: String?

  /// Makes a rule; by default everything but a list of extensions beats `.gitignore` when it is an include.
  public init(
    _ pattern: Pattern, origin: String, beatsGitignore: Bool? = nil, beside: String? = nil
  ) {
    self.pattern = pattern
    self.origin = origin
    if let beatsGitignore {
      self.beatsGitignore = beatsGitignore
    } else if case .extensions = pattern {
      self.beatsGitignore = false
    } else {
      self.beatsGitignore = true
    }
    self.beside = beside
  }

  /// What is wrong with the pattern, or nil when it can be used.
  ///
  /// A rule that cannot be used is skipped by the watcher with `WatchWarning.invalidRule`.
  public var problem: String? {
    guard case .regex(let expression) = pattern else { return nil }
    do throws(PathRegex.CompileError) {
      _ = try PathRegex(expression)
      return nil
    } catch {
      return error.message
    }
  }
}

extension WatchRule {
  /// What nobody wants to be told about: version control, installed packages, build output and editor droppings.
  public static let builtInIgnores: [WatchRule] =
    [".git", ".hg", ".svn", "node_modules", ".build", "__pycache__", ".venv", "venv"].map { name in
      WatchRule(.glob(name + "/"), origin: "default: \(name)/")
    } + [WatchRule(.glob("target/"), origin: "default: target/ beside Cargo.toml", beside: "Cargo.toml")]
    + [
      "*~", ".*.sw?", "4913", ".#*", "#*#", "*___jb_tmp___", "*___jb_old___", "*.vsctmp", ".goutputstream-*",
      ".*.kate-swp", ".DS_Store",
    ].map { WatchRule(.glob($0), origin: "default: \($0)") }
}
