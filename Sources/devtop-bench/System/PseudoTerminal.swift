import CProcess
import DevtopCore
import Glibc

/// A pseudo-terminal's master, as a terminal emulator holds it.
struct PseudoTerminal: Sendable {
  let master: Int32
  /// What a child opens as its terminal.
  let path: String

  /// Opens one of the given size; ioctl_tty(2), pts(4).
  ///
  /// - Throws: `BenchError.system`.
  init(columns: UInt16, rows: UInt16) throws(BenchError) {
    // What <sys/ioctl.h> calls TIOCSPTLCK and TIOCGPTN; Swift does not import them.
    let setLock: UInt = 0x4004_5431
    let getNumber: UInt = 0x8004_5430
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard master >= 0 else { throw .system(what: "opening a pseudo-terminal", code: errno) }
    var unlocked: Int32 = 0
    var number: UInt32 = 0
    guard ioctl(master, setLock, &unlocked) == 0, ioctl(master, getNumber, &number) == 0 else {
      let code = errno
      close(master)
      throw .system(what: "opening a pseudo-terminal", code: code)
    }
    path = "/dev/pts/\(number)"
    _ = devtop_set_window_size(master, columns, rows)
  }
}
