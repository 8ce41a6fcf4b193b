import { render } from 'preact';
import '../shared/base.css';
import './home.css';
import { paceKeys } from '../shared/paced-keys.ts';
import { HomePage } from './home-page.tsx';

paceKeys();
const root = document.getElementById('app');
if (root) render(<HomePage />, root);
