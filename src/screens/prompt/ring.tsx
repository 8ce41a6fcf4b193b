const RADIUS = 104;
const LENGTH = 2 * Math.PI * RADIUS;

/** The ring of a pictogram. @param part of it that is drawn, 0 to 1 */
export function Ring({ part }: { readonly part: number }) {
  return (
    <>
      <g class="shape">
        <circle cx="120" cy="120" r="116" />
      </g>
      <circle class="track" cx="120" cy="120" r={RADIUS} />
      <circle
        class="rest"
        cx="120"
        cy="120"
        r={RADIUS}
        transform="rotate(-90 120 120)"
        stroke-dasharray={LENGTH}
        stroke-dashoffset={LENGTH * (1 - part)}
      />
    </>
  );
}
