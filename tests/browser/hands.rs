//! What somebody does in a window, by the names that are written there: press, fill in, choose; and by the keyboard alone.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};

use crate::webdriver::Element;
use crate::window::Window;

/// Finds what is shown and has a name: an exact one first, else one that begins so. `arguments`: a selector, the name, and a text that
/// must be in the same row, else in the same section or form.
const FIND: &str = r"
const [selector, name, near] = arguments;
const words = text => (text || '').replace(/\s+/g, ' ').trim();
const byId = ids => (ids || '').split(/\s+/).map(id => words(document.getElementById(id)?.textContent)).join(' ').trim();
const named = e => [byId(e.getAttribute('aria-labelledby')), words(e.getAttribute('aria-label')),
    ...[...(e.labels || [])].map(l => words(l.textContent)), e.matches('input[type=submit]') ? words(e.value) : '',
    e.matches('input, textarea, select') ? '' : words(e.textContent)].filter(Boolean);
const within = places => shown.filter(e => words(e.closest(places)?.textContent).includes(near));
const open = document.querySelector('dialog[open]');
const shown = [...(open || document).querySelectorAll(selector)].filter(e => e.checkVisibility({ visibilityProperty: true }));
const rows = near ? within('tr, li, article, dialog, [data-code]') : shown;
const close = rows.length ? rows : within('section, fieldset, form, nav');
return close.find(e => named(e).includes(name)) || close.find(e => named(e).some(n => n.startsWith(name))) || null;
";
const PRESSED: &str = "button, a[href], summary, input[type=submit], [role=button], [role=tab]";
const FILLED: &str = "input, textarea, select";
/// More stops than any page has.
const STOPS: usize = 120;

/// Keys by their code points in WebDriver.
pub(crate) const TAB: &str = "\u{e004}";
pub(crate) const ENTER: &str = "\u{e007}";
pub(crate) const ESCAPE: &str = "\u{e00c}";

impl Window {
    /// Clicks a button or a link.
    pub(crate) async fn press(&self, name: &str) {
        self.press_near("", name).await;
    }

    /// Clicks the button or link in the row, card or section that has a text.
    pub(crate) async fn press_near(&self, near: &str, name: &str) {
        let arguments = [json!(PRESSED), json!(name), json!(near)];
        let pressed = self.until(async || {
            let element = self.element(FIND, &arguments).await?;
            self.click(&element).await
        });
        if pressed.await.is_none() {
            self.fail(&format!("there is no {name:?} to press")).await;
        }
    }

    /// Follows a link that is in a mail: a click as well.
    pub(crate) async fn follow(&self, link: &str) {
        self.clicks.fetch_add(1, Ordering::Relaxed);
        self.goto(link).await;
    }

    async fn click(&self, element: &Element) -> Option<()> {
        match self.session.post(&element.path("click"), json!({})).await {
            Ok(_) => {
                self.clicks.fetch_add(1, Ordering::Relaxed);
                Some(())
            }
            Err(refused) => self.passing(refused),
        }
    }

    async fn field(&self, label: &str) -> Element {
        match self.element(FIND, &[json!(FILLED), json!(label), json!("")]).await {
            Some(field) => field,
            None => self.fail(&format!("there is no field {label:?}")).await,
        }
    }

    /// Types into the field with a label, in the place of what is there.
    pub(crate) async fn fill(&self, label: &str, text: &str) {
        let field = self.field(label).await;
        self.session.post(&field.path("clear"), json!({})).await.expect("it can be cleared");
        self.session.post(&field.path("value"), json!({ "text": text })).await.expect("it can be filled in");
    }

    /// What the field with a label holds.
    pub(crate) async fn filled(&self, label: &str) -> String {
        let field = self.field(label).await;
        self.script("return arguments[0].value", &[field.argument()]).await.as_str().expect("text").to_owned()
    }

    /// Ticks the box, or takes the one of several choices, that has a label.
    pub(crate) async fn tick(&self, label: &str) {
        let field = self.field(label).await;
        if self.click(&field).await.is_none() {
            self.fail(&format!("{label:?} cannot be ticked")).await;
        }
    }

    /// Presses keys, one after the other, wherever the focus is.
    pub(crate) async fn keys(&self, keys: &str) {
        let strokes = keys.chars().flat_map(|key| ["keyDown", "keyUp"].map(|stroke| json!({ "type": stroke, "value": key })));
        let actions = json!({ "actions": [{ "type": "key", "id": "keys", "actions": strokes.collect::<Vec<_>>() }] });
        self.session.post("/actions", actions).await.expect("the keys are there");
    }

    /// Goes to a button, a link or a field by Tab alone; wherever the focus stops, it must be seen.
    pub(crate) async fn tab_to(&self, name: &str) {
        // A card shows the focus of the link in it.
        let seen = "const outlined = e => { const s = getComputedStyle(e); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0; };
            const e = document.activeElement; if (!e || e === document.body) return true;
            return e.matches(':focus-visible') && (outlined(e) || [e.parentElement, e.closest('li')].some(p => p && outlined(p)));";
        let both = format!("{PRESSED}, {FILLED}");
        let here = format!(
            "const wanted = (function () {{ {FIND} }}).apply(null, arguments); return wanted !== null && wanted === document.activeElement"
        );
        if self.element(FIND, &[json!(both), json!(name), json!("")]).await.is_none() {
            self.fail(&format!("there is no {name:?}")).await;
        }
        for _ in 0..STOPS {
            if self.script(&here, &[json!(both), json!(name), json!("")]).await == Value::Bool(true) {
                return;
            }
            self.keys(TAB).await;
            if self.script(seen, &[]).await != Value::Bool(true) {
                let where_it_is = self.script("return document.activeElement.outerHTML.slice(0, 200)", &[]).await;
                self.fail(&format!("the focus is not seen on {where_it_is}")).await;
            }
        }
        self.fail(&format!("Tab does not lead to {name:?}")).await;
    }
}
