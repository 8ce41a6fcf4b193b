import { render } from 'preact';
import '../shared/base.css';
import './prompt.css';
import { askPrompt } from '../shared/ask-prompt.ts';
import { paceKeys } from '../shared/paced-keys.ts';
import { PromptApp } from './prompt-app.tsx';

// Before anything else, so that the answer is there by the time there is something to draw.
const asked = askPrompt();
paceKeys();
const root = document.getElementById('app');
if (root) render(<PromptApp search={location.search} asked={asked} />, root);
