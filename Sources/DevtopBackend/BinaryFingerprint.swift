import DevtopCore
import DevtopWatcher
import Glibc

/// Whether a build left other bytes in the file that the run command starts.
struct BinaryFingerprint: Equatable, Sendable {
  private struct Identity: Equatable, Sendable {
    var device: UInt
    var inode: UInt
    var sizeInBytes: Int
    var modifiedSeconds: Int
    var modifiedNanoseconds: Int
  }

  private var identity: Identity
  private var content: ContentHash

  /// Reads the file; nil where there is none.
  ///
  /// `known` saves reading a file that is the same inode with the same size and time.
  init?(path: String, known: BinaryFingerprint? = nil) {
    guard let identity = Self.identity(of: path) else { return nil }
    self.identity = identity
    if let known, known.identity == identity {
      content = known.content
      return
    }
    guard let content = ContentHash(ofFileAt: path) else { return nil }
    self.content = content
  }

  private static func identity(of path: String) -> Identity? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Identity(
      device: UInt(status.st_dev), inode: UInt(status.st_ino), sizeInBytes: Int(status.st_size),
      modifiedSeconds: status.st_mtim.tv_sec, modifiedNanoseconds: status.st_mtim.tv_nsec)
  }

  /// Whether the file at the path is the same inode with the same size and time.
  func isStill(at path: String) -> Bool { Self.identity(of: path) == identity }

  func hasSameBytes(as other: BinaryFingerprint) -> Bool {
    identity.sizeInBytes == other.identity.sizeInBytes && content == other.content
  }

  /// The file that a run command starts: its first word, where that names a file by a path.
  static func path(of spec: ServiceSpec) -> String? {
    guard let run = spec.run, !spec.build.isEmpty else { return nil }
    let word: String
    switch run {
    case .arguments(let words): word = words.first ?? ""
    case .shell(let text): word = firstWord(text)
    }
    guard word.utf8.contains(UInt8(ascii: "/")) else { return nil }
    return word.hasPrefix("/") ? word : spec.directory + "/" + word
  }

  /// The program of a shell command: behind variable settings and `exec`; empty where it cannot be told.
  private static func firstWord(_ text: String) -> String {
    for word in text.split(whereSeparator: { $0.isWhitespace }) {
      if word == "exec" || word == "env" { continue }
      if let sign = word.firstIndex(of: "="), !word[..<sign].contains("/") { continue }
      if word.contains(where: { "$`'\"\\;&|<>(){}*?[]~".contains($0) }) { return "" }
      return String(word)
    }
    return ""
  }
}
