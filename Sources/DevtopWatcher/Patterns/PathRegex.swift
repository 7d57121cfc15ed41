import CPCRE2

/// A PCRE2 expression for paths, compiled with JIT where the machine has it.
final class PathRegex {
  struct CompileError: Error {
    var message: String
  }

  private let code: OpaquePointer
  private let match: OpaquePointer
  private let context: OpaquePointer

  /// Compiles the expression.
  ///
  /// - Throws: `CompileError` with PCRE2's message and the position when the expression is malformed.
  init(_ expression: String) throws(CompileError) {
    var error: Int32 = 0
    var offset = 0
    let bytes = Array(expression.utf8)
    let compiled = pcre2_compile_8(bytes, bytes.count, PCRE2_MATCH_INVALID_UTF, &error, &offset, nil)
    guard let compiled else {
      var message = [UInt8](repeating: 0, count: 256)
      let length = pcre2_get_error_message_8(error, &message, message.count)
      let text = String(decoding: message.prefix(max(0, Int(length))), as: UTF8.self)
      throw CompileError(message: "\(text) at character \(offset + 1) of \(expression)")
    }
    guard let match = pcre2_match_data_create_8(1, nil), let context = pcre2_match_context_create_8(nil)
    else {
      pcre2_code_free_8(compiled)
      throw CompileError(message: "out of memory")
    }
    pcre2_jit_compile_8(compiled, PCRE2_JIT_COMPLETE)
    pcre2_set_match_limit_8(context, 100_000)
    code = compiled
    self.match = match
    self.context = context
  }

  deinit {
    pcre2_match_context_free_8(context)
    pcre2_match_data_free_8(match)
    pcre2_code_free_8(code)
  }

  /// Whether the expression is found in the bytes; a match that costs too much counts as none.
  func isFound(in bytes: UnsafePointer<UInt8>, length: Int) -> Bool {
    pcre2_match_8(code, bytes, length, 0, 0, match, context) >= 0
  }
}
