// The build replaces the two words: by its file names, each with its SHA-256, and by a digest of them all.
const FILES = 'FILES';
// Two offices may have a page each at one host name.
const OURS = `gatepost-phone ${self.registration.scope} `;
const CACHE = `${OURS}${'BUILD'}`;

// All files of this build or none: one that does not have the promised bytes, e.g. because the server has half of a newer
// build, ends the installation, and the version that is here stays.
self.addEventListener('install', (event) => {
  const requests = FILES.map(([file, integrity]) => new Request(file, { cache: 'reload', integrity }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(requests)));
});

self.addEventListener('activate', (event) => {
  const others = (names) => names.filter((name) => name.startsWith(OURS) && name !== CACHE);
  event.waitUntil(
    caches.keys().then((names) => Promise.all(others(names).map((name) => caches.delete(name)))),
  );
});

// A newer version waits until no page uses the old one, or until somebody asks for it on the page.
self.addEventListener('message', (event) => {
  if (event.data === 'take') event.waitUntil(self.skipWaiting());
});

// The files of one build belong together, so none is loaded from the network while that build is in use.
self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== self.location.origin) return;
  const wanted = request.mode === 'navigate' ? 'index.html' : request;
  const found = caches.open(CACHE).then((cache) => cache.match(wanted, { ignoreSearch: true }));
  event.respondWith(found.then((answer) => answer ?? fetch(request)));
});
