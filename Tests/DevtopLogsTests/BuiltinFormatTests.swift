import DevtopCore
import DevtopLogs
import Testing

/// Lines as programs print them, by the formats that are known without being asked for.
struct BuiltinFormatTests {
  struct Sample: Sendable, CustomTestStringConvertible {
    var format: String
    var line: String
    var level: LogLevel?
    /// `name=value`, in their order.
    var fields: [String]

    init(_ format: String, _ line: String, _ level: LogLevel?, _ fields: [String]) {
      (self.format, self.line, self.level, self.fields) = (format, line, level, fields)
    }

    var testDescription: String { line }
  }

  private static let samples: [Sample] = [
    Sample(
      "syslog-file", "2026-11-22T10:00:00.123456+01:00 web sshd[812]: error: no hostkey", nil,
      [
        "time=2026-11-22T10:00:00.123456+01:00", "host=web", "app=sshd", "pid=812",
        "message=error: no hostkey",
      ]),
    Sample(
      "syslog-file", "2026-11-22T10:00:00.123456+00:00 web-1.example kernel: [1.2] usb 1-1: new device", nil,
      [
        "time=2026-11-22T10:00:00.123456+00:00", "host=web-1.example", "app=kernel",
        "message=[1.2] usb 1-1: new device",
      ]),
    Sample(
      "klog", "W1122 10:00:00.123456       1 reflector.go:324] watch of *v1.Pod ended", .warn,
      [
        "severity=W", "time=1122 10:00:00.123456", "thread=1", "file=reflector.go", "line=324",
        "message=watch of *v1.Pod ended",
      ]),
    // RFC 5424 §6.5, the examples; then one as journald's forwarder writes it.
    Sample(
      "syslog",
      "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - 'su root' failed for lonvick",
      .fatal,
      [
        "pri=34", "time=2003-10-11T22:14:15.003Z", "host=mymachine.example.com", "app=su", "msgid=ID47",
        "message='su root' failed for lonvick",
      ]),
    Sample(
      "syslog",
      "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time to make the do-nuts.",
      .info,
      [
        "pri=165", "time=2003-08-24T05:14:15.000003-07:00", "host=192.0.2.1", "app=myproc", "pid=8710",
        "message=%% It's time to make the do-nuts.",
      ]),
    Sample(
      "syslog",
      #"<163>1 2003-10-11T22:14:15.003Z host evntslog - ID47 [ex@32473 iut="3" a="x]y"][b@1 c="\"d"] An ERROR"#,
      .error,
      [
        "pri=163", "time=2003-10-11T22:14:15.003Z", "host=host", "app=evntslog", "msgid=ID47",
        "message=An ERROR",
      ]),
    // RFC 3164 §5.4, then a line of /var/log/syslog.
    Sample(
      "syslog-bsd", "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8", .fatal,
      [
        "pri=34", "time=Oct 11 22:14:15", "host=mymachine", "app=su",
        "message='su root' failed for lonvick on /dev/pts/8",
      ]),
    Sample(
      "syslog-bsd", "<12>Feb  5 17:32:18 web nginx[1234]: INFO upstream is slow", .warn,
      [
        "pri=12", "time=Feb  5 17:32:18", "host=web", "app=nginx", "pid=1234",
        "message=INFO upstream is slow",
      ]),
    Sample(
      "syslog-bsd", "Feb  5 17:32:18 web sshd[812]: Accepted publickey for ada", nil,
      ["time=Feb  5 17:32:18", "host=web", "app=sshd", "pid=812", "message=Accepted publickey for ada"]),
    // Python.
    Sample(
      "python", "WARNING:root:disk is almost full", .warn,
      ["level=WARNING", "logger=root", "message=disk is almost full"]),
    Sample(
      "python", "ERROR:urllib3.connectionpool:Retrying: INFO:x", .error,
      ["level=ERROR", "logger=urllib3.connectionpool", "message=Retrying: INFO:x"]),
    Sample(
      "python-dashes", "2024-01-02 15:04:05,123 - app.main - ERROR - failed - INFO - twice", .error,
      [
        "time=2024-01-02 15:04:05,123", "logger=app.main", "level=ERROR", "message=failed - INFO - twice",
      ]),
    Sample(
      "python-dashes", "2024-01-02 15:04:05,123 - WARNING - low", .warn,
      ["time=2024-01-02 15:04:05,123", "level=WARNING", "message=low"]),
    Sample(
      "flask", "[2024-01-02 15:04:05,123] ERROR in app: Exception on /orders [GET]", .error,
      ["time=2024-01-02 15:04:05,123", "level=ERROR", "module=app", "message=Exception on /orders [GET]"]),
    Sample(
      "gunicorn", "[2024-01-02 15:04:05 +0000] [4711] [INFO] Booting worker with pid: 4711", .info,
      [
        "time=2024-01-02 15:04:05 +0000", "pid=4711", "level=INFO", "message=Booting worker with pid: 4711",
      ]),
    // Java.
    Sample(
      "log4j", "15:04:05.123 [http-nio-8080-exec-1] DEBUG c.e.shop.OrderService -- order 7 ERROR-free",
      .debug,
      [
        "time=15:04:05.123", "thread=http-nio-8080-exec-1", "level=DEBUG", "logger=c.e.shop.OrderService",
        "message=order 7 ERROR-free",
      ]),
    Sample(
      "log4j", "2024-01-02 15:04:05,123 [main] WARN  com.example.App - low", .warn,
      [
        "time=2024-01-02 15:04:05,123", "thread=main", "level=WARN", "logger=com.example.App", "message=low",
      ]),
    Sample(
      "log4j", "2024-01-02 15:04:05 INFO  App:42 - started", .info,
      ["time=2024-01-02 15:04:05", "level=INFO", "logger=App", "line=42", "message=started"]),
    Sample(
      "spring",
      "2024-01-02T15:04:05.678+01:00  INFO 4711 --- [shop] [           main] c.e.shop.ShopApplication         : Started",
      .info,
      [
        "time=2024-01-02T15:04:05.678+01:00", "level=INFO", "pid=4711", "app=shop", "thread=main",
        "logger=c.e.shop.ShopApplication", "message=Started",
      ]),
    Sample(
      "spring",
      "2024-01-02 15:04:05.678 ERROR 4711 --- [nio-8080-exec-1] o.a.c.c.C.[.[.[/].[dispatcherServlet] : x",
      .error,
      [
        "time=2024-01-02 15:04:05.678", "level=ERROR", "pid=4711", "thread=nio-8080-exec-1",
        "logger=o.a.c.c.C.[.[.[/].[dispatcherServlet]", "message=x",
      ]),
    Sample(
      "jboss", "2024-01-02 15:04:05,123 INFO  [io.quarkus] (Quarkus Main Thread) shop 1.0 started in 1.2s",
      .info,
      [
        "time=2024-01-02 15:04:05,123", "level=INFO", "logger=io.quarkus", "thread=Quarkus Main Thread",
        "message=shop 1.0 started in 1.2s",
      ]),
    // Rust.
    Sample(
      "env_logger", "[2024-01-02T15:04:05Z INFO  shop::orders] 7 orders", .info,
      ["time=2024-01-02T15:04:05Z", "level=INFO", "target=shop::orders", "message=7 orders"]),
    Sample(
      "tracing",
      "\u{1B}[2m2024-01-02T15:04:05.123456Z\u{1B}[0m \u{1B}[33m WARN\u{1B}[0m \u{1B}[2mshop::db\u{1B}[0m\u{1B}[2m:\u{1B}[0m slow: query",
      .warn,
      ["time=2024-01-02T15:04:05.123456Z", "level=WARN", "target=shop::db", "message=slow: query"]),
    Sample(
      "tracing",
      "2024-01-02T15:04:05.123456Z  INFO request{method=GET path=/a}:inner{id=7}: shop::web: served", .info,
      [
        "time=2024-01-02T15:04:05.123456Z", "level=INFO",
        "span=request{method=GET path=/a}:inner{id=7}", "target=shop::web", "message=served",
      ]),
    // zap's console encoder, in production and in development.
    Sample(
      "zap", "1.7041214451234567e+09\tinfo\tshop/main.go:17\tlistening\t{\"port\": 8080}", .info,
      ["time=1.7041214451234567e+09", "level=info", "caller=shop/main.go:17", "message=listening"]),
    Sample(
      "zap", "2024-01-02T15:04:05.123+0100\tERROR\torders\tshop/orders.go:9\tfailed", .error,
      [
        "time=2024-01-02T15:04:05.123+0100", "level=ERROR", "logger=orders", "caller=shop/orders.go:9",
        "message=failed",
      ]),
  ]

