import { render } from 'preact';
import '../shared/base.css';
import '../shared/theme.css';
import './gates.css';
import { paceKeys } from '../shared/paced-keys.ts';
import { GatesPage } from './gates-page.tsx';

paceKeys();
const root = document.getElementById('app');
if (root) render(<GatesPage />, root);
