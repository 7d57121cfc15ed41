import CNcurses
import DevtopCore
import DevtopDashboard

/// The colour pairs that were asked for so far, numbered from 1; pair 0 is the terminal's own colours.
struct PairTable {
  /// What a cell's style is to the terminal.
  struct Rendition {
    var pair: Int32
    var attributes: Int32
  }

  private let depth: ColorDepth
  private let limit: Int
  private var renditions: [PackedStyle: Rendition] = [:]
  private var pairs: [Numbers: Int32] = [:]

  private struct Numbers: Hashable {
    var foreground: Int32
    var background: Int32
  }

  init(depth: ColorDepth, limit: Int) {
    self.depth = depth
    self.limit = limit
  }

  /// The pair and attributes of a style; `define` is called for a pair that is new.
  mutating func rendition(
    of style: PackedStyle, define: (_ pair: Int32, _ foreground: Int32, _ background: Int32) -> Void
  ) -> Rendition {
    if let known = renditions[style] { return known }
    var attributes = Int32(style.attributes.rawValue & 31)
    let foreground = depth.number(of: style.foreground)
    let background = depth.number(of: style.background)
    var numbers = Numbers(foreground: foreground.number, background: background.number)
    if foreground.isBright {
      // Bold black is invisible where bold does not brighten: dim is the grey of eight colours.
      if numbers.foreground == 0 {
        numbers.foreground = -1
        attributes |= Int32(CNCURSES_DIM)
      } else {
        attributes |= Int32(CNCURSES_BOLD)
      }
    }
    let rendition = Rendition(pair: pair(for: numbers, define), attributes: attributes)
    // Programs may print any number of colours: what is kept is bounded.
    if renditions.count >= 65_536 { renditions.removeAll(keepingCapacity: true) }
    renditions[style] = rendition
    return rendition
  }

  private mutating func pair(for numbers: Numbers, _ define: (Int32, Int32, Int32) -> Void) -> Int32 {
    if numbers.foreground < 0, numbers.background < 0 { return 0 }
    if let known = pairs[numbers] { return known }
    // No pair is left: the terminal's own colours, never wrong ones.
    guard pairs.count < limit else { return 0 }
    let pair = Int32(pairs.count + 1)
    define(pair, numbers.foreground, numbers.background)
    pairs[numbers] = pair
    return pair
  }
}