  @Test func `every built-in format has a line here`() {
    #expect(BuiltinFormats.all.map(\.name).sorted() == Set(Self.samples.map(\.format)).sorted())
  }

  @Test(arguments: samples)
  func `a line's fields and level are read`(_ sample: Sample) throws {
    let row = try row(sample.line)
    #expect(row.level == sample.level)
    #expect(row.formatted?.map { "\($0.name)=\($0.value)" } == sample.fields)
  }

  @Test(arguments: samples)
  func `a line has one built-in format`(_ sample: Sample) {
    let matching = BuiltinFormats.all.filter { format in
      var trial = FormatTrial(format)
      Array(sample.line.utf8).withUnsafeBufferPointer { trial.take($0) }
      return trial.matchCount == 1
    }
    #expect(matching.map(\.name) == [sample.format])
  }

  private static let others = [
    #"{"level":30,"time":1531171074631,"pid":657,"hostname":"web","msg":"listening"}"#,
    #"time="2024-01-02T15:04:05Z" level=warning msg="slow""#,
    #"[GIN] 2024/01/02 - 15:04:05 | 200 |  1.2ms | ::1 | GET "/""#,
    #"127.0.0.1 - - [02/Jan/2026:15:04:05 +0000] "POST /pay HTTP/1.1" 502 2326"#,
    "2024/01/02 15:04:05 ERROR failed err=x", "INFO:     127.0.0.1:1 - \"GET / HTTP/1.1\" 200 OK",
    "<html> 1 2 3 4 5 6 7", "Oct 11 was a day: really", "", "[main] x", "2024-01-02 15:04:05,123 - x",
    "ERROR: cannot find x", "[2024-01-02T15:04:05Z] x", "TypeError: x is not a function",
  ]

  @Test(arguments: others)
  func `other lines have none`(_ line: String) throws {
    #expect(try row(line).formatted == nil)
  }

  private static let levels: [(String, LogLevel?)] = [
    ("<0>1 2003-10-11T22:14:15.003Z h a - - - x", .fatal), ("<3>Oct 11 22:14:15 h a: x", .error),
    ("<15>Oct 11 22:14:15 h a: ERROR", .debug), ("<191>Oct  1 22:14:15 h a: x", .debug),
    ("<192>Oct 11 22:14:15 h a: x", nil), ("<3> love", nil), ("<3>x", nil), ("<b>1 x", nil), ("<34", nil),
    // pino's and bunyan's numbers.
    (#"{"level":10,"msg":"x"}"#, .trace), (#"{"level":30,"time":1531171074631,"msg":"x"}"#, .info),
    (#"{"level":40,"msg":"x"}"#, .warn), (#"{"level":50,"msg":"x"}"#, .error),
    (#"{"level":60,"msg":"x"}"#, .fatal), (#"{"level":"warn","message":"x"}"#, .warn),
  ]

  @Test(arguments: levels)
  func `a number of a level is read`(line: String, level: LogLevel?) throws {
    #expect(try row(line).level == level)
  }
}
