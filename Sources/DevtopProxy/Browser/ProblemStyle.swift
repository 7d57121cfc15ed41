/// How a problem looks, as a page of its own (`:root`) and over a page (`:host`).
enum ProblemStyle {
  static let css = """
    :host,:root{color-scheme:light dark;--paper:#fffefc;--ground:#f1efea;--ink:#25262c;--dim:#6a6d7a;--line:#e4e1da;\
    --code:#f6f4f0;--error:#c2213b;--warning:#94600a;--note:#2560bd;--mark:#c2213b14}
    @media (prefers-color-scheme:dark){:host,:root{--paper:#1a1b21;--ground:#121317;--ink:#e3e4ea;--dim:#9699a8;\
    --line:#2e303a;--code:#14151a;--error:#ff7085;--warning:#eab65c;--note:#79b0ff;--mark:#ff708522}}
    :root{background:var(--ground)}
    :host{all:initial;display:block;position:fixed;inset:0;width:auto;height:auto;max-width:none;max-height:none;\
    margin:0;border:0;padding:0;overflow:auto;overscroll-behavior:contain;z-index:2147483647;background:#0b0c10b8}
    body{margin:0}
    *{box-sizing:border-box}
    .sheet{max-width:960px;margin:6vh auto;overflow:hidden;border-radius:10px;border-top:4px solid var(--error);\
    background:var(--paper);color:var(--ink);box-shadow:0 1px 3px #0003,0 12px 48px #0004;\
    font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;text-align:left;direction:ltr}
    header{display:flex;align-items:center;gap:12px;padding:18px 24px;border-bottom:1px solid var(--line)}
    h1{flex:1;min-width:0;margin:0;font-size:19px;line-height:1.3;font-weight:650;overflow-wrap:anywhere}
    .service{padding:2px 10px;border-radius:99px;background:var(--code);color:var(--dim);font-size:13px}
    button{padding:3px 11px;border:1px solid var(--line);border-radius:6px;background:var(--code);color:var(--dim);\
    font:inherit;font-size:13px;cursor:pointer}
    button:hover,button:focus-visible{color:var(--ink);border-color:var(--dim)}
    section{padding:16px 24px;border-bottom:1px solid var(--line)}
    .place,pre{font-family:ui-monospace,"SF Mono",SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
    .place{margin:0;color:var(--dim);font-size:13px;overflow-wrap:anywhere}
    .place b{font-weight:600;color:var(--error)}
    .warning .place b{color:var(--warning)}
    .note .place b{color:var(--note)}
    .message{margin:4px 0 0;font-weight:600;white-space:pre-wrap;overflow-wrap:anywhere}
    pre{margin:12px 0 0;padding:12px 0;overflow:auto;border:1px solid var(--line);border-radius:6px;\
    background:var(--code);font-size:13px;line-height:1.55;tab-size:4}
    pre.output{max-height:60vh;margin:16px 24px}
    pre span{display:block;width:max-content;min-width:100%;min-height:1.55em;padding:0 14px;white-space:pre}
    pre .mark{background:var(--mark);color:var(--error)}
    .remark,.lead{margin:0;padding:16px 24px 0}
    .remark,footer{color:var(--dim);font-size:13px}
    footer{padding:14px 24px}
    @media (max-width:1000px){.sheet{margin:0;border-radius:0;min-height:100vh}}
    @media print{:host{position:static}}
    """

  /// Whether a line of a code frame points at the place: `> 12 | …`, or carets below it.
  ///
  /// The script has the same rule.
  static func isMark(_ line: String) -> Bool {
    let text = line.drop { $0 == " " || $0 == "\t" }
    if text.first == ">" { return true }
    let pointer = text.drop { $0 == " " || $0 == "\t" || $0 == "|" }.first
    return pointer == "^" || pointer == "~"
  }
}
