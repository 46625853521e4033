// Elements to React: the one list of what each element of an answer looks like.

import type { Root } from 'mdast';
import { toJsxRuntime, type Components } from 'hast-util-to-jsx-runtime';
import type { ReactElement, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Fragment, jsx, jsxs } from 'react/jsx-runtime';
import { CodeBlock } from './code-block';
import { Diagram } from './diagram';
import { Formula } from './formula';
import { ImageChip } from './image-chip';
import { Link } from './link';
import { Table } from './table';
import { CODE, elementsOf, FORMULA } from './to-hast';

interface Options {
  prefix: string;
  footnotes: string;
  /** The block is still being written. */
  open: boolean;
}

interface CodeProps {
  code: string;
  language: string;
}

const heading = (Tag: 'h2' | 'h3' | 'h4' | 'h5' | 'h6') =>
  function Heading({ children, id }: { children?: ReactNode; id?: string | undefined }) {
    return <Tag {...(id === undefined ? {} : { id })}>{children}</Tag>;
  };

// The page's own title is its h1, so an answer starts one lower.
const shared: Components = {
  h1: heading('h2'),
  h2: heading('h3'),
  h3: heading('h4'),
  h4: heading('h5'),
  h5: heading('h6'),
  h6: heading('h6'),
  a: ({ href, children, id, ...rest }) => (
    <Link href={href} id={id} label={rest['aria-label']}>
      {children}
    </Link>
  ),
  img: ({ src, alt }) => <ImageChip src={src} alt={alt ?? ''} />,
  table: ({ children }) => <Table>{children}</Table>,
  input: ({ checked }) => <TaskMark done={checked === true} />,
};

function TaskMark({ done }: { done: boolean }) {
  const { t } = useTranslation();
  const label = done ? t('markdown.taskDone') : t('markdown.taskOpen');
  return <span role="img" aria-label={label} className="task-mark" data-done={done || undefined} />;
}

function componentsFor(open: boolean): Components {
  const own = {
    ...shared,
    [CODE]: ({ code, language }: CodeProps) =>
      language === 'mermaid' && !open ? (
        <Diagram source={code} />
      ) : (
        <CodeBlock code={code} label={language} open={open} />
      ),
    [FORMULA]: ({ tex, display }: { tex: string; display: string }) => (
      <Formula tex={tex} display={display === 'true'} open={open} />
    ),
  };
  return own as Components;
}

const finished = componentsFor(false);
const growing = componentsFor(true);

export function renderBlock(tree: Root, { prefix, footnotes, open }: Options): ReactElement {
  return toJsxRuntime(elementsOf(tree, prefix, footnotes), {
    Fragment,
    jsx,
    jsxs,
    components: open ? growing : finished,
    ignoreInvalidStyle: true,
  });
}
