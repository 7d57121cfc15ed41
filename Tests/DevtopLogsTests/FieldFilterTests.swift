import DevtopCore
import DevtopLogs
import Testing

/// Filters of fields, on the lines that loggers write.
struct FieldFilterTests {
  private static let lines: [(name: String, line: String)] = [
    (
      "slog",
      #"{"time":"2026-01-02T15:04:05Z","level":"INFO","msg":"paid","user":{"id":42,"name":"Ada \"A\" L"},"items":[{"sku":"a1"},{"sku":"b2"}],"status":200,"took_ms":412}"#
    ),
    (
      "pino",
      #"{"level":50,"msg":"refused \u00e9","req":{"id":7},"status":"503","size":"12k","log.level":"x"}"#
    ),
    (
      "zap",
      "2026-01-02T15:04:05Z\tERROR\tapi/main.go:7\tfailed\t{\"user\": {\"id\": 420}, \"status\": 500.5}"
    ),
    ("docker", #"api-1  | {"user":{"id":null},"status":404,"ok":true}"#),
    (
      "logrus",
      #"time="2026-01-02T15:04:05Z" level=warning msg="slow status=999 query" user.id=42 status=302 took=1.5s"#
    ),
    ("tracing", "2026-01-02T15:04:05Z  INFO request{id=7 user.id=43}: app: served status=201, took=80ms"),
    ("gin", #"[GIN] 2026/01/02 - 15:04:05 | 404 |   1.234ms |       127.0.0.1 | GET      "/orders/9""#),
    ("combined", #"127.0.0.1 - - [02/Jan/2026:15:04:05 +0000] "POST /pay HTTP/1.1" 502 2326 "-" "curl/8""#),
    ("text", "the status is 500 for user.id and {status"),
    ("broken", #"{"status":500"#),
    ("colour", "\u{1B}[36mstatus\u{1B}[0m=500 done"),
  ]

  private func shown(_ filter: String) throws -> [String] {
    let store = LogStore()
    let api = store.source("api", run: 1)
    for line in Self.lines { store.append(line.line + "\n", from: api) }
    let watched = WatchedView(store)
    try watched.show(filter)
    #expect(watched.waitUntilComplete())
    return watched.view.rows(endingAt: nil, count: 100).map { Self.lines[$0.sequence].name }
  }

  private static let cases: [(String, [String])] = [
    (".user.id:42", ["slog", "logrus"]), (".user.id:4*", ["slog", "zap", "logrus", "tracing"]),
    (".user.id:null", ["docker"]), (".user.id:42,43", ["slog", "logrus", "tracing"]),
    (".user.id:>42", ["zap", "tracing"]), (".user.id:40..42", ["slog", "logrus"]),
    (".user.name:/\"a\" l/i", ["slog"]), (".user.name:\"Ada \\\"A\\\" L\"", ["slog"]),
    (".user.name:ada*", ["slog"]),
    (".user.name:ADA*", []), (".msg:refused*é", ["pino"]), (".msg:/^refused é$/", ["pino"]),
    (".items.1.sku:b2", ["slog"]), (".items.2.sku:b2", []), (".log.level:x", ["pino"]),
    (".ok:true", ["docker"]),
    (".status:500", ["broken", "colour"]), (".status:5xx", ["pino", "zap", "combined", "broken", "colour"]),
    (".status:>=500", ["pino", "zap", "combined", "broken", "colour"]), (".status:999", []),
    (".status:<302", ["slog", "tracing"]), (".status:..201", ["slog", "tracing"]),
    (".status:200|.status:404", ["slog", "docker", "gin"]), (".status:404 .method:get", ["gin"]),
    (".took_ms:>400ms", ["slog"]), (".took:>1s", ["logrus"]), (".took:70ms..1s", ["tracing"]),
    (".duration:>1ms", ["gin"]), (".size:>2000", ["pino", "combined"]), (".size:>2k", ["pino", "combined"]),
    (".path:/pay", ["combined"]), (".path:/orders/*", ["gin"]),
    ("has:user.id", ["slog", "zap", "docker", "logrus", "tracing"]), ("has:.items", ["slog"]),
    ("has:took,took_ms", ["slog", "logrus", "tracing"]), ("!has:status -has:user.id", ["text"]),
    ("has:level", ["slog", "pino", "zap", "logrus", "tracing", "gin", "combined"]),
    ("level:>=warn .status:>=500", ["pino", "zap", "combined"]), (".id:7", ["tracing"]),
    (".req.id:7", ["pino"]),
    (".5:7", []),
  ]

  @Test(arguments: cases)
  func `a field's value decides`(_ filter: String, _ names: [String]) throws {
    #expect(try shown(filter) == names)
  }
}
