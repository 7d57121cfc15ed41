import DevtopCore
import DevtopLogs
import Testing

/// Lines that belong together are one: for filters, and folded on the screen.
struct RecordTests {
  private static let goPanic = """
    panic: runtime error: invalid memory address or nil pointer dereference
    [signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4a2b3c]

    goroutine 18 [running]:
    github.com/gin-gonic/gin.(*Context).Next(...)
    \t/usr/share/gocode/src/github.com/gin-gonic/gin/context.go:173
    main.(*Shop).pay(0x0, {0xc000012345, 0x7})
    \t/srv/shop/orders/pay.go:42 +0x1d
    created by main.main in goroutine 1
    \t/srv/shop/main.go:9 +0x85
    exit status 2
    """

  private static let recovery = """
    2026/01/02 15:04:05 \u{1B}[31m[Recovery] 2026/01/02 - 15:04:05 panic recovered:
    GET /pay HTTP/1.1
    Host: localhost:8080

    boom
    /usr/lib/go/src/runtime/panic.go:884 (0x43a1f2)
    \tgopanic: reflectcall(nil)
    /srv/shop/main.go:19 (0x7a1f2e)
    \tmain.func1: panic("boom")
    /usr/lib/go/src/runtime/asm_amd64.s:1594 (0x467300)
    \tgoexit: BYTE\t$0x90\t// NOP
    \u{1B}[0m
    """

  private static let race = """
    ==================
    WARNING: DATA RACE
    Read at 0x00c0000b4010 by goroutine 8:
      main.main.func1()
          /srv/shop/main.go:12 +0x3a

    Previous write at 0x00c0000b4010 by main goroutine:
      main.main()
          /srv/shop/main.go:10 +0x88
    ==================
    """

  private static let python = """
    Traceback (most recent call last):
      File "/usr/lib/python3/dist-packages/flask/app.py", line 2190, in wsgi_app
        response = self.full_dispatch_request()
      File "/srv/shop/app.py", line 7, in pay
        return 1 / 0
    ZeroDivisionError: division by zero

    During handling of the above exception, another exception occurred:

    Traceback (most recent call last):
      File "/srv/shop/app.py", line 9, in pay
        raise KeyError("x")
    KeyError: 'x'
    """

  private static let node = """
    /srv/shop/app.js:3
        throw new TypeError("boom");
        ^

    TypeError: boom
        at pay (/srv/shop/app.js:3:9)
        at Layer.handle (/srv/shop/node_modules/express/lib/router/layer.js:95:5)

    Node.js v18.19.0
    """

  private static let java = """
    Exception in thread "main" java.lang.IllegalStateException: boom
    \tat com.shop.Orders.pay(Orders.java:12)
    \tat com.shop.Main.main(Main.java:5)
    Caused by: java.io.IOException: disk
    \tat com.shop.Disk.read(Disk.java:3)
    \t... 2 more
    """

  private static let rust = """
    thread 'main' panicked at src/main.rs:4:5:
    index out of bounds
    stack backtrace:
       0: rust_begin_unwind
                 at /rustc/9fc6b431/library/std/src/panicking.rs:645:5
       1: shop::pay
                 at ./src/main.rs:4:5
    note: Some details are omitted, run with `RUST_BACKTRACE=full`.
    """

  private static let swift = """
    shop/main.swift:4: Fatal error: boom
    Current stack trace:
    0    libswiftCore.so                    0x00007f1 _swift_stdlib_reportFatalErrorInFile + 109
    1    shop                               0x00005a1 main + 12
    """

  private static let handler = """
    2026/01/02 15:04:05 http: panic serving 127.0.0.1:5: boom
    goroutine 7 [running]:
    net/http.(*conn).serve.func1()
    \t/usr/lib/go-1.19/src/net/http/server.go:1850 +0xbf
    panic({0x61b1a0, 0x6c9a30})
    \t/usr/lib/go-1.19/src/runtime/panic.go:884 +0x212
    main.handler({0x6cb5d8?, 0xc00011e000}, 0x0?)
    \t/srv/shop/main.go:7 +0x27
    """

  private static let rustWithID = rust.replacing("'main' panicked", with: "'main' (32602) panicked")

  private static let syntaxError =
    "  File \"/srv/shop/app.py\", line 6\n    print(\n         ^\nSyntaxError: '(' was never closed"

