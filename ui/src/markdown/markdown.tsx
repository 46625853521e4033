// An answer on the page. Finished blocks are frozen: while the text grows only the last one
// renders. Streamed or stored, the same text gives the same elements.

import { memo, useId, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BlockBoundary } from './block-boundary';
import { BlockReader, definitionsOf, type Block } from './blocks';
import { halfOpen } from './half-open';
import { dollarsForTex, parse } from './parse';
import { renderBlock } from './render-block';
import './markdown.css';

export interface MarkdownProps {
  text: string;
  /** More text will come: the last block is shown as what it will be, with a caret. */
  streaming?: boolean;
}

export function Markdown({ text, streaming = false }: MarkdownProps) {
  const [reader] = useState(() => new BlockReader());
  const prefix = useId();
  const blocks = reader.read(text);
  const settled = streaming ? blocks.slice(0, -1) : blocks;
  const definitions = definitionsOf(settled);
  return (
    <div dir="auto" className="markdown" data-streaming={streaming || undefined}>
      {blocks.map((block, index) => (
        <BlockBoundary key={index} source={block.source}>
          <BlockView
            block={block}
            definitions={block.source.includes('[') ? definitions : ''}
            open={streaming && index === blocks.length - 1}
            prefix={prefix}
          />
        </BlockBoundary>
      ))}
    </div>
  );
}

interface BlockViewProps {
  block: Block;
  definitions: string;
  open: boolean;
  prefix: string;
}

const BlockView = memo(
  function BlockView({ block, definitions, open, prefix }: BlockViewProps) {
    const { t } = useTranslation();
    const footnotes = t('markdown.footnotes');
    return useMemo(() => {
      const source = open ? halfOpen(block.source) : block.source;
      const written = block.tree.children[0]?.type === 'code' ? source : dollarsForTex(source);
      const whole = definitions === '' ? written : `${written}\n\n${definitions}`;
      const tree = whole === block.source ? block.tree : parse(whole);
      return renderBlock(tree, { prefix: `${prefix}-`, footnotes, open });
    }, [block, definitions, open, prefix, footnotes]);
  },
  // A block read again from the same words is the same block.
  (before, after) =>
    before.block.source === after.block.source &&
    before.definitions === after.definitions &&
    before.open === after.open &&
    before.prefix === after.prefix,
);
