import { GUEST_LANGUAGES, type GuestLanguage } from '../../domain/guest-page.js';
import { GUEST_TEXTS, LANGUAGE_NAMES } from '../../guest/texts.js';

/**
 * The page in one language, for every link the same bytes: nothing of the link, its guest or its doors is in it. Whatever
 * a person may see is fetched by the script once the secret behind the `#` has been accepted.
 */
export function guestPage(language: GuestLanguage, assetsPath: string): Buffer {
  const texts = GUEST_TEXTS[language];
  const html = `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex, nofollow">
<meta name="format-detection" content="telephone=no, date=no, address=no">
<title>${escaped(texts.title)}</title>
<link rel="icon" type="image/svg+xml" href="${assetsPath}/icon.svg">
<link rel="stylesheet" href="${assetsPath}/page.css">
<script type="module" src="${assetsPath}/page.js"></script>
</head>
<body>
<div class="page">
<header class="mark"><img src="${assetsPath}/icon.svg" width="44" height="44" alt=""></header>
<main data-texts="${escaped(JSON.stringify(texts))}">
<h1 tabindex="-1">${escaped(texts.title)}</h1>
<p class="lead loading" role="status" hidden>${escaped(texts.loading)}</p>
<div class="content"></div>
<noscript><p class="lead">${escaped(texts.noScript)}</p></noscript>
</main>
<footer>
<nav aria-label="${escaped(texts.languages)}">
<ul class="languages">
${GUEST_LANGUAGES.map((one) => `<li>${languageLink(one, one === language)}</li>`).join('\n')}
</ul>
</nav>
</footer>
</div>
</body>
</html>
`;
  return Buffer.from(html, 'utf8');
}

function languageLink(language: GuestLanguage, isCurrent: boolean): string {
  const current = isCurrent ? ' aria-current="true"' : '';
  return `<a href="?lang=${language}" lang="${language}" hreflang="${language}"${current}>${escaped(LANGUAGE_NAMES[language])}</a>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
