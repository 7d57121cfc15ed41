import DevtopCore
import Testing

@testable import DevtopBackend

/// One line a diagnostic, with its detail indented below.
func rendered(_ diagnostics: [Diagnostic]) -> String {
  diagnostics.map { item in
    let tool = item.tool.map { " {\($0)}" } ?? ""
    return
      (["\(item.severity.rawValue) \(item.location) \(item.message)\(tool)"] + item.detail.map { "  > \($0)" })
      .joined(separator: "\n")
  }.joined(separator: "\n")
}

func parse(
  _ text: String, directory: String = "/p", source: DiagnosticParser.Source = .build,
  compiler: Compiler? = nil
) -> [Diagnostic] {
  var parser = DiagnosticParser(directory: directory, source: source, compiler: compiler)
  return parser.feed(Array(text.utf8)) + parser.finish()
}

@Suite struct DiagnosticParserTests {
  @Test func `go build`() {
    #expect(
      rendered(
        parse(
          """
          # example.com/shop
          ./main.go:9:2: undefined: undefinedThing
          ./main.go:17:11: cannot use T{} (value of type T) as type I in variable declaration:
          \tT does not implement I (wrong type for M method)
          \t\thave M(a string) string
          \t\twant M(a int) string
          ./main.go:19:9: not enough return values
          \thave (number)
          \twant (int, error)
          api/../api/h.go:21:69: undefined: h9
          ./main.go:21:69: too many errors
          # example.com/shop/db
          db/db.go:6:17: syntax error: unexpected newline in argument list; possibly missing comma or )
          """)) == """
          error main.go:9:2 undefined: undefinedThing
          error main.go:17:11 cannot use T{} (value of type T) as type I in variable declaration:
            > T does not implement I (wrong type for M method)
            > \thave M(a string) string
            > \twant M(a int) string
          error main.go:19:9 not enough return values
            > have (number)
            > want (int, error)
          error api/h.go:21:69 undefined: h9
          error db/db.go:6:17 syntax error: unexpected newline in argument list; possibly missing comma or )
          """)
  }

  @Test func `go modules`() {
    #expect(
      rendered(parse("go: errors parsing go.mod:\n/p/go.mod:5: unknown directive: requre\n", compiler: .go))
        == "error go.mod:5 unknown directive: requre")
    #expect(
      rendered(
        parse(
          "main.go:2:8: no required module provides package github.com/foo/bar; to add it:\n\tgo get github.com/foo/bar\n",
          compiler: .go))
        == "error main.go:2:8 no required module provides package github.com/foo/bar; to add it:\n  > go get github.com/foo/bar"
    )
    #expect(
      rendered(
        parse(
          "go: go.mod file not found in current directory or any parent directory; see 'go help modules'",
          compiler: .go))
        == "error go.mod:1 go.mod file not found in current directory or any parent directory; see 'go help modules'"
    )
    #expect(
      rendered(parse("package ca\n\timports cb\n\timports ca: import cycle not allowed\n", compiler: .go))
        == "error go.mod:1 import cycle not allowed\n  > package ca\n  > imports cb\n  > imports ca: import cycle not allowed"
    )
    #expect(
      rendered(
        parse("package x\n\timports x/a from main.go\n\timports x from a.go: import cycle not allowed\n"))
        == "error a.go:1 import cycle not allowed\n  > package x\n  > imports x/a from main.go\n  > imports x from a.go: import cycle not allowed"
    )
    #expect(parse("go: downloading github.com/gin-gonic/gin v1.9.1\n", compiler: .go).isEmpty)
  }

  @Test func `go vet, before and after Go 1.20`() {
    #expect(
      rendered(parse("# x\nvet: ./x.go:3:1: expected declaration\n# [x]\n./main.go:6:2: unreachable code\n"))
        == "error x.go:3:1 expected declaration {vet}\nerror main.go:6:2 unreachable code {vet}")
  }

  @Test func `go test`() {
    #expect(
      rendered(
        parse(
          """
          --- FAIL: TestA (0.00s)
              --- FAIL: TestA/sub (0.00s)
                  x_test.go:6: got 1
                      want 2
              x_test.go:7: boom
          FAIL
          FAIL\texample.com/shop\t0.005s
          """)) == """
          error x_test.go:6 TestA/sub: got 1 {test}
            > want 2
          error x_test.go:7 TestA/sub: boom {test}
          """)
  }

  @Test func `go test -v names only what failed, in the directory of its package`() throws {
    let project = try Project(["api/x_test.go": ""])
    #expect(
      rendered(
        parse(
          """
          === RUN   TestGood
              x_test.go:3: just a note
          --- PASS: TestGood (0.00s)
          === RUN   TestBad
              x_test.go:9: it is bad
          --- FAIL: TestBad (0.00s)
          FAIL
          FAIL\texample.com/shop/api\t0.005s
          """, directory: project.path)) == "error api/x_test.go:9 TestBad: it is bad {test}")
  }

  @Test func `a Go panic is its first frame in the project`() {
    let trace = """
      panic: runtime error: index out of range [5] with length 1 [recovered]
      \tpanic: second
      line

      goroutine 1 [running]:
      main.main.func1()
      \t/usr/lib/go-1.19/src/net/http/server.go:8 +0x49
      panic({0x4631c0, 0xc000018078})
      \t/usr/lib/go-1.19/src/runtime/panic.go:884 +0x212
      github.com/gin-gonic/gin.(*Context).Next(...)
      \t/p/vendor/github.com/gin-gonic/gin/context.go:173
      main.(*S).handle(...)
      \t/p/api/main.go:6
      main.main()
      \t/p/main.go:9 +0x46
      exit status 2

      """
    let expected = """
      error api/main.go:6 panic: runtime error: index out of range [5] with length 1 {panic}
        > panic: second
        > line
      """
    #expect(rendered(parse(trace)) == expected)
    #expect(rendered(parse(trace, source: .output)) == expected)
  }

  @Test func `fatal errors and races of Go`() {
    #expect(
      rendered(
        parse(
          """
          fatal error: all goroutines are asleep - deadlock!

          goroutine 1 [semacquire]:
          sync.runtime_SemacquireMutex(0xc00008c000?, 0x0?, 0xc000080000?)
          \t/usr/lib/go-1.19/src/runtime/sema.go:77 +0x25
          main.main()
          \t/p/main.go:7 +0x6c
          """, source: .output))
        == "error main.go:7 fatal error: all goroutines are asleep - deadlock! {panic}")
    #expect(
      rendered(
        parse(
          """
          ==================
          WARNING: DATA RACE
          Read at 0x00c0000ac008 by goroutine 7:
            main.main.func1()
                /p/main.go:7 +0x39

          Previous write at 0x00c0000ac008 by main goroutine:
            main.main()
                /p/main.go:8 +0x124
          ==================
          """, source: .output))
        == "warning main.go:7 data race {race}\n  > Read at 0x00c0000ac008 by goroutine 7:\n  >   main.main.func1()"
    )
  }

  @Test func `panics that a server survives`() {
    #expect(
      rendered(
        parse(
          """
          2024/05/01 12:00:00 http: panic serving 127.0.0.1:5000: boom
          goroutine 34 [running]:
          net/http.(*conn).serve.func1()
          \t/usr/lib/go/src/net/http/server.go:1850 +0xbf
          main.handler(...)
          \t/p/h.go:12
          """, source: .output)) == "error h.go:12 panic: boom {panic}")
    #expect(
      rendered(
        parse(
          """
          2024/05/01 12:00:00 [Recovery] 2024/05/01 - 12:00:00 panic recovered:
          GET /boom HTTP/1.1
          Host: localhost:8080

          runtime error: integer divide by zero
          /usr/lib/go-1.19/src/runtime/panic.go:884 (0x43a1b1)
          \tpanicdivide: panic(divideError)
          /p/main.go:14 (0x8a1b)
          \tmain.func1: x := 1 / zero
          """, source: .output)) == "error main.go:14 panic: runtime error: integer divide by zero {panic}")
  }

  @Test func `a trimmed path is found by its end`() throws {
    let project = try Project(["api/h.go": ""])
    let text = "panic: x\n\ngoroutine 1 [running]:\nmain.f()\n\texample.com/shop/api/h.go:7 +0x1\n"
    #expect(
      rendered(parse(text, directory: project.path, source: .output)) == "error api/h.go:7 panic: x {panic}")
  }

  @Test func `swiftc by SwiftPM, told once though printed twice`() {
    let message = """
      /p/Sources/app/main.swift:1:24: error: cannot convert value of type 'String' to specified type 'Int'
      1 | let unusedValue: Int = "text"
        |                        `- error: cannot convert value of type 'String' to specified type 'Int'
      2 | func f() { let y = 5 }

      /p/Sources/app/main.swift:5:7: warning: expression implicitly coerced from 'Int?' to 'Any'
      5 | print(x)
        |       |- note: provide a default value to avoid this warning

      """
    #expect(
      rendered(
        parse(
          "Building for debugging...\n[3/7] Compiling app main.swift\n" + message
            + "error: emit-module command failed with exit code 1 (use -v to see invocation)\n[4/7] Emitting module app\n"
            + message, compiler: .swift)) == """
          error Sources/app/main.swift:1:24 cannot convert value of type 'String' to specified type 'Int'
            > 1 | let unusedValue: Int = "text"
            >   |                        `- error: cannot convert value of type 'String' to specified type 'Int'
            > 2 | func f() { let y = 5 }
          warning Sources/app/main.swift:5:7 expression implicitly coerced from 'Int?' to 'Any'
            > 5 | print(x)
            >   |       |- note: provide a default value to avoid this warning
          """)
  }

  @Test func `SwiftPM's errors without a place belong to the manifest, when there is no other`() {
    let text = "error: no such module 'X'\n"
    #expect(rendered(parse(text, compiler: .swift)) == "error Package.swift:1 no such module 'X'")
    #expect(parse(text).isEmpty)
    #expect(
      rendered(parse("warning: 'x': dependency unused\n" + text, compiler: .swift))
        == "error Package.swift:1 no such module 'X'")
  }

  @Test func `a crash of Swift is the frame of its backtrace`() throws {
    let text = """
      Swift/ContiguousArrayBuffer.swift:692: Fatal error: Index out of range

      *** Program crashed: Illegal instruction at 0x00007eff7436df7f ***

      Thread 0 "app" crashed:

        0      0x00007eff7436df7f closure #1 in _assertionFailure(_:_:file:line:flags:) + 623 in libswiftCore.so
        3 [ra] 0x0000556f043c3f73 g() + 66 in app at /p/Sources/app/main.swift:2:19
      """
    #expect(
      rendered(parse(text, source: .output)).hasPrefix(
        "error Sources/app/main.swift:2:19 Fatal error: Index out of range {crash}"))
    let project = try Project(["Sources/app/main.swift": ""])
    #expect(
      rendered(parse("app/main.swift:4: Fatal error: boom\n", directory: project.path, source: .output))
        == "error Sources/app/main.swift:4 Fatal error: boom {crash}")
  }

  @Test func `gcc with notes, frames and its linker`() {
    #expect(
      rendered(
        parse(
          """
          a.c: In function ‘main’:
          a.c:5:12: warning: format ‘%s’ expects argument of type ‘char *’, but argument 2 has type ‘int’ [-Wformat=]
              5 |   printf("%s\\n", 5);
                |           ~^     ~
          a.c:6:3: error: ‘retrun’ undeclared (first use in this function)
              6 |   retrun 0;
                |   ^~~~~~
          a.c:6:3: note: each undeclared identifier is reported only once for each function it appears in
          In file included from c.c:1:
          inc.h:1:8: error: expected declaration specifiers or ‘...’ before ‘{’ token
          d.c:1:10: fatal error: nope.h: No such file or directory
          compilation terminated.
          """)) == """
          warning a.c:5:12 format ‘%s’ expects argument of type ‘char *’, but argument 2 has type ‘int’ [-Wformat=]
            >     5 |   printf("%s\\n", 5);
            >       |           ~^     ~
          error a.c:6:3 ‘retrun’ undeclared (first use in this function)
            >     6 |   retrun 0;
            >       |   ^~~~~~
            > a.c:6:3: note: each undeclared identifier is reported only once for each function it appears in
          error inc.h:1:8 expected declaration specifiers or ‘...’ before ‘{’ token
          error d.c:1:10 nope.h: No such file or directory
          """)
    #expect(
      rendered(
        parse(
          """
          /usr/bin/ld: /tmp/ccFgMqDq.o: in function `main':
          b.c:(.text+0x5): undefined reference to `missing'
          /usr/bin/ld: /tmp/ccN4xYBY.o: in function `main':
          /p/b.c:2: undefined reference to `missing'
          /tmp/b-5df1a5.o:c.c:function main: error: undefined reference to 'other'
          collect2: error: ld returned 1 exit status
          """)) == """
          error b.c:1 undefined reference to `missing' {linker}
          error b.c:2 undefined reference to `missing' {linker}
          error c.c:1 undefined reference to 'other' {linker}
          """)
    #expect(
      rendered(
        parse(
          "ld.lld: error: undefined symbol: missing\n>>> referenced by b.c:2 (/p/b.c:2)\n>>>               /tmp/b.o:(main)\n"
        ))
        == "error b.c:2 undefined symbol: missing {linker}\n  > >>> referenced by b.c:2 (/p/b.c:2)\n  > >>>               /tmp/b.o:(main)"
    )
  }

  @Test func `make enters directories, and its own error counts when there is no other`() {
    #expect(
      rendered(
        parse(
          "make[1]: Entering directory '/p/lib'\nx.c:1:2: error: no\nmake[1]: Leaving directory '/p/lib'\nx.c:1:2: error: no\nmake: *** [Makefile:3: all] Error 2\n"
        ))
        == "error lib/x.c:1:2 no\nerror x.c:1:2 no")
    #expect(
      rendered(parse("sh: 1: nope: not found\nmake: *** [Makefile:3: all] Error 127\n"))
        == "error Makefile:3 *** [Makefile:3: all] Error 127 {make}")
    #expect(
      rendered(parse("Makefile:3: *** missing separator.  Stop.\n"))
        == "error Makefile:3 *** missing separator.  Stop.")
  }

  @Test func `rustc and a Rust panic`() {
    #expect(
      rendered(
        parse(
          """
          error[E0308]: mismatched types
           --> src/main.rs:2:18
            |
          2 |     let x: i32 = "a";
            |            ---   ^^^ expected `i32`, found `&str`

          warning: unused variable: `unused`
           --> src/main.rs:3:9

          error: aborting due to 1 previous error; 1 warning emitted

          For more information about this error, try `rustc --explain E0308`.
          error: could not compile `app` (bin "app") due to 1 previous error
          """, compiler: .rust)) == """
          error src/main.rs:2:18 mismatched types [E0308]
            >   |
            > 2 |     let x: i32 = "a";
            >   |            ---   ^^^ expected `i32`, found `&str`
          warning src/main.rs:3:9 unused variable: `unused`
          """)
    #expect(
      rendered(
        parse(
          "thread 'main' (2319) panicked at src/main.rs:1:55:\nindex out of bounds\nnote: run with `RUST_BACKTRACE=1`\n",
          source: .output))
        == "error src/main.rs:1:55 index out of bounds {panic}")
    #expect(
      rendered(parse("thread 'main' panicked at 'boom, again', src/main.rs:2:5\n", source: .output))
        == "error src/main.rs:2:5 boom, again {panic}")
    #expect(
      rendered(
        parse(
          "thread 'main' panicked at /rustc/x/library/core/src/option.rs:1:2:\nboom\nstack backtrace:\n   4: app::f\n             at ./src/main.rs:4:5\n",
          source: .output)) == "error src/main.rs:4:5 boom {panic}\n  > stack backtrace:\n  >    4: app::f")
  }

  @Test func `tsc, plain and pretty`() {
    #expect(
      rendered(
        parse(
          """
          src/a.ts(1,2): error TS2322: Type 'string' is not assignable to type 'number'.
          src/b.ts:3:4 - error TS2304: Cannot find name 'x'.

          3    x()
               ~

          Found 1 error in src/b.ts:3
          """)) == """
          error src/a.ts:1:2 TS2322: Type 'string' is not assignable to type 'number'.
          error src/b.ts:3:4 TS2304: Cannot find name 'x'.
          """)
  }

  @Test func `a Python traceback is its last frame in the project`() {
    #expect(
      rendered(
        parse(
          """
          Traceback (most recent call last):
            File "/p/app.py", line 6, in main
              inner()
            File "/p/app.py", line 3, in inner
              return json.loads("{")
                     ^^^^^^^^^^^^^^^
            File "/usr/lib/python3.11/json/decoder.py", line 353, in raw_decode
              obj, end = self.scan_once(s, idx)
          json.decoder.JSONDecodeError: Expecting property name

          The above exception was the direct cause of the following exception:

          Traceback (most recent call last):
            File "/p/app.py", line 8, in main
              raise RuntimeError("outer") from e
          RuntimeError: outer
          """, source: .output)) == """
          error app.py:3 json.decoder.JSONDecodeError: Expecting property name {python}
          error app.py:8 RuntimeError: outer {python}
          """)
    #expect(
      rendered(
        parse(
          "  File \"/p/bad.py\", line 1\n    def f(:\n          ^\nSyntaxError: invalid syntax\n",
          source: .output))
        == "error bad.py:1 SyntaxError: invalid syntax {python}")
  }

  @Test func `an uncaught exception of Node`() {
    #expect(
      rendered(
        parse(
          """
          /p/server.js:2
          function go() { null.x; }
                               ^

          TypeError: Cannot read properties of null (reading 'x')
              at Module._compile (node:internal/modules/cjs/loader:1521:14)
              at dep (/p/node_modules/dep/index.js:1:2)
              at go (/p/server.js:2:22)

          Node.js v20.20.2
          """, source: .output))
        == "error server.js:2:22 TypeError: Cannot read properties of null (reading 'x') {node}")
    #expect(
      rendered(
        parse(
          "file:///p/bad.mjs:1\nlet a = ;\n        ^\n\nSyntaxError: Unexpected token ';'\n    at wrapSafe (node:internal/modules/cjs/loader:1464:18)\n\nNode.js v20.20.2\n",
          source: .output)) == "error bad.mjs:1 SyntaxError: Unexpected token ';' {node}")
    #expect(parse("TypeError: caught and logged\n    at go (/p/server.js:2:22)\n", source: .output).isEmpty)
  }

  @Test func `escapes, progress lines and ends of pseudo-terminals are no part of it`() {
    let text =
      "\u{1b}[2K[1/2] Compiling\r\u{1b}[1m/p/a.swift:1:2: \u{1b}[0m\u{1b}[1;31merror: \u{1b}[0mno \u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{7}\r\n"
    #expect(rendered(parse(text)) == "error a.swift:1:2 no link")
  }

  @Test func `output may be cut anywhere`() {
    let text =
      "# x\r\n./main.go:9:2: undefined: x\r\n\tmore\r\n./main.go:10:2: undefined: y\r\npanic: z\r\n\r\ngoroutine 1 [running]:\r\nmain.main()\r\n\t/p/main.go:7 +0x1\r\n"
    let whole = parse(text)
    #expect(whole.count == 3)
    for size in 1...7 {
      var parser = DiagnosticParser(directory: "/p")
      var found: [Diagnostic] = []
      let bytes = Array(text.utf8)
      for start in stride(from: 0, to: bytes.count, by: size) {
        found += parser.feed(Array(bytes[start..<min(bytes.count, start + size)]))
      }
      #expect(found + parser.finish() == whole)
    }
  }

  @Test(arguments: [
    "12:30:45: hello\n", "http://localhost:8080: up\n", "2024/05/01 main.go:12: from the log package\n",
    "listening on :8080\n", "error\n", "warning\n", "a:1:2\n", "main.go:0:1: nothing\n", ":1:2: x\n",
    "main.go:1:2:\n",
    "[GIN] 2024/05/01 - 12:00:00 | 200 |\n", "{\"file\":\"a.go:1:2: x\"}\n", "\n\n\n",
    "x.go:99999999999:1: y\n",
  ])
  func `what only looks like one is none`(text: String) {
    #expect(parse(text, compiler: nil).isEmpty)
    #expect(parse(text, source: .output).isEmpty)
  }

  @Test func `log lines of a service are no diagnostics`() {
    #expect(parse("main.go:12:3: error: from my logger\n/p/a.c:1:2: error: x\n", source: .output).isEmpty)
  }

  @Test func `a line without an end is cut, and what comes behind it is read`() {
    var parser = DiagnosticParser(directory: "/p")
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
    for _ in 0..<16 { #expect(parser.feed(long).isEmpty) }
    #expect(rendered(parser.feed(Array("\n./a.go:1:2: no\n\n".utf8))) == "error a.go:1:2 no")
  }

  @Test func `noise never crashes it`() {
    var random = SeededRandom(seed: 7)
    let pieces = [
      "panic: ", "goroutine 1 [running]:\n", "\t/p/a.go:1 +0x1\n", "./a.go:1:2: x\n",
      "Traceback (most recent call last):\n",
      "  File \"/p/a.py\", line 1\n", "/p/a.js:1\n", "    at x (/p/a.js:1:2)\n", "--- FAIL: T (0s)\n",
      "    a_test.go:1: x\n", "error: x\n",
      " --> a.rs:1:1\n", "\u{1b}[", "\r", "\n", ":", "1", "(", "make[1]: Entering directory '", "FAIL\tx\n",
      "undefined reference to `",
      "thread 'x' panicked at ", "Fatal error: ", "WARNING: DATA RACE\n", "package x\n", "\timports y\n",
      ">>> referenced by ",
    ]
    for _ in 0..<3000 {
      var text = ""
      for _ in 0..<20 { text += pieces.randomElement(using: &random) ?? "" }
      for item in parse(text, compiler: .go) + parse(text, source: .output) {
        #expect(item.line >= 1 && !item.file.isEmpty)
      }
    }
  }
}
