/// Files that editors and tools keep beside a file while they save it.
package enum EditorFile {
  /// Whether a path is such a file by its name: there for the moment of a save, and of no interest to a person.
  ///
  /// vim's swap files and its probe `4913` (`:help swap-file`, bufwrite.c), GNU sed's `-i` (sed/execute.c),
  /// JetBrains' safe write, Emacs' locks and auto-saves. Backups such as `main.go~` stay: they are none.
  package static func isTemporary(_ path: String) -> Bool {
    guard let name = path.split(separator: "/", omittingEmptySubsequences: false).last else { return false }
    if name.hasSuffix("___jb_tmp___") || name.hasSuffix("___jb_old___") { return true }
    if name.hasPrefix(".#") || name.hasPrefix("#") && name.hasSuffix("#") { return true }
    if name.hasPrefix("."), let dot = name.lastIndex(of: "."), dot > name.startIndex {
      let suffix = name[dot...].utf8
      // .swp, .swo, … .swa; .swx is vim's probe.
      if suffix.count == 4, suffix.starts(with: ".sw".utf8) { return true }
    }
    if name.hasPrefix("sed"), name.utf8.count == 9 {
      return name.utf8.dropFirst(3).allSatisfy { Self.isAlphanumeric($0) }
    }
    // 4913, and by 123 more while a file of that name is there.
    return Int(name).map { $0 >= 4_913 && ($0 - 4_913) % 123 == 0 && $0 < 10_000 } ?? false
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: false
    }
  }
}
