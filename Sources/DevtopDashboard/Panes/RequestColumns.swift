import DevtopCore

/// Where the parts of a request's row begin and end.
struct RequestColumns {
  let time: Int
  let method: Int
  let path: Int
  let pathEnd: Int
  let status: Int
  let durationEnd: Int
  let sizeEnd: Int
  let service: Int
  /// Request ids; at `end` where there is no room for them.
  let requestID: Int
  let end: Int

  init(state: AppState, frame: Layout.Frame) {
    end = frame.column + frame.columns
    let isNarrow = frame.columns < 60
    time = frame.column + 1
    method = time + (isNarrow ? 6 : 9)
    path = method + 7
    let hasIDs = frame.columns >= 90 && state.requests.services.values.contains { !$0.proxiedRuns.isEmpty }
    requestID = hasIDs ? end - 9 : end
    let longest = state.services.map { DisplayWidth.columns(of: $0.id.name) }.max() ?? 0
    service = isNarrow ? end : requestID - max(3, min(longest, 10)) - (hasIDs ? 1 : 0)
    sizeEnd = isNarrow ? end : service - 1
    durationEnd = isNarrow ? end : sizeEnd - 6
    status = durationEnd - 11
    pathEnd = max(path, status - 1)
  }
}
