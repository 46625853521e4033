//! The page that a browser shows once it has come back: calm, without a script, in the language
//! that the browser asks for.

use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};

/// What it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    /// The app goes on from here.
    Done,
    /// The server did not let this person in; the app says why.
    Failed,
    /// Nobody waits for this.
    Stranger,
}

/// Everything it needs is in it; it shows nothing of its address.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'";

/// The colours of the app's own pages.
const STYLE: &str = ":root{color-scheme:light dark}\
body{margin:0;min-height:100vh;display:grid;place-items:center;background:light-dark(#fcfbf7,#1a1917);\
color:light-dark(#1f1d19,#ece8df);font:1.0625rem/1.6 system-ui,sans-serif}\
main{max-width:26rem;padding:2rem;text-align:center}\
svg{width:3rem;height:3rem}\
h1{margin:1.25rem 0 .375rem;font:500 1.5rem/1.3 Charter,'Bitstream Charter',Georgia,serif;text-wrap:balance}\
p{margin:0;color:light-dark(#57524a,#b9b3a7);text-wrap:balance}";

/// The app's mark.
const MARK: &str = include_str!("../../../icons/mark.svg");

/// The page as an answer that ends its connection.
pub(super) fn page(status: StatusCode, words: Words, headers: &HeaderMap) -> Response {
    let asked = headers.get(header::ACCEPT_LANGUAGE);
    let asked = asked.and_then(|value| value.to_str().ok());
    let language = language(asked.unwrap_or_default());
    let (title, text) = said(words, language);
    let page = format!(
        "<!doctype html><html lang=\"{language}\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title} · Parlor</title>\
         <style>{STYLE}</style><body><main><div aria-hidden=\"true\">{MARK}</div><h1>{title}</h1><p>{text}</p></main></body></html>"
    );
    let response = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
        .header(header::CONTENT_SECURITY_POLICY, POLICY)
        .header(header::REFERRER_POLICY, "no-referrer")
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::CONNECTION, "close")
        .body(Body::from(page));
    response.unwrap_or_default()
}

/// The first of our languages that the browser asks for; English without one.
pub(super) fn language(asked: &str) -> &'static str {
    let mut best = ("en", 0.0);
    for wish in asked.split(',') {
        let (tag, weight) = wish.split_once(';').unwrap_or((wish, ""));
        let weight = weight
            .trim()
            .strip_prefix("q=")
            .map_or(Some(1.0), |it| it.parse().ok());
        let tag = tag.trim().to_ascii_lowercase();
        let known = match tag.split('-').next() {
            Some("en") => "en",
            Some("ru") => "ru",
            Some("fr") => "fr",
            _ => continue,
        };
        if weight.is_some_and(|weight: f32| weight > best.1) {
            best = (known, weight.unwrap_or_default());
        }
    }
    best.0
}

fn said(words: Words, language: &str) -> (&'static str, &'static str) {
    match (words, language) {
        (Words::Done, "ru") => (
            "Можно вернуться в Parlor",
            "Остальное произойдёт там. Эту вкладку можно закрыть.",
        ),
        (Words::Done, "fr") => (
            "Vous pouvez revenir à Parlor",
            "La suite se passe là-bas. Vous pouvez fermer cet onglet.",
        ),
        (Words::Done, _) => (
            "You can go back to Parlor",
            "The rest happens there. You can close this tab.",
        ),
        (Words::Failed, "ru") => (
            "Войти не получилось",
            "Parlor скажет почему. Эту вкладку можно закрыть.",
        ),
        (Words::Failed, "fr") => (
            "La connexion n’a pas abouti",
            "Parlor vous dira pourquoi. Vous pouvez fermer cet onglet.",
        ),
        (Words::Failed, _) => (
            "You are not signed in",
            "Parlor says why. You can close this tab.",
        ),
        (Words::Stranger, "ru") => ("Parlor этого не ждёт", "Начните вход заново в окне Parlor."),
        (Words::Stranger, "fr") => (
            "Parlor n’attend pas ceci",
            "Recommencez la connexion depuis la fenêtre de Parlor.",
        ),
        (Words::Stranger, _) => (
            "Parlor is not waiting for this",
            "Begin again in Parlor’s window.",
        ),
    }
}
