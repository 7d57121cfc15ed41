/// The script in pages that reloads them, swaps their styles and images, and shows what is wrong.
package enum ReloadScript {
  /// ES2017 in ASCII, without parts from elsewhere; texts of others reach the page as text only.
  package static let text =
    #"""
    // devtop: reloads this page after a change. Set live_reload = false in devtop.toml to be without it.
    (() => {
      'use strict';
      const tag = document.currentScript;
      const page = tag ? tag.dataset : {};
      if (tag) tag.remove(); // The page's own scripts find the page as it was written.
      const isProblemPage = 'problem' in page;
      const isTop = window === window.top;

      // A frame is looked after by the page around it.
      const isLookedAfter = () => {
        try { return !isTop && window.top.__devtop === true; } catch (error) { return false; }
      };
      if (window.__devtop || (isLookedAfter() && !isProblemPage)) return;
      Object.defineProperty(window, '__devtop', { value: true });

      // What outlives a reload; storage may be forbidden.
      const TRIED = 'devtop:tried';
      const SCROLL = 'devtop:scroll';
      const recall = key => { try { return sessionStorage.getItem(key); } catch (error) { return null; } };
      const keep = (key, value) => { try { sessionStorage.setItem(key, value); } catch (error) { /* without */ } };
      const forget = key => { try { sessionStorage.removeItem(key); } catch (error) { /* without */ } };

      // Reloading

      let own = page.version || null;
      let isReloading = false;
      const reload = reason => {
        if (isReloading) return;
        isReloading = true;
        keep(TRIED, reason);
        keepScroll();
        location.reload();
      };

      const keepScroll = () => {
        const inner = Array.from(document.querySelectorAll('body *')).filter(e => e.scrollTop || e.scrollLeft);
        const places = inner.slice(0, 20).map(e => [pathTo(e), e.scrollLeft, e.scrollTop]);
        places.push(['', window.scrollX, window.scrollY]);
        keep(SCROLL, JSON.stringify({ address: location.href, places }));
      };

      const pathTo = element => {
        if (element.id) return '#' + CSS.escape(element.id);
        const parent = element.parentElement;
        if (!parent) return element.localName;
        return pathTo(parent) + ' > :nth-child(' + (Array.from(parent.children).indexOf(element) + 1) + ')';
      };

      // Pages grow while they load: tried again until it fits, for two seconds, or until somebody scrolls.
      const restoreScroll = () => {
        const kept = JSON.parse(recall(SCROLL) || 'null');
        forget(SCROLL);
        if (!kept || kept.address !== location.href) return;
        const end = Date.now() + 2000;
        let isTouched = false;
        for (const name of ['wheel', 'touchstart', 'pointerdown', 'keydown']) {
          addEventListener(name, () => { isTouched = true; }, { once: true, passive: true, capture: true });
        }
        const step = () => {
          if (isTouched || Date.now() > end) return;
          let isThere = document.readyState === 'complete';
          for (const [path, left, top] of kept.places) {
            const element = path ? document.querySelector(path) : document.scrollingElement;
            if (element) element.scrollTo({ left, top, behavior: 'instant' });
            if (!element || Math.abs(element.scrollTop - top) > 1) isThere = false;
          }
          if (!isThere) requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
      };

      // Styles and images

      const documents = view => {
        const found = [];
        try {
          found.push(view.document);
          for (let i = 0; i < view.frames.length; i += 1) found.push(...documents(view.frames[i]));
        } catch (error) { /* another origin's frame */ }
        return found;
      };
      const all = selector =>
        documents(window).reduce((found, one) => found.concat(Array.from(one.querySelectorAll(selector))), []);

      const nameOf = address => {
        const name = address.split(/[?#]/)[0].split('/').pop();
        try { return decodeURIComponent(name); } catch (error) { return name; }
      };
      const isOwn = address => {
        try { return new URL(address, document.baseURI).origin === location.origin; } catch (error) { return false; }
      };
      const fresh = address => {
        const [, path, query, hash] = /^([^?#]*)(\?[^#]*)?(#[^]*)?$/.exec(address);
        const others = (query || '').slice(1).split('&').filter(part => part && !part.startsWith('devtop='));
        return path + '?' + others.concat('devtop=' + Date.now().toString(36)).join('&') + (hash || '');
      };

      const successors = new Map(); // Style sheets that wait for the new one to be loaded.
      const replaceSheet = link => {
        if (successors.has(link)) successors.get(link).remove();
        const next = link.cloneNode(false);
        next.href = fresh(link.href);
        const end = loser => () => {
          loser.remove();
          if (successors.get(link) === next) successors.delete(link);
        };
        next.addEventListener('load', end(link), { once: true });
        next.addEventListener('error', end(next), { once: true });
        successors.set(link, next);
        link.after(next);
      };

      const swapStyles = paths => {
        const names = paths.map(nameOf);
        const arriving = Array.from(successors.values());
        const links = all('link[rel~="stylesheet"][href]').filter(e => isOwn(e.href) && !arriving.includes(e));
        const known = name => links.some(link => nameOf(link.href) === name);
        if (names.every(known)) {
          links.filter(link => names.includes(nameOf(link.href))).forEach(replaceSheet);
          return;
        }
        // Imported, bundled or renamed: it can be in any of them.
        const importers = all('style').filter(style => /@import/.test(style.textContent));
        if (links.length + importers.length === 0) { reload(own); return; }
        links.forEach(replaceSheet);
        importers.forEach(style => style.replaceWith(style.cloneNode(true)));
      };

      const swapImages = paths => {
        const names = paths.map(nameOf);
        const renewed = address => (names.includes(nameOf(address)) && isOwn(address) ? fresh(address) : address);
        const renewedSet = text => text.replace(/[^\s,]\S*[^\s,]/g, renewed);
        const renewedStyle = text =>
          text.replace(/url\(\s*(["']?)([^]*?)\1\s*\)/g, (whole, quote, address) =>
            (renewed(address) === address ? whole : 'url("' + renewed(address) + '")'));
        const change = (selector, attribute, renew) => {
          for (const element of all(selector + '[' + attribute + ']')) {
            const before = element.getAttribute(attribute);
            if (renew(before) !== before) element.setAttribute(attribute, renew(before));
          }
        };
        for (const selector of ['img', 'source', 'input[type=image]']) change(selector, 'src', renewed);
        for (const selector of ['img', 'source']) change(selector, 'srcset', renewedSet);
        for (const selector of ['link[rel~="icon"]', 'image']) change(selector, 'href', renewed);
        change('video', 'poster', renewed);
        const changeStyle = style => {
          for (const property of Array.from(style)) {
            const before = style.getPropertyValue(property);
            const after = before.includes('url(') ? renewedStyle(before) : before;
            if (after !== before) style.setProperty(property, after, style.getPropertyPriority(property));
          }
        };
        const changeRules = sheet => {
          try {
            for (const rule of Array.from(sheet.cssRules)) {
              if (rule.style) changeStyle(rule.style);
              if (rule.styleSheet) changeRules(rule.styleSheet);
              if (rule.cssRules) changeRules(rule);
            }
          } catch (error) { /* another origin's sheet */ }
        };
        for (const element of all('[style*="url("]')) changeStyle(element.style);
        for (const one of documents(window)) Array.from(one.styleSheets).forEach(changeRules);
      };

      // What is wrong

      const css = /*style*/'';
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

      // The stream

      const on = {
        hello({ version, problem }) {
          const reason = version + ' ' + (problem ? problem.id : '');
          if (own === null) own = version;
          if (own === version && (!isProblemPage || page.problem === (problem ? problem.id : ''))) {
            forget(TRIED);
          } else if (recall(TRIED) === reason) {
            own = version; // Reloading did not help: the page comes out of somebody's cache.
          } else {
            reload(reason);
            return;
          }
          if (problem) show(problem); else hide();
        },
        reload({ version }) {
          if (version !== own) reload(version);
        },
        styles({ version, paths }) {
          if (version === own) return;
          own = version;
          swapStyles(paths);
        },
        images({ version, paths }) {
          if (version === own) return;
          own = version;
          swapImages(paths);
        },
        problem(problem) {
          dismissed = null;
          if (isProblemPage) reload(problem.id); else show(problem);
        },
        mended() {
          dismissed = null;
          if (isProblemPage) reload('mended'); else hide();
        },
      };

      let stream = null;
      let failures = 0;
      let leaving = 0;
      const open = () => {
        if (stream || document.hidden) return;
        const opened = new EventSource(location.origin + '/__devtop/events');
        stream = opened;
        for (const name of Object.keys(on)) {
          opened.addEventListener(name, event => {
            failures = 0;
            on[name](JSON.parse(event.data));
          });
        }
        opened.onerror = () => {
          if (opened.readyState !== 2) return; // The browser connects again by itself.
          if (stream === opened) stream = null;
          failures += 1;
          if (failures <= 6) setTimeout(open, 500 * 2 ** failures); // Then somebody else has the port.
        };
      };
      const close = () => {
        if (stream) stream.close();
        stream = null;
      };
      // Browsers open six connections to a server at most: pages that nobody sees leave them to others.
      document.addEventListener('visibilitychange', () => {
        clearTimeout(leaving);
        failures = 0;
        if (document.hidden) leaving = setTimeout(close, 60000); else open();
      });
      addEventListener('pagehide', close);
      addEventListener('pageshow', open);

      restoreScroll();
      open();
    })();

    """#.replacing("/*style*/''", with: BrowserJSON.string(ProblemStyle.css))
}
