import { Converter } from 'typedoc';

/** Names each module as it is imported: `genesys-conversation-machine/testing`, not `src/testing`. */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) {
      module.name = module.name.replace(/^(?:src\/)?(?=\w)/, `${project.name}/`).replace(/\/src$/, '');
    }
  });
}
