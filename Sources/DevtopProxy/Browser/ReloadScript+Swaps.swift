extension ReloadScript {
  /// Style sheets and images that take the place of others without a reload.
  static let swaps = #"""
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


    """#
}
