/// Tab in the prompts of filters.
extension AppState {
  /// Asks for what may follow; where that is known, the next candidate is taken.
  mutating func complete(forward: Bool) -> [Effect] {
    guard var prompt = screen.prompt, prompt.purpose == .filter || prompt.purpose == .requestFilter else {
      return []
    }
    guard var completion = prompt.completion, let candidate = completion.select(forward: forward) else {
      return [
        .logs(.complete(prompt.editor.textBeforeCursor, isOfRequests: prompt.purpose == .requestFilter))
      ]
    }
    prompt.editor.replace(from: completion.start, with: candidate.text)
    prompt.completion = completion
    screen.prompt = prompt
    return promptChanged()
  }

  /// Takes what was found, unless something else has been typed meanwhile.
  mutating func take(_ found: FilterCompletion, for text: String) -> [Effect] {
    guard var prompt = screen.prompt, prompt.editor.textBeforeCursor == text else { return [] }
    // A single one needs no list: the next Tab asks for what follows it.
    prompt.completion = found.candidates.count == 1 ? nil : found
    if let common = found.common { prompt.editor.replace(from: found.start, with: common) }
    screen.prompt = prompt
    return prompt.editor.textBeforeCursor == text ? [] : promptChanged()
  }
}
