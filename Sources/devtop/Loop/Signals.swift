import DevtopCore
import Glibc

/// The signals that devtop answers, taken by a thread in `sigwait`.
enum Signals {
  private static let ending = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

  /// Blocks the signals; must run before this thread starts others, which inherit the mask.
  static func block() {
    var set = mask
    pthread_sigmask(SIG_BLOCK, &set, nil)
    signal(SIGPIPE, SIG_IGN)
    // devtop writes to its terminal also while another process group has it.
    signal(SIGTTOU, SIG_IGN)
  }

  /// Sends what arrives to the queue.
  static func forward(to queue: EventQueue) {
    startThread {
      var set = mask
      while true {
        var number: Int32 = 0
        guard sigwait(&set, &number) == 0 else { continue }
        if number == SIGWINCH {
          queue.terminalResized()
        } else {
          queue.send(.signalled(number))
        }
      }
    }
  }

  private static var mask: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for number in ending + [SIGWINCH] { sigaddset(&set, number) }
    return set
  }
}
