import { render } from 'preact';
import '../shared/base.css';
import '../shared/theme.css';
import './trust.css';
import { paceKeys } from '../shared/paced-keys.ts';
import { TrustPage } from './trust-page.tsx';

paceKeys();
const root = document.getElementById('app');
if (root) render(<TrustPage />, root);
