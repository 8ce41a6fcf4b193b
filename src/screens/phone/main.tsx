import { render } from 'preact';
import '../shared/base.css';
import './phone.css';
import './views.css';
import { PhoneApp } from './phone-app.tsx';

const root = document.getElementById('app');
if (root) render(<PhoneApp />, root);
// With it the page opens without a network. A page opened as a file needs none and may have none.
if (location.protocol.startsWith('http')) void navigator.serviceWorker?.register('./sw.js');
