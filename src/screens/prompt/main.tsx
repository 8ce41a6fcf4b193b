import { render } from 'preact';
import '../shared/base.css';
import './prompt.css';
import { PromptApp } from './prompt-app.tsx';

const root = document.getElementById('app');
if (root) render(<PromptApp search={location.search} />, root);
