/// What a new run changes on open pages.
package enum PageChange: Equatable, Sendable {
  case everything
  /// Style sheets alone, by their paths in the project.
  case styles([String])
  /// Images alone.
  case images([String])

  private static let imageExtensions: Set<String> = [
    "png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico",
  ]

  /// Of changed files; without any, what changed is not known.
  package init(_ paths: [String]) {
    if !paths.isEmpty, paths.allSatisfy({ Self.fileExtension(of: $0) == "css" }) {
      self = .styles(paths)
    } else if !paths.isEmpty, paths.allSatisfy({ Self.imageExtensions.contains(Self.fileExtension(of: $0)) })
    {
      self = .images(paths)
    } else {
      self = .everything
    }
  }

  /// Both in one.
  package func merged(with newer: PageChange) -> PageChange {
    switch (self, newer) {
    case (.styles(let mine), .styles(let others)): .styles(mine + others.filter { !mine.contains($0) })
    case (.images(let mine), .images(let others)): .images(mine + others.filter { !mine.contains($0) })
    case (.everything, _), (_, .everything), (.styles, .images), (.images, .styles): .everything
    }
  }

  package var news: BrowserNews {
    switch self {
    case .everything: .reload
    case .styles(let paths): .styles(paths)
    case .images(let paths): .images(paths)
    }
  }

  private static func fileExtension(of path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: ".") else { return "" }
    return name[name.index(after: dot)...].lowercased()
  }
}
