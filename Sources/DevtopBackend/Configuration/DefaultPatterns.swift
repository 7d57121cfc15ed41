internal import DevtopCore

/// What no service ever wants to be built for, beside what `.gitignore` says: version control, packages, caches,
/// and the files that editors write beside the one that is edited.
enum DefaultPatterns {
  static let origin = "default"

  static let texts = [
    ".git/", ".hg/", ".svn/", ".idea/", ".vscode/", "node_modules/", ".build/", "__pycache__/", ".venv/",
    "venv/", ".mypy_cache/", ".pytest_cache/", ".DS_Store", "*.swp", "*.swx", "*~", ".#*", "\\#*#", "4913",
    "___jb_tmp___", "___jb_old___", "*.pyc",
  ]

  static let patterns = texts.map { WatchSpec.Pattern($0, origin: origin) }
}
