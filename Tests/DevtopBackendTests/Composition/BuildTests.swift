import DevtopCore
import Glibc
import Testing

@testable import DevtopBackend

extension BackendProcesses {
  /// Builds as real processes, and what they do to the binary.
  @Suite struct BuildTests {
    private static func program(_ number: Int) -> String { "#!/bin/sh\nexec sleep 1000 # \(number)\n" }

    private func bench(build: [String], run: String) throws -> Bench {
      try Bench(["source": Self.program(1), "run.sh": "#!/bin/sh\nexec ./built\n"]) {
        $0.build = build.map { BuildStep(.shell($0)) }
        $0.run = .shell(run)
      }
    }

    @Test func `a binary counts as unchanged when the live process was started from the same bytes`() throws {
      let bench = try bench(
        build: ["cp source built; chmod +x built; [ ! -e hold ] || { touch held; sleep 1000; }"],
        run: "./built")
      defer { bench.end() }
      var outcome = try bench.build(1)
      #expect(outcome.result == .succeeded && outcome.binaryChanged == nil)
      try bench.start(1)
      outcome = try bench.build(2)
      #expect(outcome.binaryChanged == false)

      // Linked, then cancelled: the next build gives the same bytes, but they never ran.
      try bench.project.write("source", Self.program(2))
      try bench.project.write("hold", "")
      bench.perform(.build("api", 3, clean: false))
      try bench.wait("the build holds") { bench.text("held") == nil ? nil : () }
      bench.perform(.cancelBuild("api", 3))
      outcome = try bench.outcome(3)
      #expect(outcome.result == .cancelled)
      unlink(bench.project.path + "/hold")
      outcome = try bench.build(4)
      #expect(outcome.binaryChanged == true)

      try bench.stop(1)
      try bench.start(4)
      outcome = try bench.build(5)
      #expect(outcome.binaryChanged == false)
    }

    @Test func `a check that fails behind the linker does not hide the new binary`() throws {
      let bench = try bench(
        build: ["cp source built; chmod +x built", "[ ! -e broken ]"], run: "./built")
      defer { bench.end() }
      var outcome = try bench.build(1)
      try bench.start(1)
      try bench.project.write("source", Self.program(2))
      try bench.project.write("broken", "")
      outcome = try bench.build(2)
      #expect(outcome.result == .failed(status: .code(1), reason: nil) && outcome.binaryChanged == nil)
      unlink(bench.project.path + "/broken")
      outcome = try bench.build(3)
      #expect(outcome.binaryChanged == true)
    }

    @Test func `nothing is said of a wrapper script that no build writes`() throws {
      let bench = try bench(build: ["cp source built; chmod +x built"], run: "sh ./run.sh")
      defer { bench.end() }
      chmod(bench.project.path + "/run.sh", 0o755)
      let wrapper = try Bench(["source": Self.program(1), "run.sh": "#!/bin/sh\nexec ./built\n"]) {
        $0.build = [BuildStep(.shell("cp source built; chmod +x built run.sh"))]
        $0.run = .shell("./run.sh")
      }
      defer { wrapper.end() }
      chmod(wrapper.project.path + "/run.sh", 0o755)
      for bench in [bench, wrapper] {
        _ = try bench.build(1)
        try bench.start(1)
        try bench.project.write("source", Self.program(2))
        let outcome = try bench.build(2)
        #expect(outcome.result == .succeeded && outcome.binaryChanged == nil)
      }
    }

    @Test func `what an earlier step left does not end a later one, and cancelling ends both`() throws {
      let bench = try bench(
        build: [
          "echo $$ > first; sleep 0.3 & sleep 0.01; setsid sh -c 'echo $$ > left; sleep 1000; :' & sleep 0.1",
          "echo $$ > second; sleep 1000; :",
        ], run: "./built")
      defer { bench.end() }
      bench.perform(.build("api", 1, clean: false))
      let second = try bench.pid("second")
      let left = try bench.pid("left")
      // The end of the first step's output is told by now.
      poll(nil, 0, 400)
      #expect(runs(second) && runs(left))
      bench.perform(.cancelBuild("api", 1))
      let outcome = try bench.outcome(1)
      #expect(outcome.result == .cancelled)
      #expect(!runs(second) && !runs(left))
      #expect(bench.events.count { if case .buildFinished = $0 { true } else { false } } == 1)
    }

    @Test func `steps run in order, and only a required one fails the build`() throws {
      let bench = try Bench {
        $0.build = [
          BuildStep(.shell("echo 1 >> order; exit 4"), isRequired: false),
          BuildStep(.shell("echo 2 >> order; exit 5")), BuildStep(.shell("echo 3 >> order")),
        ]
      }
      defer { bench.end() }
      let outcome = try bench.build(1)
      #expect(outcome.result == .failed(status: .code(5), reason: nil))
      #expect(bench.text("order") == "1\n2\n")
    }

    @Test func `an effect on what is not there is answered`() throws {
      let bench = try Bench { $0.build = [BuildStep(.shell(":"))] }
      defer { bench.end() }
      bench.perform(.build("gone", 1, clean: false))
      bench.perform(.start("gone", 2))
      bench.perform(.start("api", 3))
      bench.perform(.stop("gone", 4, StopPolicy()))
      bench.perform(.cancelBuild("gone", 5))
      bench.perform(.cleanUp("gone"))
      try bench.event { $0 == .cleanedUp("gone") ? true : nil }
      let answered = bench.events.compactMap { event -> RunNumber? in
        switch event {
        case .buildFinished(_, let run, _), .startFailed(_, let run, _), .processEnded(_, let run): run
        default: nil
        }
      }
      #expect(answered == [1, 2, 3, 4, 5])
    }
  }
}
