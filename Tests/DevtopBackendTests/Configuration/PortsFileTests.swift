import DevtopCore
import Testing

@testable import DevtopBackend

@Suite struct PortsFileTests {
  private static let everything = """
    hosts = ["app.test"]
    [service.api]
    run = "./api"
    ports = "env"
    port_variable = "API_PORT"
    port = 8080
    remote = "deny"
    reload = "signal:USR1"
    drain = "3s"
    hold = { time = "20s", requests = 5, bodies = "1M" }
    live_reload = false
    cache = "keep"
    capture = "64K"
    proxy = { request_line = "2K", head = "8K", fields = 20, body = "10M", head_time = "5s", body_time = "6s", idle_time = "7s", answer_time = "8s" }
    limit = { rate = "100/s", burst = 50, kind = "leaky" }
    max_in_flight = 10
    max_queue = 20
    breaker = { failures = "12.5%", over = "20s", min = 10, open = "1s", probes = 1, fallback = "http://127.0.0.1:9000" }
    retry = { attempts = 4, backoff = "10ms", timeout = "2s" }
    fault = { delay = "300ms±100ms", errors = "5% 503", bandwidth = "64K/s" }
    """

  @Test func `every key about ports, reloads and the proxy arrives`() throws {
    let configuration = try read(Self.everything).configuration
    #expect(configuration.hosts == ["app.test"])
    let api = configuration.services[0]
    #expect(api.ports.mode == .environment(variable: "API_PORT"))
    #expect(api.ports.port == 8080)
    #expect(!api.ports.allowsRemote)
    #expect(api.reload.strategy == .signal(10))
    #expect(api.reload.drain == .seconds(3))
    #expect(api.reload.hold.time == .seconds(20))
    #expect(api.reload.hold.requests == 5)
    #expect(api.reload.hold.bodiesInBytes == 1 << 20)
    #expect(!api.proxy.reloadsBrowsers)
    #expect(api.proxy.keepsCacheHeaders)
    #expect(api.proxy.captureInBytes == 64 << 10)
    let limits = api.proxy.limits
    #expect(limits.requestLineInBytes == 2 << 10)
    #expect(limits.headInBytes == 8 << 10)
    #expect(limits.fields == 20)
    #expect(limits.bodyInBytes == 10 << 20)
    #expect(limits.headTime == .seconds(5))
    #expect(limits.bodyTime == .seconds(6))
    #expect(limits.idleTime == .seconds(7))
    #expect(limits.answerTime == .seconds(8))
    let protection = api.proxy.protection
    var limit = RateLimitSpec(requests: 100, per: .seconds(1), burst: 50)
    limit.kind = .leaky
    #expect(protection.limit == limit)
    #expect(protection.maxInFlight == 10)
    #expect(protection.maxQueue == 20)
    var breaker = BreakerSpec()
    breaker.failures = 0.125
    breaker.over = .seconds(20)
    breaker.min = 10
    breaker.open = .seconds(1)
    breaker.probes = 1
    breaker.fallback = .upstream(SocketAddress(host: "127.0.0.1", port: 9000))
    #expect(protection.breaker == breaker)
    var retry = RetrySpec()
    retry.attempts = 4
    retry.backoff = .milliseconds(10)
    retry.timeout = .seconds(2)
    #expect(protection.retry == retry)
    var fault = FaultSpec()
    fault.delay = .milliseconds(300)
    fault.jitter = .milliseconds(100)
    fault.errors = 0.05
    fault.bytesPerSecond = 64 << 10
    #expect(protection.fault == fault)
  }

  @Test func `what init writes of them means the same`() throws {
    let original = try read(Self.everything).configuration
    let again = try read(original.rendered(environment: ["HOME": "/home/someone"])).configuration
    #expect(again.hosts == original.hosts)
    #expect(again.services[0].ports == original.services[0].ports)
    #expect(again.services[0].reload == original.services[0].reload)
    #expect(again.services[0].proxy == original.services[0].proxy)
  }

  @Test func `without them the port is taken over and nothing is limited`() throws {
    let api = try read("[service.api]\nrun = \"x\"").configuration.services[0]
    #expect(api.ports == PortSpec())
    #expect(api.ports.mode == .takeover)
    #expect(api.reload == ReloadSpec())
    #expect(api.proxy == ProxySpec())
  }

  @Test func `hold may be only a time`() throws {
    let api = try read("[service.api]\nrun = \"x\"\nhold = \"5s\"").configuration.services[0]
    #expect(api.reload.hold.time == .seconds(5))
    #expect(api.reload.hold.requests == 1_000)
  }

  @Test(arguments: [
    (
      "ports = \"proxy\"",
      "devtop.toml:3:9: service.a.ports: \"proxy\" is not a value of it; known: takeover, env, handoff, off"
    ),
    (
      "ports = \"handoff\"",
      "devtop.toml:3:9: service.a.ports: \"handoff\" needs the port that devtop listens on: write port = 8080"
    ),
    ("port_variable = \"X\"", "devtop.toml:3:17: service.a.port_variable needs ports = \"env\""),
    (
      "reload = \"swop\"",
      "devtop.toml:3:10: service.a.reload: \"swop\" is not a value of it; did you mean \"swap\"?"
    ),
    (
      "reload = \"signal:USR9\"",
      "devtop.toml:3:10: service.a.reload: there is no signal \"USR9\"; did you mean \"USR1\"?"
    ),
    (
      "limit = { rate = \"many\" }",
      "devtop.toml:3:18: service.a.limit.rate: expected a rate such as \"100/s\" or \"20/10s\", found the string \"many\""
    ),
    ("limit = {}", "devtop.toml:3:9: service.a.limit needs rate = \"100/s\""),
    ("max_queue = 3", "devtop.toml:3:1: service.a.max_queue needs max_in_flight"),
    (
      "max_in_flight = 0",
      "devtop.toml:3:17: service.a.max_in_flight: expected a whole number, at least 1, found the integer 0"
    ),
    (
      "fault = { errors = \"5%\" }",
      "devtop.toml:3:20: service.a.fault.errors: expected a share and a status such as \"5% 503\", found the string \"5%\""
    ),
    (
      "fault = { delay = \"1ms±2ms\" }",
      "devtop.toml:3:19: service.a.fault.delay: expected a delay such as \"300ms\" or \"300ms±100ms\", found the string \"1ms±2ms\""
    ),
    (
      "breaker = { fallback = \"http://example.com:80\" }",
      "devtop.toml:3:24: service.a.breaker.fallback: expected a numeric address such as \"http://127.0.0.1:9000\", found \"http://example.com:80\""
    ),
  ])
  func `a mistake is named with its place and the way out`(line: String, message: String) throws {
    #expect(try errors("[service.a]\nrun = \"x\"\n\(line)\n") == [message])
  }

  @Test(arguments: [("100/s", 100, 1), ("20/10s", 20, 10), (" 5 / m ", 5, 60), ("3/h", 3, 3600)])
  func `a rate has a number and a time`(text: String, count: Int, seconds: Int) throws {
    let rate = try #require(RateText.parse(text))
    #expect(rate.count == count)
    #expect(rate.per == .seconds(seconds))
    let again = try #require(RateText.parse(RateText.text(rate.count, per: rate.per)))
    #expect(again.count == count)
    #expect(again.per == .seconds(seconds))
  }
}
