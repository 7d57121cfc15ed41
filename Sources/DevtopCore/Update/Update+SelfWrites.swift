/// A build that writes what it is watched for would be built for ever: what changes during builds is looked at here.
extension AppState {
  /// Whether a build runs, or has ended so lately that a change may still be its work.
  private func mayBeBuilding(at index: Int) -> Bool {
    if services[index].build.run != nil { return true }
    return services[index].changes.buildEnded.map { now.instant - $0 < .milliseconds(100) } ?? false
  }

  /// Whether a change is left out because the build writes such files; a change with no build running proves the
  /// opposite.
  mutating func isMuted(_ change: FileChange, at index: Int) -> Bool {
    guard let name = change.writtenNames.first(where: services[index].changes.muted.contains) else {
      return false
    }
    if mayBeBuilding(at: index) { return true }
    services[index].changes.muted.remove(name)
    return false
  }

  /// Whether a change is the work of the build itself, so that building again would never end: then what is said of it,
  /// once.
  ///
  /// What changed during several builds in a row is suspected. It is then held for a while: when it changes with no
  /// build running, a person writes it. When it only changes again in the next build, it is muted.
  mutating func examineSelfWrite(_ change: FileChange, at index: Int) -> ConfigurationNotice? {
    let id = services[index].id
    guard mayBeBuilding(at: index) else {
      for name in change.writtenNames {
        services[index].changes.selfWrites[name] = nil
        services[index].changes.suspects.remove(name)
      }
      return nil
    }
    if case .running = services[index].build,
      let name = change.writtenNames.first(where: services[index].changes.suspects.contains)
    {
      services[index].changes.muted.insert(name)
      return ConfigurationNotice(
        name == change.path
          ? "\(name) is written by the build of \(id) itself and would build forever: it is ignored while builds run. "
            + "Say so with ignore = [\"\(name)\"] under [service.\(id)]."
          : "Each build of \(id) writes a new file such as \(change.path) and would build forever: new files like "
            + "\(name) are ignored while builds run. Name their directory with ignore under [service.\(id)].")
    }
    services[index].changes.countSelfWrite(change)
    return nil
  }
}

extension ChangeTracking {
  /// What changes during so many builds in a row is suspected to be written by the build itself.
  private static let selfWriteLimit = 3

  fileprivate mutating func countSelfWrite(_ change: FileChange) {
    let path = change.path
    if selfWrites[path, default: 0] < Self.selfWriteLimit || !pending.paths.contains(path) {
      selfWrites[path, default: 0] += 1
    }
    for kind in change.writtenNames.dropFirst() where kindsSeen.insert(kind).inserted {
      selfWrites[kind, default: 0] += 1
    }
  }

  /// What is suspected when all of these paths, or their kind, changed during several builds; otherwise nothing.
  func suspectedWrites(_ paths: [String]) -> Set<String> {
    var result: Set<String> = []
    for path in paths {
      guard
        let name = [path, FileChange.kin(of: path)].first(where: {
          selfWrites[$0, default: 0] >= Self.selfWriteLimit
        })
      else { return [] }
      result.insert(name)
    }
    return result
  }
}

extension FileChange {
  /// As what it is counted when a build writes it: its path, and for a file that came or went its kind, since builds put
  /// times and hashes into names.
  fileprivate var writtenNames: [String] { kind == .modified ? [path] : [path, Self.kin(of: path)] }

  /// The files of the same directory with the same ending: `dist/*.js` of `dist/app.4f2a.js`.
  fileprivate static func kin(of path: String) -> String {
    let start = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    let name = path[start...]
    let ending = name.dropFirst().lastIndex(of: ".").map { name[$0...] } ?? ""
    return "\(path[..<start])*\(ending)"
  }
}
