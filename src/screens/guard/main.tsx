import { render } from 'preact';
import '../shared/base.css';
import './guard.css';
import './narrow.css';
import { paceKeys } from '../shared/paced-keys.ts';
import { GuardApp } from './guard-app.tsx';

paceKeys();
const root = document.getElementById('app');
if (root) render(<GuardApp />, root);
