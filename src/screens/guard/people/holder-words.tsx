import type { Holder } from '../../../ports/holder-register.ts';

interface Props {
  readonly holder: Holder;
  readonly holderRef: string | undefined;
}

/** Who the pass belongs to, from the register on the kiosk: text and nothing but text. */
export function HolderWords({ holder, holderRef }: Props) {
  return (
    <p class="whose">
      {holder.hasPhotograph === true && holderRef !== undefined && (
        <img src={`/api/guard/photo/${encodeURIComponent(holderRef)}`} alt="" />
      )}
      <span>
        <strong>{holder.label}</strong>
        {holder.unit !== '' && <span class="unit">{holder.unit}</span>}
      </span>
    </p>
  );
}
