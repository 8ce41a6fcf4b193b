import { render } from 'preact';
import '../shared/base.css';
import './prompt.css';
import { paceKeys } from '../shared/paced-keys.ts';
import { PromptApp } from './prompt-app.tsx';

paceKeys();
const root = document.getElementById('app');
if (root) render(<PromptApp search={location.search} />, root);
