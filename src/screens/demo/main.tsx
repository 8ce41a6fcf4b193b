import { render } from 'preact';
import '../shared/base.css';
import '../prompt/prompt-frame.css';
import './demo.css';
import { paceKeys } from '../shared/paced-keys.ts';
import { DemoApp } from './demo-app.tsx';

paceKeys();
const root = document.getElementById('app');
if (root) render(<DemoApp />, root);
