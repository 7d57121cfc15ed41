internal import DevtopCore
internal import Glibc

/// Reads text files of a bounded size.
enum ConfigurationFile {
  /// The bytes of a regular file.
  ///
  /// - Throws: `ConfigurationError.missing`, `.isDirectory`, `.unreadable` or `.tooLarge`, naming `name`.
  static func read(
    _ path: String, named name: String, limitInBytes: Int = ConfigurationError.limitInBytes
  ) throws(ConfigurationError) -> [UInt8] {
    // A FIFO would block at open; O_NONBLOCK prevents that, and a non-regular file is refused below.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw .missing(file: name) }
      throw .unreadable(file: name, reason: errorText())
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(file: name, reason: errorText()) }
    switch status.st_mode & S_IFMT {
    case S_IFDIR: throw .isDirectory(file: name)
    case S_IFREG: break
    default: throw .unreadable(file: name, reason: "it is not a regular file")
    }
    guard status.st_size <= limitInBytes else {
      throw .tooLarge(file: name, sizeInBytes: Int(status.st_size))
    }
    // One byte more, so that a file that grows meanwhile is noticed too.
    var bytes = [UInt8](repeating: 0, count: limitInBytes + 1)
    var count = 0
    while count < bytes.count {
      let length = bytes.withUnsafeMutableBytes { buffer in
        Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count)
      }
      if length == 0 { break }
      if length < 0 {
        if errno == EINTR { continue }
        throw .unreadable(file: name, reason: errorText())
      }
      count += length
    }
    guard count <= limitInBytes else { throw .tooLarge(file: name, sizeInBytes: count) }
    bytes.removeLast(bytes.count - count)
    return bytes
  }

  /// The root table of a TOML file.
  ///
  /// - Throws: what `read` throws, and `ConfigurationError.invalid` for text that is not TOML.
  static func readTable(_ path: String, named name: String) throws(ConfigurationError) -> TomlTable {
    let bytes = try read(path, named: name)
    return try parseTable(bytes, named: name)
  }

  /// The root table of the bytes of a TOML file.
  ///
  /// - Throws: `ConfigurationError.invalid` for text that is not TOML.
  static func parseTable(_ bytes: [UInt8], named name: String) throws(ConfigurationError) -> TomlTable {
    if let index = bytes.firstIndex(of: 0) {
      throw .invalid([
        ConfigurationProblem(
          "there is a NUL byte here, so this is no text file; write it as UTF-8 text, or name another with "
            + "--config FILE", at: position(of: index, in: bytes, named: name))
      ])
    }
    if let index = firstInvalidUTF8(bytes) {
      throw .invalid([
        ConfigurationProblem(
          "this is not UTF-8; save the file as UTF-8 (iconv -t UTF-8 converts it)",
          at: position(of: index, in: bytes, named: name))
      ])
    }
    do {
      return try TomlParser.parse(bytes)
    } catch {
      throw .invalid([
        ConfigurationProblem(
          "not valid TOML: \(error.message)",
          at: SourcePosition(
            file: name, line: error.place.line > 0 ? error.place.line : nil,
            column: error.place.line > 0 ? error.place.column : nil))
      ])
    }
  }

  /// The index of the first byte that begins no UTF-8 sequence.
  static func firstInvalidUTF8(_ bytes: [UInt8]) -> Int? {
    var decoder = UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var index = 0
    while true {
      switch decoder.parseScalar(from: &iterator) {
      case .valid(let scalar): index += scalar.count
      case .error: return index
      case .emptyInput: return nil
      }
    }
  }

  private static func position(of index: Int, in bytes: [UInt8], named name: String) -> SourcePosition {
    let before = bytes[..<index]
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    // Columns count code points: bytes that continue none.
    let column = bytes[start..<index].count { $0 & 0xC0 != 0x80 } + 1
    return SourcePosition(file: name, line: line, column: column)
  }

  static func errorText() -> String { String(cString: strerror(errno)) }
}
