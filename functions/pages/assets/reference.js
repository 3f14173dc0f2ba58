// Starts Swagger UI on the page of a reference. What is typed under Authorize stays in this tab; calls go to no server that an
// administrator has not confirmed, and never with the portal's own cookies.
(() => {
  "use strict";
  const place = document.getElementById("reference");
  if (!place || !window.SwaggerUIBundle) return;
  const { specification, servers, tries, schemas, hideInternal, hideDeprecated } = place.dataset;
  const confirmed = new Set(servers.split(" ").filter(Boolean));
  const told = document.getElementById("call");
  const unconfirmed = new WeakSet();

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

  const portal = () => ({
    statePlugins: {
      spec: {
        wrapActions: {
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

  // The page's own choice of light and dark, for Swagger UI too.
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const dress = () => {
    const chosen = root.dataset.theme;
    root.classList.toggle("dark-mode", chosen ? chosen === "dark" : dark.matches);
  };
  dress();
  dark.addEventListener("change", dress);
  new MutationObserver(dress).observe(root, { attributes: true, attributeFilter: ["data-theme"] });

  window.SwaggerUIBundle({
    url: specification,
    domNode: place,
    layout: "BaseLayout",
    presets: [window.SwaggerUIBundle.presets.apis],
    plugins: [portal],
    deepLinking: false,
    queryConfigEnabled: false,
    persistAuthorization: false,
    validatorUrl: null,
    docExpansion: "list",
    defaultModelsExpandDepth: schemas === "true" ? 1 : -1,
    supportedSubmitMethods: tries === "true" ? ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"] : [],
    requestInterceptor: (request) => {
      if (request.loadSpec) return request;
      request.credentials = "omit";
      if (!confirmed.has(originOf(request.url))) request.userFetch = refuse;
      return request;
    },
  });
})();
