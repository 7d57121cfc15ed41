import Glibc

/// The patterns of one ignore file, or one glob, in the memory layout that matching wants.
final class PatternList: @unchecked Sendable {
  // Sendable: the memory is written in `init` only.

  /// One pattern; plain data, so that matching counts no references.
  struct Entry {
    /// The start in the list's text; a NUL byte ends the pattern.
    var offset: Int32
    var length: Int32
    /// How many bytes at the start have no special meaning.
    var literalLength: Int32
    /// The line of the file, from 1.
    var line: Int32
    var isNegative: Bool
    var isDirectoryOnly: Bool
    /// No slash inside: compared with the name alone.
    var isNameOnly: Bool
    /// A star and then nothing special: compared with the end of the name.
    var isSuffix: Bool
  }

  private let text: UnsafeMutableBufferPointer<UInt8>
  private let entries: UnsafeMutableBufferPointer<Entry>

  /// Reads an ignore file's bytes (`gitignore(5)`, `dir.c` of git).
  convenience init(ignoreFile bytes: [UInt8]) {
    var text: [UInt8] = []
    var entries: [Entry] = []
    var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var line: Int32 = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      line += 1
      var content = bytes[start..<end]
      start = end + 1
      guard let first = content.first, first != UInt8(ascii: "#") else { continue }
      if content.last == UInt8(ascii: "\r") { content.removeLast() }
      if let zero = content.firstIndex(of: 0) { content = content[..<zero] }
      Self.trimTrailingSpaces(&content)
      Self.append(content, line: line, allowsNegation: true, &text, &entries)
    }
    self.init(text: text, entries: entries)
  }

  /// Makes a list of one pattern without negation.
  convenience init(glob: [UInt8]) {
    var text: [UInt8] = []
    var entries: [Entry] = []
    Self.append(glob[...], line: 1, allowsNegation: false, &text, &entries)
    self.init(text: text, entries: entries)
  }

  /// Makes a list of several patterns without negation; the `line` of each is its place, from 1.
  convenience init(globs: [[UInt8]]) {
    var text: [UInt8] = []
    var entries: [Entry] = []
    for (index, glob) in globs.enumerated() {
      Self.append(glob[...], line: Int32(index + 1), allowsNegation: false, &text, &entries)
    }
    self.init(text: text, entries: entries)
  }

  private init(text: [UInt8], entries: [Entry]) {
    let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.count)
    _ = memory.initialize(from: text)
    self.text = memory
    self.entries = .allocate(capacity: entries.count)
    _ = self.entries.initialize(from: entries)
  }

  deinit {
    text.deallocate()
    entries.deallocate()
  }

  var isEmpty: Bool { entries.isEmpty }

  /// The last pattern that matches the path, which is relative to the list's base and ends with a NUL byte.
  func lastMatch(
    path: UnsafePointer<UInt8>, length: Int, nameOffset: Int, isDirectory: Bool
  ) -> Entry? {
    var index = entries.count - 1
    while index >= 0 {
      let entry = entries[index]
      index -= 1
      if entry.isDirectoryOnly, !isDirectory { continue }
      let matches =
        entry.isNameOnly
        ? matchesName(entry, path + nameOffset, length - nameOffset)
        : matchesPath(entry, path, length)
      if matches { return entry }
    }
    return nil
  }

  private func start(_ entry: Entry) -> UnsafePointer<UInt8>? {
    text.baseAddress.map { UnsafePointer($0 + Int(entry.offset)) }
  }

  private func matchesName(_ entry: Entry, _ name: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    guard let pattern = start(entry) else { return false }
    let patternLength = Int(entry.length)
    if entry.literalLength == entry.length {
      return patternLength == length && memcmp(pattern, name, length) == 0
    }
    if entry.isSuffix {
      return patternLength - 1 <= length
        && memcmp(pattern + 1, name + length - (patternLength - 1), patternLength - 1) == 0
    }
    return Wildmatch.matches(pattern: pattern, text: name, isPath: false)
  }

  private func matchesPath(_ entry: Entry, _ path: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    guard var pattern = start(entry) else { return false }
    var patternLength = Int(entry.length)
    var literalLength = Int(entry.literalLength)
    if pattern.pointee == UInt8(ascii: "/") {
      pattern += 1
      patternLength -= 1
      literalLength -= 1
    }
    // The literal start is compared apart as git does, which lets `a**/b` cross slashes after `a`.
    if literalLength > 0 {
      guard literalLength <= length, memcmp(pattern, path, literalLength) == 0 else { return false }
      if literalLength == patternLength { return literalLength == length }
    }
    return Wildmatch.matches(
      pattern: pattern + max(literalLength, 0), text: path + max(literalLength, 0), isPath: true)
  }

  /// A trailing space counts only when a backslash quotes it.
  private static func trimTrailingSpaces(_ content: inout ArraySlice<UInt8>) {
    var lastSpace: Int?
    var index = content.startIndex
    while index < content.endIndex {
      switch content[index] {
      case UInt8(ascii: " "):
        lastSpace = lastSpace ?? index
      case UInt8(ascii: "\\"):
        index += 1
        if index == content.endIndex { return }
        lastSpace = nil
      default:
        lastSpace = nil
      }
      index += 1
    }
    if let lastSpace { content = content[..<lastSpace] }
  }

  private static func append(
    _ content: ArraySlice<UInt8>, line: Int32, allowsNegation: Bool, _ text: inout [UInt8],
    _ entries: inout [Entry]
  ) {
    var content = content
    let isNegative = allowsNegation && content.first == UInt8(ascii: "!")
    if isNegative { content.removeFirst() }
    let isDirectoryOnly = content.last == UInt8(ascii: "/")
    if isDirectoryOnly { content.removeLast() }
    let literal = content.prefix { !Wildmatch.isSpecial($0) }.count
    let rest = content.dropFirst()
    entries.append(
      Entry(
        offset: Int32(text.count), length: Int32(content.count), literalLength: Int32(literal), line: line,
        isNegative: isNegative, isDirectoryOnly: isDirectoryOnly,
        isNameOnly: !content.contains(UInt8(ascii: "/")),
        isSuffix: content.first == UInt8(ascii: "*") && !rest.contains(where: Wildmatch.isSpecial)))
    text.append(contentsOf: content)
    text.append(0)
  }
}
