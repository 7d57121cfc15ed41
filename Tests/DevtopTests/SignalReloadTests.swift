import DevtopCore
import Glibc
import Testing

/// A program that reloads itself when it is told to.
@Suite(.serialized, .enabled(if: Tool.areThere("go", "gcc"))) struct SignalReloadTests {
  private static let build = """
    set -e
    mkdir -p tmp
    [ -x tmp/host ] || go build -o tmp/host ./host
    name=answer-$(date +%s%N)
    # Given as a file, a plugin has a path of its own for each content: only so it is loaded beside the one before.
    go build -buildmode=plugin -o tmp/$name.part plugin/plugin.go
    mv tmp/$name.part tmp/$name.so

    """

  private static func host(_ port: UInt16) -> String {
    """
    package main

    import (
      "net/http"
      "os"
      "os/signal"
      "path/filepath"
      "plugin"
      "sort"
      "sync/atomic"
      "syscall"
    )

    func newest() func() string {
      names, _ := filepath.Glob("tmp/*.so")
      sort.Strings(names)
      loaded, err := plugin.Open(names[len(names)-1])
      if err != nil {
        panic(err)
      }
      symbol, err := loaded.Lookup("Answer")
      if err != nil {
        panic(err)
      }
      return symbol.(func() string)
    }

    func main() {
      var current atomic.Value
      current.Store(newest())
      signals := make(chan os.Signal, 1)
      signal.Notify(signals, syscall.SIGUSR1)
      go func() {
        for range signals {
          current.Store(newest())
        }
      }()
      http.ListenAndServe(":\(port)", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
        w.Write([]byte(current.Load().(func() string)()))
      }))
    }

    """
  }

  private static func plugin(_ answer: String) -> String {
    "package main\n\nfunc Answer() string { return \"\(answer)\" }\n"
  }

  @Test func `a plugin host answers with its new plugin and is the same process`() async throws {
    let port = try HTTP.freePort()
    let project = try Project([
      "devtop.toml": """
      [service.shop]
      build = "sh build.sh"
      run = "exec ./tmp/host"
      watch = ["**/*.go"]
      reload = "signal:USR1"
      """,
      "build.sh": Self.build, "host/main.go": Self.host(port), "plugin/plugin.go": Self.plugin("one"),
    ])
    try await withDevtop(project, environment: TakeoverTests.environment) { devtop in
      let ready = try await devtop.event("service.state", within: .seconds(300)) { $0.state == "ready" }
      try await answer("one", port: port)
      let pid = try #require(ready.int("pid"))
      let load = SteadyLoad(port: port)
      for text in ["two", "three"] {
        let saved = devtop.count
        try project.write("plugin/plugin.go", Self.plugin(text))
        try await answer(text, port: port)
        try await devtop.event("reload", after: saved) { $0.string("strategy") == "signal" }
        #expect(Processes.isAlive(Int32(pid)))
        let states = devtop.lines(after: saved, "service.state")
        #expect(states.allSatisfy { $0.int("pid") == pid && $0.state == "ready" }, "\(states)")
      }
      let outcome = try await load.end()
      #expect(outcome.failures == [], "\(devtop.transcript)")
      try await devtop.quit()
    }
  }
}
