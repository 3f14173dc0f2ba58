// Starts Swagger UI on the page of a reference. What is typed under Authorize stays in this tab; calls go to no server that an
// administrator has not confirmed, and never with the portal's own cookies. And gives what it draws the names, levels and keys that
// people need who see, hear or move otherwise.
(() => {
  "use strict";
  const place = document.getElementById("reference");
  if (!place || !window.SwaggerUIBundle) return;
  const decoded = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return "";
    }
  };
  const { specification, servers, tries, schemas, hideInternal, hideDeprecated } = place.dataset;
  const confirmed = new Set(servers.split(" ").filter(Boolean));
  const told = document.getElementById("call");
  const unconfirmed = new WeakSet();

  // The operation that the address names, as results of a search do: opened once it is drawn.
  const [, method, path] = /^#(\w+) (\/.*)$/s.exec(decoded(location.hash)) || [];
  let awaited = Boolean(path);
  const isWanted = (one) => one.get("path") === path && one.get("method") === method.toLowerCase();

  const originOf = (url) => {
    try {
      return new URL(url, location.href).origin;
    } catch {
      return "";
    }
  };

  const tell = (sentence) => {
    told.textContent = sentence;
    told.hidden = !sentence;
  };

  const explain = (error) => {
    if (unconfirmed.has(error)) {
      return "Nothing was sent: no administrator of this portal has confirmed that server. The curl line below makes the call from a terminal.";
    }
    return "The call got no answer that this page may read. Either the server cannot be reached, or it does not allow calls from pages of this portal (CORS): its owner has to answer with the header Access-Control-Allow-Origin. From a terminal, the curl line below works all the same.";
  };

  const refuse = () => {
    const error = new TypeError("This server is not confirmed.");
    unconfirmed.add(error);
    return Promise.reject(error);
  };

  const left = (operation) => {
    const marked = (name) => operation.getIn(["operation", name]) === true;
    return !(hideInternal === "true" && marked("x-internal")) && !(hideDeprecated === "true" && marked("deprecated"));
  };

  // Of an API with many operations the groups are drawn first, closed: each is drawn when it is opened.
  const MANY = 150;
  const shown = (original, { specSelectors }) => (_state, thing, otherwise) => {
    const [what, tag] = [].concat(thing);
    if (what !== "operations-tag") return original(thing, otherwise);
    const operations = specSelectors.operations();
    const wanted = path && operations.find(isWanted);
    const tags = wanted && wanted.getIn(["operation", "tags"]);
    const leads = wanted && (tags && tags.size ? tags.includes(tag) : tag === "default");
    return original(thing, operations.size > MANY && !leads ? false : otherwise);
  };
  const open = () => {
    const fits = (one) => one.querySelector("[data-path]")?.dataset.path === path
      && one.querySelector(".opblock-summary-method")?.textContent.trim() === method;
    const summary = awaited && [...place.querySelectorAll(".opblock-summary")].find(fits);
    if (!summary) return;
    awaited = false;
    const button = summary.querySelector(".opblock-summary-control");
    if (button.getAttribute("aria-expanded") !== "true") button.click();
    button.focus();
    summary.scrollIntoView();
  };

  // JSON is read as JSON: as YAML, which Swagger UI takes everything for, a large document takes seconds.
  const read = (original, { specActions, specSelectors }) => (text) => {
    try {
      return specActions.updateJsonSpec(JSON.parse(text || specSelectors.specStr()));
    } catch {
      return original(text);
    }
  };

  const portal = () => ({
    statePlugins: {
      layout: { wrapSelectors: { isShown: shown } },
      spec: {
        wrapActions: {
          parseToJson: read,
          setResponse: (original) => (path, method, response) => {
            // An answer is an answer, whatever its status; an error without one was never read.
            const unread = response && response.error && !(response.err && (response.err.status || response.err.response));
            tell(unread ? explain(response.err) : "");
            return original(path, method, response);
          },
        },
        wrapSelectors: {
          taggedOperations: (original) => (...args) =>
            original(...args)
              .map((tag) => tag.set("operations", tag.get("operations").filter(left)))
              .filter((tag) => tag.get("operations").size > 0),
        },
      },
    },
  });

  // The key is typed in a dialog of the browser's: the focus stays in it and goes back, and Escape closes it.
  const inDialog = (Original, { React, authActions }) => {
    const close = () => authActions.showDefinitions(false);
    return function Dialog(props) {
      const dialog = React.useRef(null);
      const [opener] = React.useState(() => document.activeElement);
      React.useEffect(() => {
        dialog.current.showModal();
        dialog.current.querySelector("input")?.focus();
        return () => opener?.focus();
      }, []);
      const cancelled = (event) => {
        event.preventDefault();
        close();
      };
      return React.createElement(
        "dialog",
        { ref: dialog, "aria-label": "Credentials", onCancel: cancelled },
        React.createElement(Original, props),
      );
    };
  };

  const lock = (_, { React, getComponent }) => {
    return function Lock({ isAuthorized, onClick }) {
      const Icon = getComponent(isAuthorized ? "LockAuthOperationIcon" : "UnlockAuthOperationIcon", true);
      const name = isAuthorized ? "Authorized: change the credentials" : "Authorize: enter the credentials";
      const more = { type: "button", className: `authorization__btn${isAuthorized ? " held" : ""}`, "aria-label": name, title: name };
      return React.createElement("button", { ...more, onClick: () => onClick?.() }, React.createElement(Icon));
    };
  };

  // Operations without a tag come under "default", which is no word of their author's.
  const named = (Original, { React }) => {
    return function Named(props) {
      return React.createElement(Original, { ...props, text: props.text === "default" ? "Operations" : props.text });
    };
  };

  const parts = () => ({
    wrapComponents: {
      authorizationPopup: inDialog,
      authorizeOperationBtn: lock,
      CopyToClipboardBtn: () => () => null,
      DeepLink: named,
    },
  });

  // How deep a heading stands in the page. What an author wrote in Markdown stands below the heading that it belongs to.
  const depths = [
    ["h3.opblock-tag, .models > h4, .webhooks > h2", 2],
    [".modal-ux h3", 2],
    [".auth-container h4", 3],
    [".opblock-body h5", 4],
    [".opblock-body h4, .errors__title", 3],
    [".opblock-body h2", 4],
  ];
  const written = ".markdown, .renderedMarkdown";
  const depth = (heading) => {
    const own = Number(heading.tagName[1]);
    if (heading.closest(written)) return own + (heading.closest(".opblock-body") ? 3 : 1);
    return depths.find(([selector]) => heading.matches(selector))?.[1] ?? own;
  };

  const level = () => {
    let last = 1;
    for (const heading of place.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
      if (heading.closest("hgroup.main")) continue;
      last = Math.min(depth(heading), last + 1, 6);
      heading.setAttribute("aria-level", last);
    }
  };

  // What a field is for, by what stands beside it.
  const purpose = (field) => {
    const { variable } = field.dataset;
    if (variable) return `Server variable ${variable}`;
    if (field.closest(".servers")) return "Server";
    if (field.closest(".schemes")) return "Scheme";
    if (field.closest(".examples-select")) return "Example";
    const row = field.closest("tr");
    const parameter = row?.querySelector(".parameter__name")?.firstChild?.textContent.trim();
    if (parameter) return field.type === "checkbox" ? `Send ${parameter} empty` : parameter;
    if (field.closest(".opblock-section-request-body, .body-param")) return "Request body";
    return field.placeholder || "Value";
  };

  const name = () => {
    for (const field of place.querySelectorAll("select, input, textarea")) {
      if (!field.hasAttribute("aria-label") && !field.labels?.[0]?.textContent.trim().length) field.setAttribute("aria-label", purpose(field));
      if (field.closest("dialog")) field.autocomplete = "off";
    }
    // The list of servers stands in a label that has no words.
    place.querySelector("#servers")?.setAttribute("aria-label", "Server");
    for (const button of place.querySelectorAll(".expand-operation")) {
      button.setAttribute("aria-label", `Operations of ${button.closest(".opblock-tag").querySelector("a, span")?.textContent.trim()}`);
      button.removeAttribute("title");
    }
    for (const button of place.querySelectorAll(".copy-to-clipboard button")) button.setAttribute("aria-label", "Copy");
    for (const button of place.querySelectorAll(".auth-btn-wrapper [aria-label]")) button.removeAttribute("aria-label");
    for (const table of place.querySelectorAll("table[role]")) table.removeAttribute("role");
    for (const button of place.querySelectorAll(".json-schema-form-item-remove")) button.setAttribute("aria-label", "Remove the item");
    place.querySelector(".close-modal")?.setAttribute("aria-label", "Close");
    for (const button of place.querySelectorAll(".model-box-control, .json-schema-2020-12-accordion")) {
      if (!button.textContent.trim()) button.setAttribute("aria-label", "Schema");
    }
    for (const button of place.querySelectorAll(".json-schema-2020-12-accordion")) {
      button.setAttribute("aria-expanded", Boolean(button.querySelector(".json-schema-2020-12-accordion__icon--expanded")));
    }
  };

  // What is pressed though it is no button, and what is scrolled without holding anything that takes the focus.
  const reach = () => {
    const pressed = ".tab-item:nth-child(n + 2), .tab-item:has(+ .tab-item), .scopes h2 a";
    for (const element of place.querySelectorAll(pressed)) {
      element.setAttribute("role", "button");
      element.tabIndex = 0;
    }
    for (const box of place.querySelectorAll(".microlight, .model-container")) {
      if (box.scrollHeight > box.clientHeight || box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    }
  };
  place.addEventListener("keydown", (event) => {
    if (![" ", "Enter"].includes(event.key) || !event.target.matches('[role="button"]:not(button)')) return;
    event.preventDefault();
    event.target.click();
  });

  const mend = () => {
    level();
    name();
    reach();
    open();
  };
  new MutationObserver(mend).observe(place, { childList: true, subtree: true });

  window.SwaggerUIBundle({
    url: specification,
    domNode: place,
    layout: "BaseLayout",
    presets: [window.SwaggerUIBundle.presets.apis],
    plugins: [portal, parts],
    syntaxHighlight: { activated: false },
    deepLinking: false,
    queryConfigEnabled: false,
    persistAuthorization: false,
    validatorUrl: null,
    docExpansion: "list",
    defaultModelExpandDepth: 2,
    defaultModelsExpandDepth: schemas === "true" ? 0 : -1,
    supportedSubmitMethods: tries === "true" ? ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"] : [],
    requestInterceptor: (request) => {
      if (request.loadSpec) return request;
      request.credentials = "omit";
      if (!confirmed.has(originOf(request.url))) request.userFetch = refuse;
      return request;
    },
  });
})();
