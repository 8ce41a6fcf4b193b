import type { ComponentType } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';
import { mayDo } from '../../../core/desk/rights.ts';
import { wordIn } from '../../shared/locale.ts';
import { RoleContext } from '../role.ts';
import { useWords } from '../words.ts';
import type { BookProps } from './book-props.ts';
import { BOOKS, type Book } from './books.ts';
import './books.css';

interface BookWords {
  readonly title: string;
  readonly about: string;
}

interface ShelfProps extends BookProps {
  /** The book that is open at first, if any. */
  readonly first?: Book['id'] | undefined;
}

/** The books that the signed-in operator may open, and the one that is open. */
export function Bookshelf({ first, ...props }: ShelfProps) {
  const role = useContext(RoleContext);
  const words = useWords().locale.guard.books;
  const [open, setOpen] = useState(() => BOOKS.find(({ id, right }) => id === first && mayDo(role, right)));
  const closed = useRef<Book['id']>();
  const close = () => {
    closed.current = open?.id;
    setOpen(undefined);
  };
  useEffect(() => {
    if (open === undefined && closed.current !== undefined)
      document.getElementById(`book-${closed.current}`)?.focus();
  }, [open]);
  if (open !== undefined) return <OpenBook key={open.id} book={open} onClose={close} {...props} />;
  return (
    <ul class="bookshelf">
      {BOOKS.filter(({ right }) => mayDo(role, right)).map((book) => (
        <li key={book.id}>
          <button id={`book-${book.id}`} type="button" onClick={() => setOpen(book)}>
            <strong>{wordIn<BookWords>(words.of, book.id)?.title}</strong>
            <span>{wordIn<BookWords>(words.of, book.id)?.about}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

interface OpenBookProps extends BookProps {
  readonly book: Book;
  readonly onClose: () => void;
}

function OpenBook({ book, onClose, ...props }: OpenBookProps) {
  const words = useWords().locale.guard.books;
  const [Content, setContent] = useState<ComponentType<BookProps>>();
  const [failed, setFailed] = useState(false);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    title.current?.focus();
    let wanted = true;
    book.load().then(
      (module) => wanted && setContent(() => module.default),
      () => wanted && setFailed(true),
    );
    return () => {
      wanted = false;
    };
  }, [book]);
  return (
    <section class="book" aria-labelledby="book">
      <div class="card-head">
        <h2 id="book" ref={title} tabIndex={-1}>
          {wordIn<BookWords>(words.of, book.id)?.title}
        </h2>
        <button type="button" class="book-close" onClick={onClose}>
          {words.close}
        </button>
      </div>
      {failed && <p class="failed">{words.notLoaded}</p>}
      {!failed && Content === undefined && <p role="status">{words.loading}</p>}
      {Content && <Content {...props} />}
    </section>
  );
}
