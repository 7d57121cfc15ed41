import DevtopCore
import DevtopLogs
import Testing

struct LogLevelTests {
  private static let lines: [(String, LogLevel?)] = [
    // JSON: zap, slog, zerolog, logrus, winston, pino, ECS, Google.
    (#"{"level":"error","ts":1.5,"msg":"x"}"#, .error), (#"{"time":"…","level":"WARN","msg":"x"}"#, .warn),
    (#"{"time":"…","level":"INFO+2","msg":"x"}"#, .info),
    (#"{"level":"warning","msg":"error: \"level\":\"fatal\""}"#, .warn),
    (#"{"level":50,"msg":"x"}"#, .error), (#"{"level":20}"#, .debug),
    (#"{ "severity" : "CRITICAL" }"#, .fatal),
    (#"{"log.level":"debug"}"#, .debug), (#"{"level":"http","message":"x"}"#, .info),
    (#"{"msg":"error","error":null}"#, nil), (#"{"a":{"level":"error"},"msg":"x"}"#, nil),
    (#"{"msg":"level","level":{"a":1}}"#, nil),
    (#"{"level":"error""#, .error), (#"{"level":"#, nil), (#"{"msg":"a\"#, nil),
    (#"api-1 | {"level":"warn"}"#, .warn),
    // logfmt.
    (#"time="2024-01-02T15:04:05Z" level=warning msg="an error""#, .warn),
    (#"level=info msg="level=error""#, .info),
    (#"ts=1 msg="level=error x" lvl=debug"#, .debug), (#"msg="level=error""#, nil),
    ("severity=ERROR", .error), ("error=nil x=1", nil),
    // Common and combined access lines, Flask's and Django's.
    (#"127.0.0.1 - - [02/Jan/2026:15:04:05 +0000] "POST /pay HTTP/1.1" 502 2326 "-" "curl/8""#, .error),
    (#"127.0.0.1 - - [02/Jan/2026 15:04:05] "GET /error HTTP/1.1" 404 -"#, .warn),
    (#"::1 - ann [02/Jan/2026:15:04:05 +0000] "GET / HTTP/2.0" 200 12"#, .info),
    (#"said "GET / HTTP/1.1" and 500 left"#, nil), (#"a "b" 500"#, nil), (#"a "GET / HTTP/1.1" 5000"#, nil),
    // Gin.
    ("[GIN] 2024/01/02 - 15:04:05 | 200 |  1.2ms | ::1 | GET \"/error\"", .info),
    ("[GIN] 2024/01/02 - 15:04:05 |\u{1B}[97;41m 500 \u{1B}[0m|  1.2ms | ::1 | GET \"/\"", .error),
    ("[GIN] 2024/01/02 - 15:04:05 | 404 |  1.2ms | ::1 | GET \"/\"", .warn),
    ("[GIN-debug] [WARNING] Running in \"debug\" mode.", .warn),
    ("[GIN-debug] [ERROR] listen tcp :8080", .error),
    ("[GIN-debug] GET /error --> main.main.func1 (3 handlers)", .debug),
    ("[Recovery] 2024/01/02 panic recovered:", .error),
    ("\u{1B}[31m2026/11/22 16:10:01 [Recovery] 2026/11/22 - 16:10:01 panic recovered:", .error),
    ("runtime error: invalid memory address or nil pointer dereference", .error),
    // Words at the start.
    ("ERROR something", .error), ("WARN: x", .warn), ("INFO about it", .info), ("DEBUG", .debug),
    ("TRACE x", .trace), ("FATAL x", .fatal),
    ("ERROR:root:message", .error), ("WARNING:urllib3.connectionpool:Retrying", .warn),
    ("INFO:     127.0.0.1:1 - \"GET / HTTP/1.1\" 200 OK", .info),
    ("2024-01-02 15:04:05,123 - app.main - ERROR - failed", .error),
    ("2024-01-02 15:04:05,123 [main] WARN  c.e.App - x", .warn),
    ("2024-01-02T15:04:05.000Z  INFO 123 --- [main] x", .info),
    ("2024/01/02 15:04:05 ERROR failed err=x", .error),
    ("[2024-01-02T15:04:05Z INFO  mycrate] hi", .info), ("2024-01-02T15:04:05Z  WARN mycrate: hi", .warn),
    ("[2024-01-02 15:04:05 +0000] [123] [INFO] Booting", .info),
    ("15:04:05 [error] 12#12: *1 open() failed", .error), ("<warn> x", .warn),
    ("2024-01-02T15:04:05.000Z\tinfo\tmain.go:1\tmsg", .info), ("1.7e9\tERROR\tx", .error),
    ("3:04PM ERR failed", .error), ("3:04PM INF ok", .info),
    ("WARN[0003] slow", .warn), ("I0102 15:04:05.000000 1 file.go:12] x", .info),
    ("E0102 15:04:05.000000 1 file.go:12] x", .error),
    ("Jan  2 15:04:05 myhost app[12]: ERROR x", .error), ("\u{1B}[31mERROR\u{1B}[0m x", .error),
    ("\u{1B}[2m2024-01-02T15:04:05Z\u{1B}[0m \u{1B}[32m INFO\u{1B}[0m x", .info),
    ("api-1  | ERROR x", .error), ("error: cannot find x", .error),
    ("error[E0308]: mismatched types", .error), ("warning: unused", .warn),
    ("main.c:3:4: warning: unused variable", .warn), ("./main.go:3:4: error: x", .error),
    ("npm ERR! code 1", .error), ("npm WARN deprecated x", .warn),
    // Panics and uncaught errors.
    ("panic: runtime error: index out of range", .fatal),
    ("fatal error: all goroutines are asleep - deadlock!", .fatal),
    ("2024/01/02 15:04:05 http: panic serving 127.0.0.1:1: x", .error),
    ("thread 'main' panicked at src/main.rs:2:5:", .fatal),
    ("Traceback (most recent call last):", .error), ("TypeError: x is not a function", .error),
    ("java.lang.IllegalStateException: x", .error),
    ("Swift/ContiguousArrayBuffer.swift:600: Fatal error: Index out of range", .fatal),
    // Traps: none of these names a level.
    ("an error happened", nil), ("GET /ERROR 200", nil), ("2024/01/02 15:04:05 error opening file", nil),
    ("user ERROR page", nil),
    ("the WARN was here", nil), ("key=ERROR", nil), ("msg=\"ERROR\"", nil), ("ERRORS: 0", nil),
    ("ERROR_COUNT: 0", nil), ("information desk", nil),
    ("http://x/?level=error", nil), ("no panic: all fine", nil), ("0 errors, 1 warnings", nil), ("", nil),
    ("   ", nil), ("I am", nil), ("E", nil),
    ("DEBUG=1 node x.js", nil), ("handled error: none", nil), ("\tat Object.ERROR (x.js:1)", nil),
  ]

  @Test(arguments: lines)
  func `a level is read where loggers write it`(line: String, level: LogLevel?) throws {
    #expect(try row(line).level == level)
  }
}