  private static let group = """
      + Exception Group Traceback (most recent call last):
      |   File "/srv/shop/app.py", line 6, in pay
      |     raise ExceptionGroup("eg", [ValueError(1)])
      | ExceptionGroup: eg (1 sub-exception)
      +-+---------------- 1 ----------------
        | ValueError: 1
        +------------------------------------
    """

  private static let swiftBacktrace = """
    Swift/ContiguousArrayBuffer.swift:692: Fatal error: Index out of range

    *** Program crashed: Illegal instruction at 0x00007fc43716df7f ***

    Platform: x86_64 Linux (Debian GNU/Linux 12 (bookworm))

    Thread 0 "shop" crashed:

      0      0x00007fc43716df7f closure #1 in _assertionFailure(_:file:line:) + 623 in libswiftCore.so
      1 [ra] 0x000055adad627fd7 work() + 150 in shop at /srv/shop/main.swift:1:35
    ...

    Registers:

    rax 0x0000000000000000  0
    Images (12 omitted):
    0x000055adad627000–0x000055adad628388 a6d7b4bf shop /srv/shop/shop
    """

  private static let nodeFields =
    "Error: boom\n    at new Promise (<anonymous>)\n    at pay (/srv/shop/app.js:3:9) {\n  code: 'EBOOM'\n}"

  private static func shown(_ text: String, _ filter: String? = nil) throws -> [String] {
    let store = LogStore()
    let api = store.source("api", run: 1)
    store.append("before\n\(text)\nafter\n", from: api)
    let watched = WatchedView(store, root: "/srv/shop")
    try watched.show(filter)
    #expect(watched.waitUntilComplete())
    return watched.shown
  }

  @Test(arguments: [
    (goPanic, "3 frames · orders/pay.go:42 main.(*Shop).pay"),
    (recovery, "3 frames · boom · main.go:19 main.func1"),
    (race, "2 frames · DATA RACE · main.go:12 main.main.func1"),
    (python, "3 frames · KeyError: 'x' · app.py:7 pay"),
    (node, "2 frames · TypeError: boom · app.js:3 pay"),
    (java, "3 frames · Orders.java:12 com.shop.Orders.pay"),
    (handler, "3 frames · main.go:7 main.handler"), (swift, "3 lines"),
    (syntaxError, "3 lines · SyntaxError: '(' was never closed"),
    (group, "1 frame · ExceptionGroup: eg (1 sub-exception) · app.py:6 pay"),
    (swiftBacktrace, "2 frames · main.swift:1 work()"), (nodeFields, "2 frames · app.js:3 pay"),
    (rustWithID, "2 frames · index out of bounds · ./src/main.rs:4 shop::pay"),
    (rust, "2 frames · index out of bounds · ./src/main.rs:4 shop::pay"),
    ("SELECT *\n  FROM orders\n  WHERE id = 7\n  LIMIT 1", "3 lines"),
  ])
  func `a trace is its first line and the project's first frame`(_ trace: String, _ fold: String) throws {
    let head = trace.split(separator: "\n")[0].replacing("\u{1B}[31m", with: "")
    #expect(try Self.shown(trace) == ["before", String(head), "▸ \(fold)", "after"])
  }

  @Test(arguments: [
    goPanic, recovery, race, handler, python, node, java, rust, swift, rustWithID, syntaxError, group,
    swiftBacktrace, nodeFields,
  ])
  func `one match shows all of it`(_ trace: String) throws {
    let lines = trace.split(separator: "\n").map(String.init)
    let all = try Self.shown(trace)
    for line in lines.dropFirst() where !line.hasPrefix("\u{1B}") {
      let word = line.split(separator: " ").joined(separator: " ")
      let filter = "/\(word.split(separator: " ").map { Self.quoted(String($0)) }.joined(separator: "\\s+"))/"
      #expect(try Self.shown(trace, filter) == Array(all[1...2]), "\(filter)")
      #expect(try Self.shown(trace, "!\(filter)") == ["before", "after"], "\(filter)")
    }
    #expect(try Self.shown(trace, "after") == ["after"])
  }

  @Test(arguments: [(rustWithID, "fatal"), (group, "error"), (syntaxError, "error")])
  func `a trace is found by its level`(_ trace: String, _ level: String) throws {
    #expect(try Self.shown(trace, "level:\(level)").count == 2)
  }

