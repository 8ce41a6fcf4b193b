import { render } from 'preact';
import '../shared/base.css';
import '../prompt/stage.css';
import './demo.css';
import { DemoApp } from './demo-app.tsx';

const root = document.getElementById('app');
if (root) render(<DemoApp />, root);
