internal import CPCRE2

/// Whether a pattern is one that the watcher and the log store can compile.
enum RegexCheck {
  /// Nil where PCRE2 takes the pattern; otherwise what it says and at which character, from 1.
  static func failure(of pattern: String) -> (message: String, character: Int)? {
    var code: Int32 = 0
    var offset = 0
    let bytes = Array(pattern.utf8)
    let compiled = bytes.withUnsafeBufferPointer { buffer in
      pcre2_compile_8(buffer.baseAddress, buffer.count, PCRE2_UTF, &code, &offset, nil)
    }
    if let compiled {
      pcre2_code_free_8(compiled)
      return nil
    }
    var text = [UInt8](repeating: 0, count: 256)
    let length = pcre2_get_error_message_8(code, &text, text.count)
    let message = String(decoding: text.prefix(max(0, Int(length))), as: UTF8.self)
    return (message, String(decoding: bytes.prefix(offset), as: UTF8.self).count + 1)
  }
}
