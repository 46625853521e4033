// An image of an answer. One that is inside the text is shown; one on another computer is never
// fetched, since its address can carry out what was said: a chip names the host and opens it in
// the reader's browser. (The CSP forbids remote images as well.)

import { ExternalLink, ImageIcon, ImageOff } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { host } from '@/platform';
import { imageSource } from './safe-url';

export function ImageChip({ src, alt }: { src: unknown; alt: string }) {
  const { t } = useTranslation();
  const image = imageSource(src);
  switch (image.kind) {
    case 'inline':
      return <img src={image.src} alt={alt} className="inline-image" />;
    case 'remote':
      return (
        <button
          type="button"
          className="image-chip"
          title={t('markdown.remoteImageHint', { host: image.host })}
          onClick={() => void host.openExternal(image.url)}
        >
          <ImageIcon aria-hidden />
          <span>
            {t('markdown.remoteImage', { host: image.host })}
            {alt === '' ? null : <em>{alt}</em>}
          </span>
          <span className="image-chip-action">
            {t('markdown.openInBrowser')}
            <ExternalLink aria-hidden />
          </span>
        </button>
      );
    case 'refused':
      return (
        <span className="image-chip">
          <ImageOff aria-hidden />
          {t('markdown.imageRefused', { alt: alt === '' ? t('markdown.noAlt') : alt })}
        </span>
      );
  }
}
