extension ReloadScript {
  /// The overlay that tells what is wrong.
  static let overlay = #"""
      // What is wrong

      const css = \#(BrowserJSON.string(ProblemStyle.css));
      let overlay = null;
      let shown = null;
      let dismissed = null;

      const element = (name, className, text) => {
        const made = document.createElement(name);
        if (className) made.className = className;
        if (text) made.textContent = text;
        return made;
      };
      const isMark = line => /^\s*>|^[\s|]*[\^~]/.test(line);
      const lines = (texts, className) => {
        const block = element('pre', className);
        for (const text of texts) block.append(element('span', isMark(text) && !className ? 'mark' : '', text));
        return block;
      };
      const sheet = problem => {
        const made = element('main', 'sheet');
        const header = element('header');
        const close = element('button', '', 'Close  Esc');
        close.type = 'button';
        close.addEventListener('click', dismiss);
        header.append(element('h1', '', problem.title), close);
        made.append(header);
        for (const finding of problem.diagnostics) {
          const section = element('section', finding.severity);
          const place = element('p', 'place');
          place.append(element('b', '', finding.severity), ' ' + finding.location);
          if (finding.tool) place.append(' \u00b7 ' + finding.tool);
          section.append(place, element('p', 'message', finding.message));
          if (finding.detail.length) section.append(lines(finding.detail));
          made.append(section);
        }
        if (problem.output.length) made.append(lines(problem.output, 'output'));
        if (problem.remark) made.append(element('p', 'remark', problem.remark));
        made.append(element('footer', '', 'devtop \u00b7 This goes away by itself when it is mended.'));
        return made;
      };

      const dress = root => {
        try {
          const style = new CSSStyleSheet(); // A page's policy against styles does not concern it.
          style.replaceSync(css);
          root.adoptedStyleSheets = [style];
        } catch (error) {
          root.append(element('style', '', css));
        }
      };

      const show = problem => {
        if (!isTop || isProblemPage || problem.id === dismissed) return;
        if (overlay && overlay.isConnected && shown === problem.id) return;
        hide();
        shown = problem.id;
        overlay = document.createElement('devtop-overlay');
        overlay.setAttribute('role', 'alertdialog');
        overlay.setAttribute('aria-label', problem.title);
        const root = overlay.attachShadow({ mode: 'open' });
        dress(root);
        root.append(sheet(problem));
        (document.documentElement || document).append(overlay);
        try { // Above the page's own dialogs.
          overlay.popover = 'manual';
          overlay.showPopover();
        } catch (error) { /* an older browser */ }
        addEventListener('keydown', onKey, true);
      };
      const hide = () => {
        if (overlay) overlay.remove();
        overlay = null;
        removeEventListener('keydown', onKey, true);
      };
      const dismiss = () => {
        dismissed = shown;
        hide();
      };
      const onKey = event => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopImmediatePropagation();
        dismiss();
      };


    """#
}
