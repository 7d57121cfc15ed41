import DevtopCore
import Glibc

/// Writes a file's content; answers what went wrong, or nil.
///
/// Replaces what is there, or with `isNew` fails where there is something.
package func writeFile(_ bytes: some Sequence<UInt8>, to path: String, isNew: Bool = false) -> String? {
  let file = open(path, O_WRONLY | O_CREAT | (isNew ? O_EXCL : O_TRUNC) | O_CLOEXEC, 0o644)
  guard file >= 0 else { return String(cString: strerror(errno)) }
  defer { close(file) }
  let code = FileSystem.write(Array(bytes), to: file)
  guard code == 0 else { return String(cString: strerror(code)) }
  return nil
}
