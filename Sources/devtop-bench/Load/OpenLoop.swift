import CProcess
import DevtopCore

/// A load on a thread of its own, until it is stopped.
struct OpenLoop {
  private let isStopped = Locked(false)
  private let report = Locked(LoadReport())
  private let thread: Thread

  /// Begins.
  ///
  /// - Throws: `BenchError.system` when there is no thread.
  init(_ plan: LoadPlan) throws(BenchError) {
    let (isStopped, report) = (isStopped, report)
    do throws(ThreadError) {
      thread = try Thread(named: "load") {
        // What waits for a core here would count as waiting for an answer.
        devtop_prefer_latency()
        let result = LoadLoop.run(plan, until: isStopped)
        report.withLock { $0 = result }
      }
    } catch {
      throw .system(what: "a thread", code: error.code)
    }
  }

  /// Begins no more requests and waits for the answers to those under way; call it once.
  func stop() -> LoadReport {
    isStopped.withLock { $0 = true }
    thread.join()
    return report.withLock { $0 }
  }
}
