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
  let end: Int

  init(state: AppState, frame: Layout.Frame) {
    end = frame.column + frame.columns
    let isNarrow = frame.columns < 60
    time = frame.column + 1
    method = time + (isNarrow ? 6 : 9)
    path = method + 7
    let longest = state.services.map { DisplayWidth.columns(of: $0.id.name) }.max() ?? 0
    service = isNarrow ? end : end - max(3, min(longest, 10))
    sizeEnd = isNarrow ? end : service - 1
    durationEnd = isNarrow ? end : sizeEnd - 6
    status = durationEnd - 11
    pathEnd = max(path, status - 1)
  }
}
