import DevtopCore

/// A finished request.
func sample(
  _ path: String = "/", run: RunNumber = 1, method: String = "GET", status: Int = 200,
  milliseconds: Int = 5,
  from source: RequestSample.Source = .proxy, service: ServiceID = "api"
) -> RequestSample {
  var sample = RequestSample(
    service: service, run: run, time: WallTime(milliseconds: 1_000_000), method: method, path: path,
    status: status, duration: .milliseconds(milliseconds))
  sample.source = source
  if source == .proxy { sample.exchange = RequestSample.Exchange(requestID: "9f3a", client: "127.0.0.1") }
  return sample
}
