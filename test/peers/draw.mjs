import { parse, View } from 'vega';
import { compile } from 'vega-lite';

/** Draws a Vega-Lite specification as SVG text. */
export async function draw(specification) {
  const view = new View(parse(compile(specification).spec), { renderer: 'none' });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}
