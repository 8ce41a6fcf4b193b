import { render } from 'preact';
import '../shared/base.css';
import './guard.css';
import { GuardApp } from './guard-app.tsx';

const root = document.getElementById('app');
if (root) render(<GuardApp />, root);
