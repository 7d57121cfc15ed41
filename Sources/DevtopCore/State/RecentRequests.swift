/// The newest requests, newest first: at most `capacity`, with at most `captureLimitInBytes` of heads and bodies.
package struct RecentRequests: RandomAccessCollection, Equatable, Sendable {
  package static let capacity = 500
  /// What heads and bodies of all of them may take; the oldest ones are let go first, which they then say.
  package static let captureLimitInBytes = 16 << 20
  /// A log line may call anything a path.
  private static let pathLimitInBytes = 4_096

  /// A ring once it is full.
  private var samples: [RequestSample] = []
  /// How many were ever added; the one added as the nth has the place n modulo `capacity`.
  package private(set) var added = 0
  /// What the exchanges take that have all that was recorded.
  package private(set) var capturedBytes = 0
  /// All that were added before this one have let go of their heads and bodies.
  private var firstWhole = 0

  package init() {}

  package init(_ samples: some Sequence<RequestSample>) {
    for sample in samples { add(sample) }
  }

  package var startIndex: Int { 0 }
  package var endIndex: Int { samples.count }

  package subscript(index: Int) -> RequestSample { samples[place(of: added - 1 - index)] }

  /// Adds a request as the newest one.
  package mutating func add(_ sample: RequestSample) {
    var sample = sample
    if sample.source == .log, sample.path.utf8.count > Self.pathLimitInBytes {
      sample.path = String(decoding: sample.path.utf8.prefix(Self.pathLimitInBytes), as: UTF8.self)
    }
    if samples.count < Self.capacity {
      samples.append(sample)
    } else {
      let place = place(of: added)
      // What it has let go of counts no longer.
      if added - Self.capacity >= firstWhole { capturedBytes -= samples[place].capturedBytes }
      samples[place] = sample
    }
    added += 1
    capturedBytes += sample.capturedBytes
    letGo()
  }

  /// Puts what a WebSocket or an event stream came to where it was while it went on; false where it is not there.
  mutating func finish(_ sample: RequestSample) -> Bool {
    guard sample.isLasting, let id = sample.exchange?.requestID,
      let index = firstIndex(where: {
        $0.isOpen && $0.service == sample.service && $0.exchange?.requestID == id && $0.path == sample.path
      })
    else { return false }
    let number = added - 1 - index
    let place = place(of: number)
    if number >= firstWhole {
      capturedBytes += sample.capturedBytes - samples[place].capturedBytes
      samples[place] = sample
      letGo()
    } else {
      samples[place] = sample
      samples[place].exchange?.abridge()
    }
    return true
  }

  private mutating func letGo() {
    firstWhole = Swift.max(firstWhole, added - samples.count)
    while capturedBytes > Self.captureLimitInBytes, firstWhole < added {
      let place = place(of: firstWhole)
      capturedBytes -= samples[place].capturedBytes
      samples[place].exchange?.abridge()
      firstWhole += 1
    }
  }

  private func place(of number: Int) -> Int { number % Self.capacity }
}

extension RequestSample {
  /// What its heads and bodies take.
  fileprivate var capturedBytes: Int {
    guard let exchange else { return 0 }
    let fields = (exchange.requestFields + exchange.answerFields).reduce(0) {
      $0 + $1.name.utf8.count + $1.value.utf8.count + MemoryLayout<HeaderField>.stride
    }
    return fields + (exchange.requestBody?.count ?? 0) + (exchange.answerBody?.count ?? 0)
  }
}

extension RequestSample.Exchange {
  /// Lets go of heads and bodies.
  fileprivate mutating func abridge() {
    requestFields = []
    answerFields = []
    requestBody = nil
    answerBody = nil
    isAbridged = true
  }
}