  private static func quoted(_ word: String) -> String {
    "\\Q" + word.replacing("/", with: "\\E\\/\\Q") + "\\E"
  }

  @Test(arguments: [
    "one\ntwo\nthree", "> vite\n\n  VITE ready\n\n  ➜  Local: x\n  ➜  Network: y\n  ➜  press h",
    "goes\n  on\n  twice", "panic buttons are red\nand blue\nand green\nand big",
    "==================\nnot a race\nat all\n==================\nreally",
    "{\n  a\n  b\n}", "Error: boom\n}",
    "2026/01/02 15:04:05 a\n2026/01/02 15:04:05 b\n2026/01/02 15:04:05 c\n2026/01/02 15:04:05 d",
  ])
  func `what does not belong together is not folded`(_ text: String) throws {
    #expect(
      try Self.shown(text) == ["before"]
        + text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) + ["after"])
  }

  @Test func `lines of others in between do not matter`() throws {
    let store = LogStore()
    let (api, web) = (store.source("api", run: 1), store.source("web", run: 1))
    for (number, line) in Self.goPanic.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      store.append(line + "\n", from: api)
      store.append("tick \(number)\n", from: web)
    }
    let watched = WatchedView(store, root: "/srv/shop")
    try watched.show("svc:api")
    #expect(watched.waitUntilComplete())
    #expect(
      watched.shown == [
        "panic: runtime error: invalid memory address or nil pointer dereference",
        "▸ 3 frames · orders/pay.go:42 main.(*Shop).pay",
      ])
    try watched.show("pay.go | svc:web")
    #expect(watched.waitUntilComplete())
    #expect(watched.view.counts.matched == 22)
    #expect(watched.shown.count == 13)
  }

  @Test func `a record that grows is shown as soon as a line of it matches`() throws {
    let store = LogStore()
    let api = store.source("api", run: 1)
    let watched = WatchedView(store, root: "/srv/shop")
    try watched.show("pay.go")
    let lines = Self.goPanic.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      store.append(line + "\n", from: api)
      #expect(watched.wait { $0.isComplete && $0.total == index + 1 })
      #expect(watched.view.counts.matched == (index < 7 ? 0 : index + 1))
    }
    #expect(watched.shown.count == 2)
    try watched.show("!pay.go")
    #expect(watched.waitUntilComplete())
    #expect(watched.shown.isEmpty)
  }

  @Test func `it unfolds and folds`() throws {
    let store = LogStore()
    let api = store.source("api", run: 1)
    store.append("before\n\(Self.goPanic)\nafter\n", from: api)
    let watched = WatchedView(store, root: "/srv/shop")
    #expect(watched.wait { $0.isComplete && watched.shown.count == 4 })
    let folded = watched.shown
    #expect(watched.view.isUnfolded(0) == nil && watched.view.isUnfolded(5) == false)
    #expect(watched.view.setUnfolded(true, line: 8) == 1)
    #expect(watched.shown.count == 13 && !watched.shown.contains { $0.hasPrefix("▸") })
    #expect(watched.view.isUnfolded(1) == true)
    // As before when the filter changes.
    try watched.show("pay")
    #expect(watched.waitUntilComplete())
    #expect(watched.shown.count == 11)
    watched.view.setUnfolded(false, line: 1)
    #expect(watched.shown == Array(folded[1...2]))
    try watched.show(nil)
    #expect(watched.wait { $0.isComplete && watched.shown == folded })
    // A line that it hides is found by a search.
    #expect(try watched.view.find(LogFilter.parse("\"main.go:9\""), from: 0, forward: true) == 10)
  }

  @Test func `a record is cut at a thousand lines`() throws {
    let text = "head\n" + String(repeating: "  more\n", count: 2_500)
    let shown = try Self.shown(text)
    #expect(shown.contains("▸ 999 lines"))
    #expect(try Self.shown(text, "head").count == 2)
  }
}

extension WatchedView {
  fileprivate var shown: [String] {
    view.rows(endingAt: nil, count: 100_000).map { row in
      guard let fold = row.fold else { return row.plainText }
      return "▸ " + [fold.count, fold.message, fold.frame].compactMap(\.self).joined(separator: " · ")
    }
  }
}
