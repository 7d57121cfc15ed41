import Glibc

/// What a file that failed to execute says about itself.
enum ProgramFile {
  static func isDirectory(_ path: String) -> Bool {
    var info = stat()
    return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
  }

  /// The first directory on the way to `path` that may not be searched.
  static func unsearchableParent(of path: String) -> String? {
    var end = path.startIndex
    while let slash = path[end...].dropFirst().firstIndex(of: "/") {
      let parent = String(path[..<slash])
      if access(parent, X_OK) != 0, errno == EACCES { return parent }
      end = slash
    }
    return nil
  }

  /// The program after `#!` in the first line, or the loader that an ELF file names (execve(2)).
  static func interpreter(of path: String) -> String? {
    guard let head = readFile(path, limit: 4096) else { return nil }
    if head.starts(with: [UInt8(ascii: "#"), UInt8(ascii: "!")]) {
      let line = head.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
      let word = line.drop { $0 == 32 || $0 == 9 }.prefix { $0 != 32 && $0 != 9 }
      return String(decoding: word, as: UTF8.self)
    }
    return elfLoader(head)
  }

  /// PT_INTERP of a 64-bit little-endian ELF file (elf(5)), where it lies in the first bytes.
  private static func elfLoader(_ head: [UInt8]) -> String? {
    func number(_ offset: Int, _ size: Int) -> Int? {
      guard offset >= 0, offset + size <= head.count else { return nil }
      return head[offset..<offset + size].reversed().reduce(0) { ($0 & 0xff_ffff_ffff) << 8 | Int($1) }
    }
    guard head.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]),
      let table = number(32, 8), let size = number(54, 2), let count = number(56, 2)
    else { return nil }
    for index in 0..<count {
      let at = table + index * size
      guard let kind = number(at, 4) else { return nil }
      guard kind == 3, let start = number(at + 8, 8), let length = number(at + 32, 8) else { continue }
      guard length > 0, start + length <= head.count else { return nil }
      return String(decoding: head[start..<start + length - 1], as: UTF8.self)
    }
    return nil
  }
}

/// At most `limit` bytes of a file; nil when it cannot be read.
func readFile(_ path: String, limit: Int) -> [UInt8]? {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var failed = false
  while bytes.count < limit {
    let room = min(max(4096, bytes.count), limit - bytes.count)
    let piece = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      let n = read(descriptor, buffer.baseAddress, room)
      failed = n < 0
      count = max(0, n)
    }
    if piece.isEmpty { break }
    bytes.append(contentsOf: piece)
  }
  return failed && bytes.isEmpty ? nil : bytes
}
