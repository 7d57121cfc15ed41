import Glibc

/// The C library's text for an error number.
func systemMessage(_ code: Int32) -> String {
  // Its text is static or of the calling thread, since glibc 2.32 (strerror(3)).
  strerror(code).map { String(cString: $0) } ?? "error \(code)"
}
