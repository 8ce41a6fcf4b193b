/** Whether a topic belongs to a filter with `+` and `#` (MQTT 5.0 section 4.7). */
export function topicMatches(filter: string, topic: string): boolean {
  const levels = topic.split('/');
  const wanted = filter.split('/');
  if (wanted.at(-1) === '#')
    return wanted.slice(0, -1).every((level, at) => level === '+' || level === levels[at]);
  return (
    wanted.length === levels.length && wanted.every((level, at) => level === '+' || level === levels[at])
  );
}
